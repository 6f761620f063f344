import type { CatalogueReport, Product, StoredProduct } from "../contract/product.ts";
import type { NamedRule, Rule } from "../contract/rule.ts";
import type { SynonymsRequest, SynonymsResponse } from "../contract/synonym.ts";

/** The catalogue as the admin routes need it. */
export interface Catalogue {
	/** Writes what differs; the rows of one call share one new version. */
	upsert(products: readonly Product[], now: number): Promise<Pick<CatalogueReport, "upserted" | "unchanged" | "version">>;
	/** In order of (version, id), after the cursor. */
	page(
		cursor: string | null,
		limit: number,
	): Promise<{ readonly products: readonly StoredProduct[]; readonly cursor: string | null; readonly version: number }>;
	/** @returns false when there was no such product */
	remove(id: string, now: number): Promise<boolean>;
}

/** The shop's rules as the admin routes need them. */
export interface RuleBook {
	/** All of them, by id. */
	list(): Promise<readonly (NamedRule & { readonly updatedAt: number })[]>;
	/** @returns false where there are as many as there may be */
	put(id: string, rule: Rule, now: number): Promise<boolean>;
	/** @returns false when there was no such rule */
	remove(id: string): Promise<boolean>;
}

/** The shop's synonyms as the admin routes need them. */
export interface SynonymBook {
	read(): Promise<SynonymsResponse>;
	/**
	 * Puts a list in the place of the one before.
	 * @param token name of the admin token that asked
	 * @returns false where another list has come since the version that it follows
	 */
	put(request: SynonymsRequest, token: string, now: number): Promise<boolean>;
}
