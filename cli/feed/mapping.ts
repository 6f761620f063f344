import { CommandFailure, UsageError } from "../outcome.ts";

const FIELDS = ["id", "title", "description", "category", "brand", "price", "currency", "stock", "image", "url", "group"] as const;
export type Field = (typeof FIELDS)[number];

/** Columns that feeds use for each field, best first: the first one with a value is taken. */
const ALIASES: Readonly<Record<Field, readonly string[]>> = {
	id: ["id", "sku", "docid", "item_id", "itemid", "product_id"],
	title: ["title", "name", "product_name"],
	description: ["description", "short_description", "long_description"],
	category: ["category", "product_type", "google_product_category", "attr_t_product_type"],
	brand: ["brand", "supplier", "manufacturer", "vendor"],
	price: ["price"],
	currency: ["currency"],
	stock: ["stock", "inventory", "quantity"],
	image: ["image", "img_500x500", "img_high", "image_link", "image_url"],
	url: ["url", "link"],
	group: ["group", "item_group_id", "parent_id"],
};

export type Mapping = {
	readonly columns: Readonly<Record<Field, readonly string[]>>;
	/** Attribute or title by language that a column was mapped to by hand. */
	readonly named: ReadonlyMap<string, ColumnRole>;
};

export type ColumnRole =
	| { readonly kind: "attribute"; readonly name: string }
	| { readonly kind: "title"; readonly language: string }
	| { readonly kind: "attributes" }
	| { readonly kind: "titles" };

/** Column names are compared in lower case with spaces as underscores. */
export const columnKeyOf = (column: string): string => column.trim().toLowerCase().replace(/\s+/g, "_");

/**
 * The mapping of the aliases, with `field=column` pairs put before them; a field may be given several columns.
 * Fields are those of a product, `attributes.NAME` and `titles.LANGUAGE`.
 * @throws UsageError for a pair that is none
 */
export function mappingOf(pairs: readonly string[]): Mapping {
	const columns: Record<string, string[]> = {};
	const named = new Map<string, ColumnRole>();
	for (const pair of pairs) {
		const [, field, column] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
		if (field === undefined || column === undefined) throw new UsageError(`--map takes field=column, not "${pair}"`);
		const role = /^(attributes|titles)\.(.+)$/.exec(field);
		if (role?.[1] === "attributes") named.set(columnKeyOf(column), { kind: "attribute", name: role[2] as string });
		else if (role !== null) named.set(columnKeyOf(column), { kind: "title", language: role[2] as string });
		else if ((FIELDS as readonly string[]).includes(field)) columns[field] = [...(columns[field] ?? []), columnKeyOf(column)];
		else throw new UsageError(`--map: "${field}" is not a field; there are ${FIELDS.join(", ")}, attributes.NAME and titles.LANGUAGE`);
	}
	return {
		columns: Object.fromEntries(FIELDS.map((field) => [field, [...(columns[field] ?? []), ...ALIASES[field]]])) as Record<Field, string[]>,
		named,
	};
}

/** @throws CommandFailure when no column can hold the ids or the titles, which every product needs */
export function checkHeader(columns: readonly string[], mapping: Mapping): void {
	const keys = new Set(columns.map(columnKeyOf));
	for (const field of ["id", "title"] as const) {
		if (mapping.columns[field].some((column) => keys.has(column))) continue;
		throw new CommandFailure(`no column is known to hold the ${field}: --map ${field}=COLUMN names one of ${columns.join(", ")}`);
	}
}

/** What a column that is no alias of a field holds; null: nothing that a product has. */
export function roleOf(key: string, mapping: Mapping): ColumnRole | null {
	const named = mapping.named.get(key);
	if (named !== undefined) return named;
	if (key === "attributes" || key === "titles") return { kind: key };
	const attribute = /^(?:attr_[tnb]_|attributes\.)(.+)$/.exec(key)?.[1];
	if (attribute !== undefined) return { kind: "attribute", name: attribute };
	const language = /^titles?[._]([a-z]{2,3}(?:[-_][a-z0-9]{2,8})?)$/.exec(key)?.[1];
	return language === undefined ? null : { kind: "title", language: language.replace("_", "-") };
}
