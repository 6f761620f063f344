import * as v from "valibot";
import { type Manifest, PARITY_HISTORIES, type ReleaseFile } from "../contract/release.ts";
import { fail, ok, type Result } from "../contract/result.ts";
import { type CodeColumn, columnTypeFor } from "../rank/columns.ts";
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
	const links = await named("links.bin", () => openLinks((ranges) => stored.parts("links.bin", ranges), manifest));
	if (!links.ok) return withoutModel(links);
	const { table, ids, meta } = items.value;
	const loaded: LoadedRelease = {
		manifest,
		items: { count, dim, ids, meta, group: table.group, recent: null },
		table,
		transitions: links.value.table("transitions"),
		similar: links.value.table("similar"),
		bought: links.value.table("bought"),
		pagedLinks: links.value,
		space,
		...small.value,
	};
	await fetchForParity(loaded, links.value);
	const disparity = await checkParity(loaded, makeRowSpace);
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
	const links = await named("links.bin", () => openLinks((ranges) => stored.parts("links.bin", ranges), manifest));
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

/** Bytes that are checked at once where nothing is kept. */
const CHECKED_BYTES = 65_536;

/** Takes room for each section, and says how its bytes get there. Where there is no space they are only checked. */
function placeSections(head: Head, count: number, dim: number, makeSpace: (bytes: number) => RowSpace | null): Placed {
	const parsed = v.safeParse(ItemMeta, head.meta);
	if (!parsed.success) return refuse(`has bad meta data at ${v.getDotPath(parsed.issues[0]) ?? "its root"}`);
	const meta = parsed.output;
	const attributeCount = meta.attributes.length;
	const wide = 4 + (head.has("boost") ? 1 : 0);
	const codeTypes = [meta.categories, ...meta.attributes.map(({ values }) => values)].map(({ length }) => columnTypeFor(length));
	const codeBytes = codeTypes.reduce((sum, { BYTES_PER_ELEMENT }) => sum + spaceBytes(BYTES_PER_ELEMENT * count), 0);
	const space = makeSpace(planesBytes(count, dim) + wide * spaceBytes(4 * count) + codeBytes + 3 * spaceBytes(count));
	const sinks: Sink[] = [];
	/** @param check is given the bytes, a multiple of four at a time, once they are in `room` */
	function column(
		place: Place,
		check: (bytes: Uint8Array<ArrayBuffer>) => void,
		room = space?.take(place.bytes) ?? new Uint8Array(Math.min(CHECKED_BYTES, place.bytes)),
	): Uint8Array<ArrayBuffer> {
		let filled = 0;
		let left = place.bytes;
		sinks.push({
			...place,
			take(bytes) {
				for (let at = 0; at < bytes.byteLength; ) {
					const some = bytes.subarray(at, at + room.byteLength - filled);
					room.set(some, filled);
					filled += some.byteLength;
					at += some.byteLength;
					left -= some.byteLength;
					if (filled < room.byteLength && left > 0) continue;
					check(room.subarray(0, filled));
					filled = 0;
				}
			},
		});
		return room;
	}
	/** Codes in a column as narrow as their names allow. */
	function codesAt(place: Place, names: number, what: string): CodeColumn {
		const type = columnTypeFor(names);
		const { buffer, byteOffset } = space?.take(type.BYTES_PER_ELEMENT * count) ?? { buffer: new ArrayBuffer(0), byteOffset: 0 };
		const codes = new type(buffer, byteOffset, space === null ? 0 : count);
		let row = 0;
		const keep = (bytes: Uint8Array<ArrayBuffer>): void => {
			const some = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
			checkCodes(some, names, what);
			if (space !== null) codes.set(some, row);
			row += some.length;
		};
		column(place, keep, new Uint8Array(Math.min(CHECKED_BYTES, place.bytes)));
		return codes;
	}
	const ints = (name: string): Int32Array => {
		const { buffer, byteOffset, byteLength } = column(orRefuse(head.place(name, "i32", [count])), () => {});
		return new Int32Array(buffer, byteOffset, byteLength / 4);
	};
	const floats = (name: string): Float32Array => {
		const { buffer, byteOffset, byteLength } = column(orRefuse(head.place(name, "f32", [count])), (bytes) => {
			const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
			if (!values.every(Number.isFinite)) refuse(`has a ${name.replace(/s$/, "")} that is no number`);
		});
		return new Float32Array(buffer, byteOffset, byteLength / 4);
	};

	const scales = floats("scales");
	const popularity = floats("popularity");
	const boost = head.has("boost") ? floats("boost") : null;
	const price = ints("price");
	const group = ints("group");
	const category = codesAt(orRefuse(head.place("category", "i32", [count])), meta.categories.length, "category");
	const codePlace = orRefuse(head.place("attributes", "i32", [attributeCount, count]));
	const attributes = meta.attributes.map(({ values }, a) =>
		codesAt({ offset: codePlace.offset + 4 * a * count, bytes: 4 * count }, values.length, `attribute ${a}`),
	);
	const inStock = column(orRefuse(head.place("inStock", "u8", [count])), () => {});
	const [hidden, masked] = [space?.take(count) ?? new Uint8Array(0), space?.take(count) ?? new Uint8Array(0)];
	const planes = space === null ? null : (space.planes(count, scales, masked) ?? refuse("cannot be held in planes"));
	sinks.push(vectorSink(orRefuse(head.place("vectors", "i8", [count, dim])), dim, planes));
	const ids = idSinks(head, count, space !== null);
	sinks.push(...ids.sinks);
	return {
		sinks,
		finish() {
			const index = ids.finish();
			const columns = { price, category, group, popularity, boost, inStock, attributes, hidden, masked };
			return { table: { count, ...columns, scanner: planes as PlaneScanner }, ids: index, meta };
		},
	};
}

/** Ids: their offsets, which lie before the bytes that they cut, and these. */
function idSinks(head: Head, count: number, isKept: boolean): { readonly sinks: readonly Sink[]; finish(): IdIndex } {
	const offsetPlace = orRefuse(head.place("idOffsets", "u32", [count + 1]));
	const bytePlace = orRefuse(head.place("idBytes", "u8", [null]));
	if (offsetPlace.offset > bytePlace.offset) refuse("has ids before their offsets");
	const offsets = new Uint32Array(count + 1);
	const offsetBytes = new Uint8Array(offsets.buffer);
	const ids = createSortedIds(offsets, isKept);
	let filled = 0;
	return {
		sinks: [
			{
				...offsetPlace,
				take(bytes) {
					offsetBytes.set(bytes, filled);
					filled += bytes.byteLength;
				},
			},
			{ ...bytePlace, take: ids.add },
		],
		finish: ids.finish,
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
	const files = await stored.files(names.filter((name) => manifest.files[name] !== undefined));
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
