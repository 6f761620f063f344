import { createTopRows } from "../../retrieve/top-rows.ts";
import type { WordTable } from "../../text/text-vector.ts";
import { type Hit, idOf } from "./find.ts";
import { type Meaning, meaningOf } from "./meaning.ts";
import type { Place, Products } from "./products.ts";
import type { Segment } from "./segment.ts";

/** Likeness below which a product means something else. */
const LEAST_LIKENESS = 0.3;
/** Score of full likeness: behind everything that was found by words. */
const LIKE_SCORE = 0.01;

/**
 * What may be shown when words find too little: first what means something like the query, then what is popular. None of
 * it is masked, or of a product that is among the hits.
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
	products: Products,
): { readonly like: readonly Hit[]; readonly popular: readonly Hit[] } {
	const taken = new Set(hits.map(products.of));
	const meaning = table === null ? null : meaningOf(table, text);
	const likeness = (place: Place) => (meaning as Meaning).likeness(place.segment.index, place.row);
	const like = meaning === null ? [] : best(segments, products, taken, missing, likeness, LEAST_LIKENESS);
	for (const hit of like) taken.add(products.of(hit));
	const popular = best(segments, products, taken, missing - like.length, (place) => popularityOf(idOf(place)), 0);
	return {
		like: like.map((hit) => ({ ...hit, score: LIKE_SCORE * hit.score })),
		popular: popular.map((hit) => ({ ...hit, score: 0 })),
	};
}

/** The best variants of products that are not taken, of equal scores the first. @param least score of any that is shown */
function best(
	segments: readonly Segment[],
	products: Products,
	taken: ReadonlySet<number>,
	most: number,
	scoreOf: (place: Place) => number,
	least: number,
): Hit[] {
	if (most <= 0) return [];
	const top = createTopRows(most);
	top.reset(most);
	const variants = new Map<number, { readonly at: number; readonly score: number }>();
	const firsts: number[] = [];
	let first = 0;
	for (const segment of segments) {
		firsts.push(first);
		for (let row = 0; row < segment.index.count; row++) {
			if (segment.masked[row] === 1) continue;
			const place = { segment, row };
			const product = products.of(place);
			if (taken.has(product)) continue;
			const score = scoreOf(place);
			if (score < least) continue;
			if (product >= 0) top.offer(first + row, score);
			else if (score > (variants.get(product)?.score ?? Number.NEGATIVE_INFINITY)) variants.set(product, { at: first + row, score });
		}
		first += segment.index.count;
	}
	for (const { at, score } of variants.values()) top.offer(at, score);
	const { rows, scores } = top.sorted();
	return Array.from(rows, (at, place) => {
		const s = firsts.findLastIndex((from) => from <= at);
		return { segment: segments[s] as Segment, row: at - (firsts[s] as number), words: 0, score: scores[place] as number };
	});
}
