import type { Part } from "../../contract/recommendation.ts";
import { bucketWeights, weightsOfParts } from "../../rank/fusion.ts";
import { byScore, reciprocalRankFusion } from "../../rank/reciprocal-rank-fusion.ts";
import { type QuantisedQuery, quantise } from "../../retrieve/rows.ts";
import type { OverlaidRelease } from "../overlaid-release.ts";
import { rankScored } from "../rank-candidates.ts";
import { EMPTY_POOL, type MakePool, maskSubjects, subjectOf } from "./pool.ts";

/**
 * What is like a product: neighbours by content and neighbours in item space, each in its own order, fused. The
 * product's own variants are not like it, they are it.
 */
export const similarPool: MakePool = ({ release, spec, shopper, most }) => {
	const subject = subjectOf(release, spec.item, shopper.history);
	if (subject === -1) return EMPTY_POOL;
	maskSubjects(release, [subject]);
	const vector = vectorOf(release, subject);
	const query = quantise(vector);
	const weights = bucketWeights(release.loaded.fusion.buckets, 1);
	const by = (part: Part, asked: QuantisedQuery | null) =>
		rankScored(release, asked, Int32Array.of(subject), weightsOfParts(weights, [part]), [part], most).rows;
	const orders = [[...by("similar", null)]];
	if (query.scale > 0) orders.push(byCosine(release, by("encoder", query), vector));
	const scores = reciprocalRankFusion(orders);
	const rows = byScore(scores).slice(0, most);
	const item = release.idOf(subject);
	return {
		rows,
		scores: rows.map((row) => scores.get(row) as number),
		reasonOf: () => ({ kind: "similar", item }),
		about: [subject],
		rung: "session",
	};
};

function vectorOf(release: OverlaidRelease, row: number): Float32Array {
	const vector = new Float32Array(release.loaded.items.dim);
	release.writeVector(row, vector, 0);
	return vector;
}

/** By angle: the length of a vector tells how often its item is taken, not what it is. */
function byCosine(release: OverlaidRelease, rows: Int32Array, to: Float32Array): number[] {
	const cosines = new Map(
		Array.from(rows, (row) => {
			const vector = vectorOf(release, row);
			const length = Math.sqrt(dot(vector, vector));
			return [row, length > 0 ? dot(vector, to) / length : 0];
		}),
	);
	return byScore(cosines);
}

function dot(a: Float32Array, b: Float32Array): number {
	let sum = 0;
	for (let d = 0; d < a.length; d++) sum += (a[d] as number) * (b[d] as number);
	return sum;
}
