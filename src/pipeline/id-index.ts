/** Ids of the release's items and the row of each, over the file's own bytes: a Map of a million strings would not fit. */
export interface IdIndex {
	/** @returns -1 when there is no such id */
	rowOf(id: string): number;
	idOf(row: number): string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Longest id in UTF-8, bytes: 128 UTF-16 units take at most 3 each. */
export const ID_MAX_BYTES = 384;

/**
 * An open-addressing hash table, FNV-1a over UTF-8.
 * @param offsets shape [count + 1], ascending, within `bytes`
 * @returns null when two rows have one id
 */
export function createIdIndex(offsets: Uint32Array, bytes: Uint8Array): IdIndex | null {
	const count = offsets.length - 1;
	const slots = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(2, count * 1.5))));
	const last = slots.length - 1;
	const wanted = new Uint8Array(ID_MAX_BYTES);

	/** Slot of the id, or the free slot where it would stand. */
	function slotOf(id: Uint8Array, from: number, to: number): number {
		let hash = 0x811c9dc5;
		for (let i = from; i < to; i++) hash = Math.imul(hash ^ (id[i] as number), 0x01000193);
		let slot = (hash ^ (hash >>> 15)) & last;
		for (; slots[slot] !== 0; slot = (slot + 1) & last) if (isAt((slots[slot] as number) - 1, id, from, to)) break;
		return slot;
	}
	function isAt(row: number, id: Uint8Array, from: number, to: number): boolean {
		const start = offsets[row] as number;
		if ((offsets[row + 1] as number) - start !== to - from) return false;
		for (let i = from; i < to; i++) if (id[i] !== bytes[start + i - from]) return false;
		return true;
	}

	for (let row = 0; row < count; row++) {
		const slot = slotOf(bytes, offsets[row] as number, offsets[row + 1] as number);
		if (slots[slot] !== 0) return null;
		slots[slot] = row + 1;
	}
	return {
		rowOf(id) {
			const { read, written } = encoder.encodeInto(id, wanted);
			return read === id.length ? (slots[slotOf(wanted, 0, written)] as number) - 1 : -1;
		},
		idOf: (row) => decoder.decode(bytes.subarray(offsets[row] as number, offsets[row + 1] as number)),
	};
}
