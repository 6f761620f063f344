import * as v from "valibot";
import { Product } from "../../src/contract/product.ts";
import { columnKeyOf, type Field, type Mapping, roleOf } from "./mapping.ts";
import { type PriceUnit, parsePrice } from "./price.ts";

/** Limits of attributes in the schema: names, and UTF-16 units of a name and of a value. */
const ATTRIBUTES_MAX = 200;
const LABEL_MAX_LENGTH = 160;
const DESCRIPTION_MAX_LENGTH = 20_000;

/** What was left out of good rows, and what the columns were; summed over a feed. */
export type FeedNotes = {
	attributesDropped: number;
	descriptionsCut: number;
	integerPrices: number;
	decimalPrices: number;
	readonly ignoredColumns: Set<string>;
};

export const emptyNotes = (): FeedNotes => ({
	attributesDropped: 0,
	descriptionsCut: 0,
	integerPrices: 0,
	decimalPrices: 0,
	ignoredColumns: new Set(),
});

export type MappedRow =
	| { readonly ok: true; readonly product: Product; readonly line: string }
	| { readonly ok: false; readonly id: string | null; readonly field: string; readonly message: string };

type Record_ = Readonly<Record<string, unknown>>;

/** Maps rows of a feed to products, by column. Attributes beyond the schema's limits are left out and counted, not the row. */
export function createRowMapper(mapping: Mapping, priceUnit: PriceUnit, notes: FeedNotes): (record: Record_) => MappedRow {
	const aliases = new Set(Object.values(mapping.columns).flat());
	return function mapRow(record) {
		const row = new Map(Object.entries(record).map(([column, value]) => [columnKeyOf(column), value]));
		const text = (field: Field): string | null => {
			for (const column of mapping.columns[field]) {
				const value = textOf(row.get(column));
				if (value !== null) return value;
			}
			return null;
		};
		const id = text("id");
		const reject = (field: string, message: string): MappedRow => ({ ok: false, id, field, message });
		const currency = text("currency")?.toUpperCase() ?? null;
		const given = text("price");
		const price = given === null ? null : parsePrice(given, priceUnit, currency);
		if (given !== null && price === null) return reject("price", `"${given.slice(0, 40)}" is not a price`);
		if (price !== null) notes[price.isDecimal ? "decimalPrices" : "integerPrices"]++;
		const stock = text("stock");
		if (stock !== null && !/^\d+(\.0+)?$/.test(stock)) return reject("stock", `"${stock.slice(0, 40)}" is not a count of pieces`);

		const titles: Record<string, string> = {};
		// A Map: a column may be called as something that every object inherits, such as "__proto__".
		const attributes = new Map<string, string>();
		const addAttribute = (name: string, value: unknown) => {
			const label = textOf(value);
			if (label === null) return;
			if (name.length > LABEL_MAX_LENGTH || label.length > LABEL_MAX_LENGTH || attributes.size >= ATTRIBUTES_MAX) {
				notes.attributesDropped++;
			} else attributes.set(name, label);
		};
		for (const [column, value] of row) {
			const role = roleOf(column, mapping);
			if (role === null && !aliases.has(column)) notes.ignoredColumns.add(column);
			if (role?.kind === "attribute") addAttribute(role.name, value);
			if (role?.kind === "attributes") for (const [name, each] of entriesOf(value)) addAttribute(name, each);
			if (role?.kind === "title") titles[role.language] = textOf(value) ?? "";
			if (role?.kind === "titles") for (const [language, each] of entriesOf(value)) titles[language] = textOf(each) ?? "";
		}
		for (const [language, title] of Object.entries(titles)) if (title === "") delete titles[language];
		let description = text("description");
		if (description !== null && description.length > DESCRIPTION_MAX_LENGTH) {
			description = description.slice(0, DESCRIPTION_MAX_LENGTH).toWellFormed();
			notes.descriptionsCut++;
		}
		const candidate = withoutNulls({
			id: id ?? "",
			title: text("title") ?? "",
			titles: Object.keys(titles).length > 0 ? titles : null,
			description,
			category: text("category"),
			brand: text("brand"),
			price: price?.minorUnits ?? null,
			currency: price?.currency ?? currency,
			stock: stock === null ? null : Number(stock),
			image: text("image"),
			url: text("url"),
			group: text("group"),
			attributes: Object.fromEntries(attributes),
		});
		const parsed = v.safeParse(Product, candidate, { abortEarly: true });
		if (parsed.success) return { ok: true, product: parsed.output, line: JSON.stringify(candidate) };
		const issue = parsed.issues[0];
		return reject(v.getDotPath(issue) ?? "", issue.message);
	};
}

/** Scalars as one line of text, lists joined by commas; null for what is empty or has parts. */
function textOf(value: unknown): string | null {
	if (typeof value === "number" || typeof value === "boolean") return String(value);
	if (Array.isArray(value)) return textOf(value.map(textOf).filter(Boolean).join(", "));
	if (typeof value !== "string") return null;
	return (
		value
			.replace(/[\p{Cc}\s]+/gu, " ")
			.trim()
			.toWellFormed() || null
	);
}

const entriesOf = (value: unknown): [string, unknown][] =>
	typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

const withoutNulls = (value: Record_): Record_ => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null));
