import type { CatalogueReport, Product, StoredProduct } from "../contract/product.ts";

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
