/**
 * A release with more items than were trained. A padded row has a template among the trained rows: its vector is drawn
 * from the Gaussian of the template's component, its columns are the template's, and it links to as many rows by the same
 * weights, each of them the template's target or a copy of it.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { type Random, randomFrom } from "../../cli/demo/random.ts";
import { contentHashOf, type ReleaseFolder, readReleaseFolder, sha256Of } from "../../cli/release-folder.ts";
import { Fusion, MANIFEST_FILE, type Manifest, Parity, type ReleaseFile } from "../../src/contract/release.ts";
import { type Container, orRefuse, readContainer } from "../../src/pipeline/esb1.ts";
import { type Section, writeContainer } from "../../src/pipeline/write-esb1.ts";
import { LINKED_TABLES, type LinkedTable, linksOnPage, PAGE_ROWS } from "../../src/retrieve/link-pages.ts";
import type { Neighbours } from "../../src/retrieve/neighbours.ts";
import { dequantiseInto, type QuantisedRows, quantise } from "../../src/retrieve/rows.ts";
import { drawFrom, fitMixture, pickComponent } from "./mixture.ts";
import { answersOver } from "./parity-of.ts";

/** Rows of a padded table: for each its template, a trained row, which is its own. */
type Padding = { readonly templates: Int32Array; readonly copiesOf: readonly Int32Array[] };

/** What a bench asks about: ids by row, how often each is linked to, and the vectors before they were quantised, shape [rows, dim]. */
export type Padded = {
	readonly folder: ReleaseFolder;
	readonly ids: readonly string[];
	readonly linked: Uint32Array;
	/** Of a trained row what its int8 components say. */
	readonly vectors: Float32Array;
};

/**
 * Writes the release into `out` with `count` items; as it is where it has as many.
 * @param seed names the stream of random numbers
 */
export function padRelease(from: ReleaseFolder, count: number, out: string, seed: string): Padded {
	const read = (name: ReleaseFile) => new Uint8Array(readFileSync(join(from.path, name)));
	const trained = from.manifest.items.count;
	const total = Math.max(count, trained);
	const random = randomFrom(seed);
	const container = orRefuse(readContainer(read("items.bin"), "items"));
	const { dim } = from.manifest.items;
	const table: QuantisedRows = {
		count: trained,
		dim,
		vectors: orRefuse(container.section("vectors", "i8", [trained, dim])),
		scales: orRefuse(container.section("scales", "f32", [trained])),
	};
	const { rows, padding, drawn } = drawRows(table, total, random);
	const ids = idsOf(container, trained, total);
	const items = writeItems(container, rows, padding, ids);

	const tables: Partial<Record<(typeof LINKED_TABLES)[number], Neighbours>> = {};
	const files = new Map<ReleaseFile, Uint8Array>(from.files.map((name) => [name as ReleaseFile, read(name as ReleaseFile)]));
	files.set("items.bin", items.file);
	for (const name of LINKED_TABLES) {
		const links = readLinks(files, name, trained);
		if (links === null) continue;
		const made = copyLinks(links.table, padding, random);
		tables[name] = made;
		files.set(`${name}.bin`, writeLinks(made, { ...links.meta, items: total }));
	}
	files.delete("links.bin");
	const json = <S extends v.GenericSchema>(schema: S, name: ReleaseFile): v.InferOutput<S> =>
		v.parse(schema, JSON.parse(Buffer.from(files.get(name) ?? []).toString("utf8")));
	const rowOf = new Map(ids.map((id, row) => [id, row]));
	const parity = answersOver(
		{
			rows,
			tables,
			fusion: json(Fusion, "fusion.json"),
			popularity: items.popularity,
			boost: items.boost,
			idOf: (row) => ids[row] as string,
			rowOf: (id) => rowOf.get(id) ?? -1,
		},
		json(Parity, "parity.json"),
	);
	files.set("parity.json", Buffer.from(JSON.stringify(parity)));
	const linked = new Uint32Array(total);
	for (const target of tables.transitions?.targets ?? []) linked[target] = (linked[target] as number) + 1;
	return { folder: writeFolder(from.manifest, files, total, out), ids, linked, vectors: drawn };
}

function drawRows(table: QuantisedRows, total: number, random: Random): { rows: QuantisedRows; padding: Padding; drawn: Float32Array } {
	const { count, dim } = table;
	const vectors = new Int8Array(total * dim);
	const scales = new Float32Array(total);
	vectors.set(table.vectors);
	scales.set(table.scales);
	const drawn = new Float32Array(total * dim);
	for (let row = 0; row < count; row++) dequantiseInto(table, row, drawn, row * dim);
	const templates = new Int32Array(total);
	const copies = Array.from({ length: count }, (_, row) => [row]);
	for (let row = 0; row < count; row++) templates[row] = row;
	if (total > count) {
		const mixture = fitMixture(drawn.slice(0, count * dim), dim, random);
		for (let row = count; row < total; row++) {
			const members = pickComponent(mixture, random);
			const vector = drawFrom(mixture, members, random);
			drawn.set(vector, row * dim);
			const { values, scale } = quantise(vector);
			vectors.set(values, row * dim);
			scales[row] = scale;
			const template = members[Math.floor(random() * members.length)] as number;
			templates[row] = template;
			copies[template]?.push(row);
		}
	}
	return {
		rows: { count: total, dim, vectors, scales },
		drawn,
		padding: { templates, copiesOf: copies.map((rows) => Int32Array.from(rows)) },
	};
}

function idsOf(container: Container, trained: number, total: number): string[] {
	const offsets = orRefuse(container.section("idOffsets", "u32", [trained + 1]));
	const bytes = orRefuse(container.section("idBytes", "u8", [null]));
	const decoder = new TextDecoder();
	return Array.from({ length: total }, (_, row) =>
		row < trained ? decoder.decode(bytes.subarray(offsets[row], offsets[row + 1])) : `padded-${row}`,
	);
}

function writeItems(container: Container, { count, dim, vectors, scales }: QuantisedRows, padding: Padding, ids: readonly string[]) {
	const { templates } = padding;
	const trained = templates.reduce((rows, template, row) => (template === row ? rows + 1 : rows), 0);
	const encoded = Buffer.from(ids.join(""));
	const idOffsets = new Uint32Array(count + 1);
	for (const [row, id] of ids.entries()) idOffsets[row + 1] = (idOffsets[row] as number) + Buffer.byteLength(id);
	const copied = (name: string, dtype: "i32" | "u8" | "f32"): Section => {
		const column = orRefuse(container.section(name, dtype, [trained]));
		return { dtype, shape: [count], values: Float64Array.from(templates, at(column)) };
	};
	const attributes = (container.meta.attributes as readonly unknown[]).length;
	const codes = orRefuse(container.section("attributes", "i32", [attributes, trained]));
	const padded = new Int32Array(attributes * count);
	for (let a = 0; a < attributes; a++) {
		for (let row = 0; row < count; row++) padded[a * count + row] = codes[a * trained + (templates[row] as number)] as number;
	}
	const popularity = copied("popularity", "f32");
	const boost = container.has("boost") ? copied("boost", "f32") : null;
	const sections: Record<string, Section> = {
		vectors: { dtype: "i8", shape: [count, dim], values: vectors },
		scales: { dtype: "f32", shape: [count], values: scales },
		idOffsets: { dtype: "u32", shape: [count + 1], values: idOffsets },
		idBytes: { dtype: "u8", shape: [encoded.byteLength], values: encoded },
		price: copied("price", "i32"),
		category: copied("category", "i32"),
		inStock: copied("inStock", "u8"),
		group: { dtype: "i32", shape: [count], values: ownGroups(orRefuse(container.section("group", "i32", [trained])), padding) },
		attributes: { dtype: "i32", shape: [attributes, count], values: padded },
		popularity,
		...(boost !== null && { boost }),
	};
	return {
		file: writeContainer("items", sections, container.meta),
		popularity: Float32Array.from(popularity.values),
		boost: boost === null ? new Float32Array(count) : Float32Array.from(boost.values),
	};
}

/** The n-th copies of a product's variants are variants of one product, which is none of the others. */
function ownGroups(groups: Int32Array, { templates, copiesOf }: Padding): Int32Array {
	const made = new Int32Array(templates.length).fill(-1);
	const first = 1 + groups.reduce((most, code) => Math.max(most, code), -1);
	for (const [template, rows] of copiesOf.entries()) {
		const code = groups[template] as number;
		if (code !== -1) for (const [n, row] of rows.entries()) made[row] = n * first + code;
	}
	return made;
}

const at =
	(column: ArrayLike<number>) =>
	(row: number): number =>
		column[row] as number;

/** A table's links, from its own file or from pages of all. */
function readLinks(
	files: ReadonlyMap<ReleaseFile, Uint8Array>,
	name: LinkedTable,
	rows: number,
): { table: Neighbours; meta: object } | null {
	const paged = files.get("links.bin");
	if (paged !== undefined) return linksOfPages(orRefuse(readContainer(paged, "links")), LINKED_TABLES.indexOf(name), rows);
	const own = files.get(`${name}.bin`);
	if (own === undefined) return null;
	const container = orRefuse(readContainer(own, "neighbours"));
	const table = {
		offsets: orRefuse(container.section("offsets", "u32", [rows + 1])),
		targets: orRefuse(container.section("targets", "u32", [null])),
		weights: orRefuse(container.section("weights", "u8", [null])),
		scales: orRefuse(container.section("scales", "f32", [rows])),
	};
	return { table, meta: container.meta };
}

function linksOfPages(container: Container, table: number, rows: number): { table: Neighbours; meta: object } {
	const pageOffsets = orRefuse(container.section("pageOffsets", "u32", [Math.ceil(rows / PAGE_ROWS) + 1]));
	const pages = orRefuse(container.section("pages", "u8", [null]));
	const found = Array.from({ length: rows }, (_, row) => {
		const page = Math.floor(row / PAGE_ROWS);
		return linksOnPage(pages.subarray(pageOffsets[page], pageOffsets[page + 1]), row, rows)?.[table] ?? null;
	});
	const offsets = new Uint32Array(rows + 1);
	for (const [row, links] of found.entries()) offsets[row + 1] = (offsets[row] as number) + (links === null ? 0 : links.to - links.from);
	const made = {
		offsets,
		targets: Uint32Array.from(found.flatMap((links) => (links === null ? [] : [...links.targets.subarray(links.from, links.to)]))),
		weights: Uint8Array.from(found.flatMap((links) => (links === null ? [] : [...links.weights.subarray(links.from, links.to)]))),
		scales: Float32Array.from(found, (links) => links?.scale ?? 0),
	};
	return { table: made, meta: { kPair: container.meta.kPair } };
}

/** Trained rows keep their links; each other row has its template's, by the same weights, to a copy of each target. */
function copyLinks(from: Neighbours, { templates, copiesOf }: Padding, random: Random): Neighbours {
	const offsets = new Uint32Array(templates.length + 1);
	for (const [row, template] of templates.entries()) {
		offsets[row + 1] = (offsets[row] as number) + (from.offsets[template + 1] as number) - (from.offsets[template] as number);
	}
	const targets = new Uint32Array(offsets.at(-1) as number);
	const weights = new Uint8Array(targets.length);
	for (const [row, template] of templates.entries()) {
		const start = from.offsets[template] as number;
		for (let link = offsets[row] as number; link < (offsets[row + 1] as number); link++) {
			const source = start + link - (offsets[row] as number);
			const target = from.targets[source] as number;
			const copies = copiesOf[target] as Int32Array;
			targets[link] = row === template ? target : (copies[Math.floor(random() * copies.length)] as number);
			weights[link] = from.weights[source] as number;
		}
	}
	return { offsets, targets, weights, scales: Float32Array.from(templates, at(from.scales)) };
}

function writeLinks({ offsets, targets, weights, scales }: Neighbours, meta: object): Uint8Array {
	return writeContainer(
		"neighbours",
		{
			offsets: { dtype: "u32", shape: [offsets.length], values: offsets },
			targets: { dtype: "u32", shape: [targets.length], values: targets },
			weights: { dtype: "u8", shape: [weights.length], values: weights },
			scales: { dtype: "f32", shape: [scales.length], values: scales },
		},
		meta,
	);
}

function writeFolder(manifest: Manifest, files: ReadonlyMap<ReleaseFile, Uint8Array>, count: number, out: string): ReleaseFolder {
	mkdirSync(out, { recursive: true });
	const stated = [...files].map(([name, bytes]) => [name, { sha256: sha256Of(bytes), bytes: bytes.byteLength }] as const);
	for (const [name, bytes] of files) writeFileSync(join(out, name), bytes);
	const [time] = manifest.id.split("-");
	const id = `${time}-${contentHashOf(stated.map(([name, { sha256 }]) => [name, sha256]))}`;
	const made = { ...manifest, id, files: Object.fromEntries(stated), items: { ...manifest.items, count, layout: "rows" } };
	writeFileSync(join(out, MANIFEST_FILE), JSON.stringify(made));
	return readReleaseFolder(out);
}
