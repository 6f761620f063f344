import type { CoarseContext } from "../contract/context.ts";
import { PARTS, type Reason, type RecommendedItem } from "../contract/recommendation.ts";
import { contributionsOf, OWN, type PartWeights } from "../rank/fusion.ts";
import { liftingPart } from "../rank/reasons.ts";
import { linkWeight } from "../retrieve/neighbours.ts";
import type { QuantisedQuery } from "../retrieve/rows.ts";
import type { KnownHistory } from "../sequence/history.ts";
import { knownWords } from "../text/text-vector.ts";
import { encodeQuery } from "./encode-query.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";
import { seenOffsets } from "./rank-candidates.ts";

const COUNTED = ["transitions", "similar", "bought"] as const;
const ENCODER = PARTS.indexOf("encoder");
/** Newest things of a history that a reason may name; each costs an encode. */
const NAMEABLE_MAX = 12;

export type Explained = { readonly reason: Reason; readonly contributions: NonNullable<RecommendedItem["contributions"]> };

/** A product or a query of the history, with all of its places there. */
type Thing = { readonly row: number | null; readonly query: string | null; readonly ages: readonly number[] };

/**
 * Tells why ranked rows are there. Contributions are the parts' shares; what the row adds by itself counts with the parts
 * that it mends: its boost with popularity, its place in the history with the transitions. The reason is what the score
 * would lose most without: the encoder is asked again for the history without each of its newest things, and what the
 * tables count of a thing is taken from their sums. Their candidates must still be in the scratch.
 * @param query null: ranked without the encoder
 * @returns the explanation of a row. @throws what the encoder throws
 * @see Zeiler & Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, 4.2 (occlusion)
 */
export function createExplainer(
	release: OverlaidRelease,
	history: KnownHistory,
	weights: PartWeights,
	query: QuantisedQuery | null,
	context: CoarseContext,
): (row: number) => Explained {
	const things = nameable(history);
	const offsets = seenOffsets(release, history.rows);
	/** Queries of the history without each thing; made with the first row that asks. */
	let without: readonly (QuantisedQuery | null)[] | null = null;

	function encodedWithout({ row, query: text }: Thing): QuantisedQuery | null {
		const entries = history.entries.filter((entry) => (row === null ? entry.query !== text : entry.row !== row));
		return query === null || entries.length === 0 ? null : encodeQuery(release, { ...history, entries }, context);
	}

	function scoreOf(row: number, asked: QuantisedQuery): number {
		const [table, at] = release.locate(row);
		return table.scanner.score(asked, Int32Array.of(at))[0] as number;
	}

	/** What the row's score would lose without a thing. */
	function lossOf(row: number, thing: Thing, rest: QuantisedQuery | null, feature: (part: number) => number): number {
		const { fusion } = release.loaded;
		let loss = rest === null ? 0 : (weights[ENCODER] as number) * (feature(ENCODER) - scoreOf(row, rest));
		if (thing.row === null) return loss;
		for (const part of COUNTED) {
			const table = release.loaded[part];
			const { tau, decay } = fusion[part];
			const p = PARTS.indexOf(part);
			if (table === null || feature(p) === 0) continue;
			const link = linkWeight(table, thing.row, row);
			const own = tau * thing.ages.reduce((sum, age) => sum + (decay[age] ?? 0) * link, 0);
			loss += (weights[p] as number) * (feature(p) - Math.log1p(Math.max(0, Math.expm1(feature(p)) - own)));
		}
		return loss;
	}

	/** The thing that the row would miss most; null where it would miss none. */
	function mostMissed(row: number, feature: (part: number) => number): Thing | null {
		if (things.length === 1) return things[0] as Thing;
		without ??= things.map(encodedWithout);
		let best: Thing | null = null;
		let most = 0;
		for (const [n, thing] of things.entries()) {
			const loss = lossOf(row, thing, without[n] ?? null, feature);
			if (loss > most) [best, most] = [thing, loss];
		}
		return best;
	}

	function reasonOf(row: number, place: number): Reason {
		const { candidates } = release.scratch();
		if (liftingPart(candidates.features, candidates.size, place, weights) === "popular") return { kind: "popular" };
		const thing = mostMissed(row, (part) => candidates.features[place * candidates.columns + part] as number);
		if (thing === null) return { kind: "personal" };
		if (thing.row !== null) return { kind: "because", item: release.idOf(thing.row) };
		const { words } = release.loaded;
		// Only words of the catalogue are ever repeated.
		const said = words === null ? "" : knownWords(words, thing.query as string);
		return said === "" ? { kind: "personal" } : { kind: "searched", query: said };
	}

	return (row) => {
		const { candidates } = release.scratch();
		const place = candidates.place(row);
		const contributions = contributionsOf(candidates.features, place, weights);
		if (weights[OWN] !== 0) {
			contributions.popular += release.boostOf(row);
			contributions.transitions += offsets.get(row) ?? 0;
		}
		return { reason: reasonOf(row, place), contributions };
	};
}

/** The newest distinct things of a history, newest first; ages count products alone, 0 the newest. */
function nameable({ entries }: KnownHistory): Thing[] {
	const found = new Map<string, { row: number | null; query: string | null; ages: number[] }>();
	let age = 0;
	for (const { row, query } of entries.toReversed()) {
		const key = row === null ? `query ${query}` : `row ${row}`;
		const thing = found.get(key) ?? { row, query, ages: [] };
		if (found.size < NAMEABLE_MAX || found.has(key)) found.set(key, thing);
		if (row !== null) thing.ages.push(age++);
	}
	return [...found.values()];
}
