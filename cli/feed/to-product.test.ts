import { expect, test } from "vitest";
import { UsageError } from "../outcome.ts";
import { mappingOf } from "./mapping.ts";
import { createRowMapper, emptyNotes } from "./to-product.ts";

function mapOne(record: Record<string, unknown>, pairs: string[] = []) {
	const notes = emptyNotes();
	return { row: createRowMapper(mappingOf(pairs), null, notes)(record), notes };
}

test("takes a general feed by its columns' usual names", () => {
	const { row, notes } = mapOne({
		id: "1",
		name: "NX-1",
		title: "Printer NX-1",
		short_description: "Prints",
		supplier: "Xerox",
		price: 4995,
		img_500x500: "http://img.example/1.jpg",
		attr_t_product_type: "Printer",
		attr_n_width: 6.0,
		attr_b_colour: false,
		ean: ["095"],
		title_zh: "打印机",
	});
	expect(row).toMatchObject({
		ok: true,
		product: {
			id: "1",
			title: "Printer NX-1",
			titles: { zh: "打印机" },
			description: "Prints",
			category: "Printer",
			brand: "Xerox",
			price: 4995,
			image: "http://img.example/1.jpg",
			attributes: { product_type: "Printer", width: "6", colour: "false" },
		},
	});
	expect([...notes.ignoredColumns]).toEqual(["ean"]);
});

test("leaves out attributes beyond the limits and keeps the row", () => {
	const many = Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`attr_t_a${i}`, "x"]));
	const { row, notes } = mapOne({ id: "1", title: "T", attr_t_long: "x".repeat(161), ...many });
	expect(row.ok && Object.keys(row.product.attributes)).toHaveLength(200);
	expect(notes.attributesDropped).toBe(2);
});

test("a column and an attribute may be called as something that every object inherits", () => {
	const record = JSON.parse('{"id":"1","title":"T","attr_t___proto__":"a","attributes":{"constructor":"b","__proto__":"c"}}');
	const { row } = mapOne(record);
	expect(row).toMatchObject({ ok: true });
	expect(row.ok && [JSON.stringify(row.product.attributes), JSON.parse(row.line).attributes]).toEqual([
		'{"__proto__":"c","constructor":"b"}',
		JSON.parse('{"__proto__":"c","constructor":"b"}'),
	]);
});

test("a mapped column comes before the usual ones, which still fill what it leaves empty", () => {
	const pairs = ["title=Long Title", "attributes.ids=attribute_ids"];
	const full = mapOne({ id: "1", title: "short", "Long Title": "long", attribute_ids: "4 5" }, pairs).row;
	expect(full).toMatchObject({ product: { title: "long", attributes: { ids: "4 5" } } });
	const empty = mapOne({ id: "1", title: "short", "Long Title": "" }, pairs).row;
	expect(empty).toMatchObject({ product: { title: "short" } });
});

test("names the field that makes a row bad", () => {
	expect(mapOne({ id: "1" }).row).toEqual({ ok: false, id: "1", field: "title", message: "must not be empty" });
	expect(mapOne({ id: "1", title: "T", price: "cheap" }).row).toMatchObject({ ok: false, field: "price" });
	expect(mapOne({ id: "1", title: "T", stock: "-3" }).row).toMatchObject({ ok: false, field: "stock" });
	expect(mapOne({ id: "1", title: "T", image: "ftp://x" }).row).toMatchObject({ ok: false, field: "image" });
});

test("what it sends is what the catalogue's own form says", () => {
	const product = { id: "1", title: "T", titles: { de: "D" }, price: 5, currency: "EUR", stock: 0, group: "g", attributes: { size: "L" } };
	const { row } = mapOne(product);
	expect(row.ok && JSON.parse(row.line)).toEqual(product);
});

test("a mapping to no field is refused", () => {
	expect(() => mappingOf(["colour=c"])).toThrow(UsageError);
	expect(() => mappingOf(["title"])).toThrow("field=column");
});
