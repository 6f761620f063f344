import { PARTS } from "../../src/contract/recommendation.ts";
import type { Fusion, Parity } from "../../src/contract/release.ts";
import { bucketWeights, fusedScores, OWN } from "../../src/rank/fusion.ts";
import { createCandidateSet } from "../../src/retrieve/candidates.ts";
import { linksOver, type Neighbours, reachNeighbours } from "../../src/retrieve/neighbours.ts";
import { type QuantisedRows, quantise, scoreRow } from "../../src/retrieve/rows.ts";
import { createTopRows } from "../../src/retrieve/top-rows.ts";

/** What the answers are computed from. */
export type Ranked = {
	readonly rows: QuantisedRows;
	readonly idOf: (row: number) => string;
	readonly rowOf: (id: string) => number;
	readonly popularity: Float32Array;
	readonly boost: Float32Array;
	readonly tables: Readonly<Partial<Record<"transitions" | "similar" | "bought", Neighbours>>>;
	readonly fusion: Fusion;
};

/** Lists are stated this long. */
const STATED = 10;

/** The answers of `parity.json` for a table with other rows than it was made for: same histories, same encoder outputs. */
export function answersOver(ranked: Ranked, { histories }: Parity): Parity {
	return { histories: histories.map((known) => ({ ...known, ...answer(ranked, known) })) };
}

function answer(ranked: Ranked, { items, query: output }: Parity["histories"][number]) {
	const { rows, fusion, tables, popularity, boost, idOf } = ranked;
	const history = Int32Array.from(items, ranked.rowOf);
	const masked = new Uint8Array(rows.count);
	for (const row of history) masked[row] = 1;
	const query = quantise(Float32Array.from(output));
	const { candidates: most } = fusion.encoder;
	const top = createTopRows(Math.max(most, STATED));
	for (let row = 0; row < rows.count; row++) if (masked[row] === 0) top.offer(row, scoreRow(rows, row, query));
	const nearest = top.sorted();

	const weights = bucketWeights(fusion.buckets, history.length);
	const candidates = createCandidateSet(rows.count, PARTS.length);
	for (const [name, table] of Object.entries(tables) as [keyof Ranked["tables"], Neighbours][]) {
		reachNeighbours(linksOver(table), fusion[name], history, masked, candidates, PARTS.indexOf(name));
	}
	for (const row of nearest.rows.subarray(0, most)) candidates.place(row);
	candidates.mapColumn(PARTS.indexOf("encoder"), (_, row) => scoreRow(rows, row, query));
	candidates.mapColumn(PARTS.indexOf("popular"), (_, row) => popularity[row] as number);
	top.reset(STATED);
	for (const [c, score] of fusedScores(candidates.features, candidates.size, weights).entries()) {
		const row = candidates.rows[c] as number;
		top.offer(row, score + (weights[OWN] as number) * (boost[row] as number));
	}
	const fused = top.sorted();
	return {
		encoderTop: Array.from(nearest.rows.subarray(0, STATED), idOf),
		encoderScores: Array.from(nearest.scores.subarray(0, STATED)),
		fusedTop: Array.from(fused.rows, idOf),
		fusedScores: Array.from(fused.scores),
	};
}
