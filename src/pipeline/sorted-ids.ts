import { refuse } from "./esb1.ts";
import { ID_MAX_BYTES, type IdIndex } from "./id-index.ts";

/** Ids that lie together: the first whole, each other as what it adds to the one before. */
const BLOCK_IDS = 16;
/** Bytes of a piece of the index; a block lies in one. */
const PIECE_BYTES = 65_536;
/** Most bytes of a block: two lengths of at most two bytes before each id. */
const BLOCK_MAX_BYTES = BLOCK_IDS * (ID_MAX_BYTES + 4);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Takes the ids as they come, in ascending order of their bytes. */
export interface SortedIdsBuilder {
	/** More of the ids' bytes, one id after another. Inside `refusing`. */
	add(bytes: Uint8Array): void;
	/** Once all came. Inside `refusing`. */
	finish(): IdIndex;
}

/**
 * An index of sorted ids that takes about half their bytes and no hash table: blocks of front-coded ids, searched by halves.
 * @param offsets shape [count + 1]: where each id begins; filled before the ids come
 * @param isKept  false: the ids are only checked, and the index finds none
 * @see Witten, Moffat & Bell, "Managing Gigabytes", 2nd edition, 4.1 (front coding)
 */
export function createSortedIds(offsets: Uint32Array, isKept = true): SortedIdsBuilder {
	const count = offsets.length - 1;
	const pieces: Uint8Array[] = [];
	/** Place of each block: its piece, and where in it. */
	const blocks = new Uint32Array(Math.ceil(count / BLOCK_IDS));
	let piece = new Uint8Array(PIECE_BYTES);
	let filled = 0;
	let row = 0;
	const held = new Uint8Array(ID_MAX_BYTES);
	let heldBytes = 0;
	const before = new Uint8Array(ID_MAX_BYTES);
	let beforeBytes = 0;

	function writeLength(length: number): void {
		if (length > 127) piece[filled++] = 128 | (length >> 8);
		piece[filled++] = length & 255;
	}
	/** The id that is held is whole. */
	function end(): void {
		let shared = 0;
		while (shared < heldBytes && shared < beforeBytes && held[shared] === before[shared]) shared++;
		const isAfter = shared === beforeBytes ? heldBytes > beforeBytes : shared < heldBytes && (held[shared] ?? 0) > (before[shared] ?? 0);
		if (row > 0 && !isAfter) refuse(`has ids out of order, or one twice, at row ${row}`);
		if (row % BLOCK_IDS === 0) {
			if (filled + BLOCK_MAX_BYTES > PIECE_BYTES) {
				if (isKept) pieces.push(piece.slice(0, filled));
				piece = new Uint8Array(PIECE_BYTES);
				filled = 0;
			}
			blocks[row / BLOCK_IDS] = (pieces.length << 16) | filled;
			shared = 0;
		}
		writeLength(shared);
		writeLength(heldBytes - shared);
		piece.set(held.subarray(shared, heldBytes), filled);
		filled += heldBytes - shared;
		before.set(held.subarray(0, heldBytes));
		beforeBytes = heldBytes;
		heldBytes = 0;
		row++;
	}

	return {
		add(bytes) {
			for (let at = 0; at < bytes.length; ) {
				if (row >= count) refuse("has more ids than rows");
				const length = (offsets[row + 1] as number) - (offsets[row] as number);
				if (length < 1 || length > ID_MAX_BYTES) refuse(`has an id of ${length} bytes at row ${row}`);
				const some = bytes.subarray(at, at + length - heldBytes);
				held.set(some, heldBytes);
				heldBytes += some.length;
				at += some.length;
				if (heldBytes === length) end();
			}
		},
		finish() {
			if (row !== count || heldBytes > 0) refuse("has ids that do not fill their section");
			pieces.push(piece.slice(0, filled));
			return createIndex(count, blocks, pieces);
		},
	};
}

function createIndex(count: number, blocks: Uint32Array, pieces: readonly Uint8Array[]): IdIndex {
	const wanted = new Uint8Array(ID_MAX_BYTES);
	const id = new Uint8Array(ID_MAX_BYTES);
	let idBytes = 0;
	let piece = pieces[0] as Uint8Array;
	let at = 0;

	function open(block: number): void {
		const place = blocks[block] as number;
		piece = pieces[place >>> 16] as Uint8Array;
		at = place & 0xffff;
		idBytes = 0;
	}
	function readLength(): number {
		const first = piece[at++] as number;
		return first < 128 ? first : ((first & 127) << 8) | (piece[at++] as number);
	}
	/** The next id of the block that is open. */
	function next(): void {
		const shared = readLength();
		const rest = readLength();
		for (let k = 0; k < rest; k++) id[shared + k] = piece[at + k] as number;
		at += rest;
		idBytes = shared + rest;
	}
	/** Negative where the id that was read comes before the wanted one. */
	function compare(length: number): number {
		for (let k = 0; k < idBytes && k < length; k++) {
			const difference = (id[k] as number) - (wanted[k] as number);
			if (difference !== 0) return difference;
		}
		return idBytes - length;
	}

	return {
		rowOf(asked) {
			const { read, written } = encoder.encodeInto(asked, wanted);
			if (read !== asked.length) return -1;
			// The last block whose first id is not beyond the wanted one.
			let low = 0;
			let high = blocks.length - 1;
			while (low < high) {
				const middle = (low + high + 1) >> 1;
				open(middle);
				next();
				if (compare(written) <= 0) low = middle;
				else high = middle - 1;
			}
			open(low);
			for (let row = low * BLOCK_IDS; row < Math.min(count, (low + 1) * BLOCK_IDS); row++) {
				next();
				const order = compare(written);
				if (order === 0) return row;
				if (order > 0) return -1;
			}
			return -1;
		},
		idOf(row) {
			open(Math.floor(row / BLOCK_IDS));
			for (let k = 0; k <= row % BLOCK_IDS; k++) next();
			return decoder.decode(id.subarray(0, idBytes));
		},
	};
}
