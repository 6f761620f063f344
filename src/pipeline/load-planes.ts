import * as v from "valibot";
import { type Manifest, PARITY_HISTORIES, type ReleaseFile } from "../contract/release.ts";
import { fail, ok, type Result } from "../contract/result.ts";
import { PLANE_GROUP } from "../retrieve/planes.ts";
import { checkParity } from "./check-parity.ts";
import { type Head, orRefuse, type Place, refuse, refusingLater } from "./esb1.ts";
import type { IdIndex } from "./id-index.ts";
import type { LoadedRelease, ReleaseFault } from "./load-release.ts";
import { openLinks, type PagedLinks, reachOf } from "./paged-links.ts";
import { createSpace, planesBytes, spaceBytes } from "./plain-space.ts";
import type { MakeEncoder, MakeRowSpace, PlaneScanner, RowSpace, StoredRelease } from "./ports.ts";
import { checkCodes, ItemMeta } from "./read-items.ts";
import { checkIntegrity, readSmallFiles, wholeFiles } from "./small-files.ts";
import { createSortedIds } from "./sorted-ids.ts";
import { type Sink, streamContainer } from "./stream-esb1.ts";
import type { Table } from "./table.ts";

/** What `items.bin` becomes. */
type Items = { readonly table: Table; readonly ids: IdIndex; readonly meta: v.InferOutput<typeof ItemMeta> };

/**
 * Loads a release in planes. `items.bin` goes straight from the store into place, so that nothing of it is held twice.
 * @param worn a space that nobody reads any more: its memory is used again
 * @returns the file at fault and why, in words that follow its name
 */
export async function loadPlanes(
	manifest: Manifest,
	stored: StoredRelease,
	makeEncoder: MakeEncoder | null,
	makeRowSpace: MakeRowSpace,
	worn: RowSpace | null,
): Promise<Result<LoadedRelease, ReleaseFault>> {
	const { count, dim } = manifest.items;
	if (dim === 0 || dim % PLANE_GROUP !== 0)
		return fail({ file: "manifest.json", message: `has planes of ${dim} dimensions; it must be a multiple of ${PLANE_GROUP}` });
	// The model first: without it the memory of the release before is still there for another try.
	const small = await readRest(manifest, stored, makeEncoder);
	if (!small.ok) return small;
	const withoutModel = <T>(refused: T): T => {
		small.value.encoder?.release();
		return refused;
	};
	let space: RowSpace | null = null;
	const items = await named("items.bin", () =>
		readItemPlanes(stored, manifest, (bytes) => {
			space = createSpace(makeRowSpace, bytes, 0, dim, worn);
			return space;
		}),
	);
	if (!items.ok) return withoutModel(items);
	const links = await named("links.bin", () => openLinks((from, to) => stored.range("links.bin", from, to), manifest));
	if (!links.ok) return withoutModel(links);
	const { table, ids, meta } = items.value;
	const loaded: LoadedRelease = {
		manifest,
		items: { count, dim, ids, meta, group: table.group },
		table,
		transitions: links.value.table("transitions"),
		similar: links.value.table("similar"),
		bought: links.value.table("bought"),
		pagedLinks: links.value,
		space,
		...small.value,
	};
	await fetchForParity(loaded, links.value);
	const disparity = checkParity(loaded, makeRowSpace);
	if (disparity === null) return ok(loaded);
	return withoutModel(fail(disparity));
}

/** Reads a release in planes as `loadPlanes` does, but keeps none of it: what is checked before it is activated, beside one that serves. */
export async function verifyPlanes(
	manifest: Manifest,
	stored: StoredRelease,
	makeEncoder: MakeEncoder | null,
): Promise<Result<null, ReleaseFault>> {
	const items = await named("items.bin", () => readItemPlanes(stored, manifest, () => null));
	if (!items.ok) return items;
	const links = await named("links.bin", () => openLinks((from, to) => stored.range("links.bin", from, to), manifest));
	if (!links.ok) return links;
	const small = await readRest(manifest, stored, makeEncoder);
	if (!small.ok) return small;
	small.value.encoder?.release();
	return ok(null);
}

/**
 * @param makeSpace is told how many bytes the table takes; null: only checks
 * @throws inside `refusing`
 */
async function readItemPlanes(stored: StoredRelease, manifest: Manifest, makeSpace: (bytes: number) => RowSpace | null): Promise<Items> {
	const { count, dim } = manifest.items;
	const content = (await stored.open("items.bin")) ?? refuse("is missing");
	let placed: Placed | null = null;
	await streamContainer(content.body, "items", (head) => {
		placed = placeSections(head, count, dim, makeSpace);
		return placed.sinks;
	});
	const stated = manifest.files["items.bin"]?.sha256;
	if (content.sha256 !== null && (await content.sha256()) !== stated) refuse("does not have the SHA-256 that the manifest states");
	return (placed as Placed | null)?.finish() ?? refuse("is empty");
}

type Placed = { readonly sinks: readonly Sink[]; finish(): Items };

/** Takes room for each section, and says how its bytes get there. */
function placeSections(head: Head, count: number, dim: number, makeSpace: (bytes: number) => RowSpace | null): Placed {
	const parsed = v.safeParse(ItemMeta, head.meta);
	if (!parsed.success) return refuse(`has bad meta data at ${v.getDotPath(parsed.issues[0]) ?? "its root"}`);
	const meta = parsed.output;
	const attributeCount = meta.attributes.length;
	const wide = 5 + attributeCount + (head.has("boost") ? 1 : 0);
	const space = makeSpace(planesBytes(count, dim) + wide * spaceBytes(4 * count) + 3 * spaceBytes(count));
	const sinks: Sink[] = [];
	/** Room in the space, or outside it where a section is only checked. */
	const room = (bytes: number): Uint8Array<ArrayBuffer> => space?.take(bytes) ?? new Uint8Array(bytes);
	function copied(place: Place): Uint8Array<ArrayBuffer> {
		const to = room(place.bytes);
		let filled = 0;
		const take = (bytes: Uint8Array): void => {
			to.set(bytes, filled);
			filled += bytes.byteLength;
		};
		sinks.push({ ...place, take });
		return to;
	}
	const ints = (name: string): Int32Array => {
		const { buffer, byteOffset } = copied(orRefuse(head.place(name, "i32", [count])));
		return new Int32Array(buffer, byteOffset, count);
	};
	const floats = (name: string): Float32Array => {
		const { buffer, byteOffset } = copied(orRefuse(head.place(name, "f32", [count])));
		return new Float32Array(buffer, byteOffset, count);
	};

	const scales = floats("scales");
	const columns = { price: ints("price"), category: ints("category"), group: ints("group"), popularity: floats("popularity") };
	const inStock = copied(orRefuse(head.place("inStock", "u8", [count])));
	const codes = orRefuse(head.place("attributes", "i32", [attributeCount, count]));
	const attributes = meta.attributes.map((_, a) => {
		const { buffer, byteOffset } = copied({ offset: codes.offset + 4 * a * count, bytes: 4 * count });
		return new Int32Array(buffer, byteOffset, count);
	});
	const boost = head.has("boost") ? floats("boost") : null;
	const [hidden, masked] = [room(count), room(count)];
	const planes = space === null ? null : (space.planes(count, scales, masked) ?? refuse("cannot be held in planes"));
	sinks.push(vectorSink(orRefuse(head.place("vectors", "i8", [count, dim])), dim, planes));

	// Offsets lie before the bytes that they cut.
	const offsetPlace = orRefuse(head.place("idOffsets", "u32", [count + 1]));
	const bytePlace = orRefuse(head.place("idBytes", "u8", [null]));
	if (offsetPlace.offset > bytePlace.offset) refuse("has ids before their offsets");
	const offsets = new Uint32Array(count + 1);
	const offsetBytes = new Uint8Array(offsets.buffer);
	let filled = 0;
	sinks.push({
		...offsetPlace,
		take(bytes) {
			offsetBytes.set(bytes, filled);
			filled += bytes.byteLength;
		},
	});
	let ids: ReturnType<typeof createSortedIds> | null = null;
	sinks.push({
		...bytePlace,
		take(bytes) {
			ids ??= createSortedIds(offsets);
			ids.add(bytes);
		},
	});

	return {
		sinks,
		finish() {
			checkCodes(columns.category, meta.categories.length, "category");
			for (const [a, column] of attributes.entries()) checkCodes(column, meta.attributes[a]?.values.length ?? 0, `attribute ${a}`);
			for (const [name, column] of Object.entries({ scale: scales, popularity: columns.popularity, boost })) {
				if (column?.some((value) => !Number.isFinite(value))) refuse(`has a ${name} that is no number`);
			}
			const index = (ids ?? refuse("has no ids")).finish();
			const table = { count, ...columns, inStock, boost, attributes, hidden, masked, scanner: planes as PlaneScanner };
			return { table, ids: index, meta };
		},
	};
}

/** Packs rows as they come; those that come in pieces are put together first. */
function vectorSink(place: Place, dim: number, planes: PlaneScanner | null): Sink {
	const step = dim * Math.max(1, Math.floor(65_536 / dim));
	const held = new Int8Array(step);
	let filled = 0;
	let row = 0;
	let left = place.bytes;
	function pack(): void {
		const rows = held.subarray(0, filled);
		const fits = planes === null ? rows.every((value) => value >= -32 && value <= 31) : planes.pack(rows, row);
		if (!fits) refuse(`has a vector of more than 6 bits in rows ${row} to ${row + filled / dim - 1}`);
		row += filled / dim;
		filled = 0;
	}
	return {
		...place,
		take(bytes) {
			for (let at = 0; at < bytes.byteLength; ) {
				const some = bytes.subarray(at, at + step - filled);
				held.set(new Int8Array(some.buffer, some.byteOffset, some.byteLength), filled);
				filled += some.byteLength;
				at += some.byteLength;
				left -= some.byteLength;
				if (filled === step || left === 0) pack();
			}
		},
	};
}

/** The files that are small at any size of catalogue. */
async function readRest(manifest: Manifest, stored: StoredRelease, makeEncoder: MakeEncoder | null): ReturnType<typeof readSmallFiles> {
	const names = wholeFiles(manifest, makeEncoder !== null);
	const files = await stored.files(names);
	const integrity = await checkIntegrity(manifest, files, names);
	return integrity === null ? readSmallFiles(manifest, files, makeEncoder) : fail(integrity);
}

async function fetchForParity({ items, parity, fusion }: LoadedRelease, links: PagedLinks): Promise<void> {
	const rows = parity.histories
		.slice(0, PARITY_HISTORIES)
		.flatMap(({ items: history }) => history.slice(-reachOf(fusion)).map(items.ids.rowOf));
	await links.fetch(rows);
}

async function named<T>(file: ReleaseFile, read: () => Promise<T>): Promise<Result<T, ReleaseFault>> {
	const result = await refusingLater(read);
	return result.ok ? result : fail({ file, message: result.error });
}
