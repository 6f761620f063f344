import { createTopRows } from "../../retrieve/top-rows.ts";
import type { WordTable } from "../../text/text-vector.ts";
import { type Hit, idOf } from "./find.ts";
import { meaningOf } from "./meaning.ts";
import type { Segment } from "./segment.ts";

/** Likeness below which a product means something else. */
const LEAST_LIKENESS = 0.3;
/** Score of full likeness: behind everything that was found by words. */
const LIKE_SCORE = 0.01;

/**
 * What may be shown when words find too little: first what means something like the query, then what is popular. None of
 * it is masked or among the hits.
 * @param popularityOf of an id, 0 or more
 * @param missing how many are wanted, in all
 */
export function complete(
	segments: readonly Segment[],
	hits: readonly Hit[],
	text: string,
	table: WordTable | null,
	popularityOf: (id: string) => number,
	missing: number,
): { readonly like: readonly Hit[]; readonly popular: readonly Hit[] } {
	const open = segments.map((segment) => segment.masked.slice());
	for (const { segment, row } of hits) (open[segments.indexOf(segment)] as Uint8Array)[row] = 1;
	const meaning = table === null ? null : meaningOf(table, text);
	const like =
		meaning === null ? [] : best(segments, open, missing, (segment, row) => meaning.likeness(segment.index, row), LEAST_LIKENESS);
	for (const { segment, row } of like) (open[segments.indexOf(segment)] as Uint8Array)[row] = 1;
	const popular = best(segments, open, missing - like.length, (segment, row) => popularityOf(idOf({ segment, row })), 0);
	return {
		like: like.map((hit) => ({ ...hit, score: LIKE_SCORE * hit.score })),
		popular: popular.map((hit) => ({ ...hit, score: 0 })),
	};
}

/** The best rows that are not taken, of equal scores the first. @param least score of any that is shown */
function best(
	segments: readonly Segment[],
	taken: readonly Uint8Array[],
	most: number,
	scoreOf: (segment: Segment, row: number) => number,
	least: number,
): Hit[] {
	if (most <= 0) return [];
	const top = createTopRows(most);
	top.reset(most);
	const firsts: number[] = [];
	let first = 0;
	for (const [s, segment] of segments.entries()) {
		firsts.push(first);
		for (let row = 0; row < segment.index.count; row++) {
			if (taken[s]?.[row] === 1) continue;
			const score = scoreOf(segment, row);
			if (score >= least) top.offer(first + row, score);
		}
		first += segment.index.count;
	}
	const { rows, scores } = top.sorted();
	return Array.from(rows, (at, place) => {
		const s = firsts.findLastIndex((from) => from <= at);
		return { segment: segments[s] as Segment, row: at - (firsts[s] as number), words: 0, score: scores[place] as number };
	});
}
