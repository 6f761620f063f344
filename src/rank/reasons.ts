import { PARTS, type Part } from "../contract/recommendation.ts";
import type { PartWeights } from "./fusion.ts";

/**
 * The part that lifted a candidate most over the average candidate of the same request. Parts are compared by this
 * lift, not by their share: a part that says the same of all candidates moved none of them.
 * @param features row-major, shape [n, 5]
 */
export function liftingPart(features: Float64Array, size: number, candidate: number, weights: PartWeights): Part {
	let best: Part = "encoder";
	let most = Number.NEGATIVE_INFINITY;
	for (const [p, part] of PARTS.entries()) {
		const weight = weights[p] as number;
		if (!(weight > 0)) continue;
		let sum = 0;
		for (let c = 0; c < size; c++) sum += features[c * PARTS.length + p] as number;
		const lift = weight * ((features[candidate * PARTS.length + p] as number) - sum / size);
		if (lift > most) {
			most = lift;
			best = part;
		}
	}
	return best;
}
