import { UNKNOWN_CONTEXT } from "../contract/context.ts";
import { PARTS } from "../contract/recommendation.ts";
import { PARITY_HISTORIES, type Parity } from "../contract/release.ts";
import { bucketWeights, weightsOfParts } from "../rank/fusion.ts";
import { quantise } from "../retrieve/rows.ts";
import { encodeHistory } from "../sequence/encode.ts";
import type { LoadedRelease, ReleaseFault } from "./load-release.ts";
import { createOverlaidRelease, type OverlaidRelease } from "./overlaid-release.ts";
import type { MakeRowSpace } from "./ports.ts";
import { rankCandidates } from "./rank-candidates.ts";
import { turn } from "./turn.ts";

/**
 * Largest difference of an encoder output, relative to its largest component. Both sides compute in float32, in another
 * order; another model, or other inputs, differ by far more.
 */
const QUERY_TOLERANCE = 1e-3;
/** Largest relative difference of a score: both sides compute in float64. */
const SCORE_TOLERANCE = 1e-6;

type ParityCase = Parity["histories"][number];

/**
 * Computes some of the trainer's own answers again: the encoder's output within float32's noise, and from the
 * trainer's output the scan and the fusion, to the row. Others have their turns between the histories.
 * @returns the file at fault; null when all agree
 */
export async function checkParity(loaded: LoadedRelease, makeRowSpace: MakeRowSpace): Promise<ReleaseFault | null> {
	const release = createOverlaidRelease(loaded, makeRowSpace);
	for (const [place, known] of loaded.parity.histories.slice(0, PARITY_HISTORIES).entries()) {
		await turn();
		const rows = Int32Array.from(known.items, release.rowOf);
		if (rows.includes(-1)) return { file: "parity.json", message: `names an item in history ${place} that items.bin lacks` };
		if (known.query.length !== loaded.items.dim) return { file: "parity.json", message: `has a query of ${known.query.length} dimensions` };
		if (!encoderAgrees(release, rows, known)) {
			return { file: "encoder.int8.onnx", message: `does not give the stated output for history ${place} of parity.json` };
		}
		if (!rankingAgrees(release, rows, known, "encoder")) {
			return { file: "items.bin", message: `does not give the stated ranking for history ${place} of parity.json` };
		}
		if (!rankingAgrees(release, rows, known, "fused")) {
			return { file: "fusion.json", message: `does not give the stated ranking for history ${place} of parity.json` };
		}
	}
	return null;
}

function encoderAgrees(release: OverlaidRelease, rows: Int32Array, known: ParityCase): boolean {
	const { encoder, manifest, items } = release.loaded;
	if (encoder === null) return true;
	const entries = Array.from(rows, (row) => ({ row, vector: null, query: null, kind: 1, gap: 0, at: null }));
	const input = encodeHistory(entries, manifest.encoder.length, items.dim, UNKNOWN_CONTEXT, release.writeVector);
	let output: Float32Array;
	try {
		output = encoder.encode(input);
	} catch {
		return false;
	}
	const most = known.query.reduce((largest, component) => Math.max(largest, Math.abs(component)), 0);
	return known.query.every((component, d) => Math.abs((output[d] ?? Number.NaN) - component) <= QUERY_TOLERANCE * most);
}

function rankingAgrees(release: OverlaidRelease, rows: Int32Array, known: ParityCase, system: "encoder" | "fused"): boolean {
	// Beyond its candidates the encoder alone has no ranking.
	const most = system === "encoder" ? release.loaded.fusion.encoder.candidates : known.fusedTop.length;
	const top = (system === "encoder" ? known.encoderTop : known.fusedTop).slice(0, most);
	const stated = (system === "encoder" ? known.encoderScores : known.fusedScores).slice(0, most);
	release.loaded.table.masked.fill(0);
	for (const row of rows) release.mask(row);
	const weights = bucketWeights(release.loaded.fusion.buckets, rows.length);
	const query = quantise(Float32Array.from(known.query));
	const found =
		system === "encoder"
			? rankCandidates(release, query, rows, weightsOfParts(weights, ["encoder"]), ["encoder"], top.length)
			: rankCandidates(release, query, rows, weights, PARTS, top.length);
	const isNear = (a: number, b: number) => Math.abs(a - b) <= SCORE_TOLERANCE * Math.max(1, Math.abs(b));
	if (found.rows.length !== top.length || !stated.every((score, place) => isNear(found.scores[place] ?? Number.NaN, score))) return false;
	// Rows whose scores differ by less than the tolerance may stand in another order; the last may be another row.
	const shown = new Set(Array.from(found.rows, release.idOf));
	const last = stated.at(-1) ?? 0;
	return top.every((id, place) => shown.has(id) || isNear(stated[place] as number, last));
}
