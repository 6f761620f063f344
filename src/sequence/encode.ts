import { type CoarseContext, DAYPARTS, DEVICES, REGIONS, WEEKDAYS } from "../contract/context.ts";
import type { KnownEntry } from "./history.ts";

/** The encoder's inputs for one history of T entries, oldest first, without padding. */
export type EncoderInput = {
	/** Float32, shape [T, dim]. */
	readonly vectors: Float32Array;
	/** Shape [T]; 0 unknown, else index + 1 into HISTORY_EVENTS. */
	readonly kinds: Int32Array;
	/** Shape [T]; see gap-bucket.ts. The first is 0. */
	readonly gaps: Int32Array;
	/** Shape [T]: T - 1 down to 0, which is the newest. */
	readonly positions: Int32Array;
	/** Region, device, part of day, weekday; 0 unknown. */
	readonly context: Int32Array;
};

/**
 * Lays out the newest entries as the encoder was trained on them.
 * @param entries       known entries, oldest first, at least one
 * @param length        newest entries that the encoder reads, from the manifest
 * @param writeRowInto  writes an item's float32 vector at an offset
 * @see Kang & McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018, III-A
 */
export function encodeHistory(
	entries: readonly KnownEntry[],
	length: number,
	dim: number,
	context: CoarseContext,
	writeRowInto: (row: number, out: Float32Array, at: number) => void,
): EncoderInput {
	const newest = entries.slice(-length);
	const vectors = new Float32Array(newest.length * dim);
	const kinds = new Int32Array(newest.length);
	const gaps = new Int32Array(newest.length);
	const positions = new Int32Array(newest.length);
	for (const [step, entry] of newest.entries()) {
		if (entry.row !== null) writeRowInto(entry.row, vectors, step * dim);
		else if (entry.vector !== null) vectors.set(entry.vector, step * dim);
		kinds[step] = entry.kind;
		gaps[step] = step === 0 ? 0 : entry.gap;
		positions[step] = newest.length - 1 - step;
	}
	return { vectors, kinds, gaps, positions, context: contextIndices(context) };
}

/** Places in the contract's lists, int32, shape [4]. */
export const contextIndices = ({ region, device, daypart, weekday }: CoarseContext): Int32Array =>
	Int32Array.of(REGIONS.indexOf(region), DEVICES.indexOf(device), DAYPARTS.indexOf(daypart), WEEKDAYS.indexOf(weekday));
