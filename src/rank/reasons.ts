import { PARTS, type Part, type Reason } from "../contract/recommendation.ts";
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

/**
 * A reason in the words of the contract.
 * @param because  id of the history item that speaks most for the candidate; null when none links to it
 * @param searched words of the newest entry when it is a query; null otherwise
 */
export function reasonOf(part: Part, because: string | null, searched: string | null): Reason {
	if (part === "popular") return { kind: "popular" };
	if (part !== "encoder" && because !== null) return { kind: "because", item: because };
	return searched !== null && searched !== "" ? { kind: "searched", query: searched } : { kind: "personal" };
}
