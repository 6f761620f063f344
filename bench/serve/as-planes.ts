/** A release in planes made of one in rows: 6 bits of each component, rows by id, and the links of a row on one page. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { contentHashOf, type ReleaseFolder, readReleaseFolder, sha256Of } from "../../cli/release-folder.ts";
import { Fusion, MANIFEST_FILE, PAGED_SHARD_BYTES, Parity, type ReleaseFile } from "../../src/contract/release.ts";
import { orRefuse, readContainer } from "../../src/pipeline/esb1.ts";
import { readItems } from "../../src/pipeline/read-items.ts";
import { type Section, writeContainer } from "../../src/pipeline/write-esb1.ts";
import { LINKED_TABLES, PAGE_ROWS, withinShards, writeLinkPage } from "../../src/retrieve/link-pages.ts";
import { linksOver, type Neighbours } from "../../src/retrieve/neighbours.ts";
import { PLANE_LEVELS } from "../../src/retrieve/planes.ts";
import { answersOver } from "./parity-of.ts";

/**
 * Writes it into `out`.
 * @param exact the vectors before they were quantised, float32, shape [rows, dim]; null: those that the release has
 */
export function asPlanes(from: ReleaseFolder, out: string, exact: Float32Array | null = null): ReleaseFolder {
	mkdirSync(out, { recursive: true });
	const read = (name: ReleaseFile) => new Uint8Array(readFileSync(join(from.path, name)));
	const { manifest } = from;
	const { count, dim } = manifest.items;
	const items = orRefuse(readItems(read("items.bin"), manifest));
	const ids = Array.from({ length: count }, (_, row) => Buffer.from(items.ids.idOf(row)));
	/** Row of the old table at each place, and place of each row. */
	const order = Uint32Array.from(ids.keys()).sort((a, b) => Buffer.compare(ids[a] as Buffer, ids[b] as Buffer));
	const placeOf = new Uint32Array(count);
	for (const [place, row] of order.entries()) placeOf[row] = place;

	const vectors = new Int8Array(count * dim);
	const scales = new Float32Array(count);
	for (const [place, row] of order.entries()) {
		const old = (exact ?? items.vectors).subarray(row * dim, (row + 1) * dim);
		const scale = sixBits(old, vectors.subarray(place * dim, (place + 1) * dim));
		scales[place] = exact === null ? (items.scales[row] as number) * scale : scale;
	}
	const ordered = <A extends Int32Array | Float32Array | Uint8Array>(column: A): A =>
		column.map((_, place) => column[order[place] as number] as number) as A;
	const idOffsets = new Uint32Array(count + 1);
	for (const [place, row] of order.entries()) idOffsets[place + 1] = (idOffsets[place] as number) + (ids[row] as Buffer).byteLength;
	const attributes = new Int32Array(items.attributes.length * count);
	for (const [a, column] of items.attributes.entries()) attributes.set(ordered(column), a * count);
	const popularity = ordered(items.popularity);
	const boost = items.boost === null ? null : ordered(items.boost);
	const sections: Record<string, Section> = {
		vectors: { dtype: "i8", shape: [count, dim], values: vectors },
		scales: { dtype: "f32", shape: [count], values: scales },
		idOffsets: { dtype: "u32", shape: [count + 1], values: idOffsets },
		idBytes: { dtype: "u8", shape: [idOffsets[count] as number], values: Buffer.concat(Array.from(order, (row) => ids[row] as Buffer)) },
		price: { dtype: "i32", shape: [count], values: ordered(items.price) },
		category: { dtype: "i32", shape: [count], values: ordered(items.category) },
		inStock: { dtype: "u8", shape: [count], values: ordered(items.inStock) },
		group: { dtype: "i32", shape: [count], values: ordered(items.group) },
		attributes: { dtype: "i32", shape: [items.attributes.length, count], values: attributes },
		popularity: { dtype: "f32", shape: [count], values: popularity },
		...(boost !== null && { boost: { dtype: "f32", shape: [count], values: boost } }),
	};

	const tables: Partial<Record<(typeof LINKED_TABLES)[number], Neighbours>> = {};
	for (const name of LINKED_TABLES) if (from.files.includes(`${name}.bin`)) tables[name] = reordered(read(`${name}.bin`), order, placeOf);
	const idOf = (place: number) => (ids[order[place] as number] as Buffer).toString();
	const places = new Map(Array.from(order, (row, place) => [(ids[row] as Buffer).toString(), place]));
	const json = <S extends v.GenericSchema>(schema: S, name: ReleaseFile): v.InferOutput<S> =>
		v.parse(schema, JSON.parse(Buffer.from(read(name)).toString("utf8")));
	const parity = answersOver(
		{
			rows: { count, dim, vectors, scales },
			tables,
			fusion: json(Fusion, "fusion.json"),
			popularity,
			boost: boost ?? new Float32Array(count),
			idOf,
			rowOf: (id) => places.get(id) ?? -1,
		},
		json(Parity, "parity.json"),
	);
	const files = new Map<string, { sha256: string; bytes: number }>();
	const write = (name: ReleaseFile, content: Uint8Array) => {
		writeFileSync(join(out, name), content);
		files.set(name, { sha256: sha256Of(content), bytes: content.byteLength });
	};
	write("items.bin", writeContainer("items", sections, items.meta));
	write("links.bin", linkFile(tables, count, manifest.kPair));
	write("parity.json", Buffer.from(JSON.stringify(parity)));
	for (const name of from.files as ReleaseFile[])
		if (!files.has(name) && !LINKED_TABLES.some((table) => name === `${table}.bin`)) write(name, read(name));
	const [time] = manifest.id.split("-");
	const id = `${time}-${contentHashOf([...files].map(([name, { sha256 }]) => [name, sha256]))}`;
	const made = {
		...manifest,
		id,
		files: Object.fromEntries(files),
		items: { ...manifest.items, quantisation: "6-bit per-row scale", layout: "planes" },
	};
	writeFileSync(join(out, MANIFEST_FILE), JSON.stringify(made));
	return readReleaseFolder(out);
}

/** Writes components as 6 bits. @returns the scale by which the error is least */
function sixBits(from: Int8Array | Float32Array, to: Int8Array): number {
	let most = 1e-20;
	for (const component of from) most = Math.max(most, Math.abs(component));
	let along = 0;
	let squares = 0;
	for (const [d, component] of from.entries()) {
		const value = Math.round((component * PLANE_LEVELS) / most);
		to[d] = value;
		along += component * value;
		squares += value * value;
	}
	return squares === 0 ? 1 : along / squares;
}

function reordered(file: Uint8Array, order: Uint32Array, placeOf: Uint32Array): Neighbours {
	const container = orRefuse(readContainer(file, "neighbours"));
	const count = order.length;
	const old = {
		offsets: orRefuse(container.section("offsets", "u32", [count + 1])),
		targets: orRefuse(container.section("targets", "u32", [null])),
		weights: orRefuse(container.section("weights", "u8", [null])),
		scales: orRefuse(container.section("scales", "f32", [count])),
	};
	const offsets = new Uint32Array(count + 1);
	const targets = new Uint32Array(old.targets.length);
	const weights = new Uint8Array(old.targets.length);
	for (const [place, row] of order.entries()) {
		let to = offsets[place] as number;
		for (let k = old.offsets[row] as number; k < (old.offsets[row + 1] as number); k++, to++) {
			targets[to] = placeOf[old.targets[k] as number] as number;
			weights[to] = old.weights[k] as number;
		}
		offsets[place + 1] = to;
	}
	return { offsets, targets, weights, scales: Float32Array.from(order, (row) => old.scales[row] as number) };
}

function linkFile(tables: Partial<Record<(typeof LINKED_TABLES)[number], Neighbours>>, count: number, kPair: number): Uint8Array {
	const held = LINKED_TABLES.map((name) => (tables[name] === undefined ? null : linksOver(tables[name])));
	const pages = Math.ceil(count / PAGE_ROWS);
	const content = withinShards(Array.from({ length: pages }, (_, page) => writeLinkPage(held, page * PAGE_ROWS, count)));
	const pageOffsets = new Uint32Array(pages + 1);
	for (const [page, { byteLength }] of content.entries()) pageOffsets[page + 1] = (pageOffsets[page] as number) + byteLength;
	return writeContainer(
		"links",
		{
			pages: { dtype: "u8", shape: [pageOffsets[pages] as number], values: Buffer.concat(content) },
			pageOffsets: { dtype: "u32", shape: [pages + 1], values: pageOffsets },
		},
		{ items: count, rowsPerPage: PAGE_ROWS, kPair, tables: LINKED_TABLES.join() },
		PAGED_SHARD_BYTES,
	);
}
