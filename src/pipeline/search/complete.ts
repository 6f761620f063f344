import type { WordTable } from "../../text/text-vector.ts";
import { byScore, type Hit, idOf } from "./find.ts";
import { meaningOf } from "./meaning.ts";
import type { Segment } from "./segment.ts";

/** Likeness below which a product means something else. */
const LEAST_LIKENESS = 0.3;

/**
 * What may be shown when words find too little: first what means something like the query, then what is popular. None of
 * it is masked or among the hits.
 * @param popularityOf of an id; products of equal popularity go by id
 */
export function complete(
	segments: readonly Segment[],
	hits: readonly Hit[],
	text: string,
	table: WordTable | null,
	popularityOf: (id: string) => number,
	missing: number,
): { readonly like: readonly Hit[]; readonly popular: readonly Hit[] } {
	const taken = new Map(segments.map((segment) => [segment, new Set<number>()]));
	for (const { segment, row } of hits) taken.get(segment)?.add(row);
	const meaning = table === null ? null : meaningOf(table, text);
	const like: Hit[] = [];
	const rest: Hit[] = [];
	for (const segment of segments) {
		for (let row = 0; row < segment.index.count; row++) {
			if (segment.masked[row] === 1 || taken.get(segment)?.has(row)) continue;
			const likeness = meaning?.likeness(segment.index, row) ?? 0;
			const hit = { segment, row, words: 0, score: 0 };
			if (likeness >= LEAST_LIKENESS) like.push({ ...hit, score: likeness });
			else rest.push({ ...hit, score: popularityOf(idOf(hit)) });
		}
	}
	like.sort(byScore);
	const open = Math.max(0, missing - like.length);
	// Behind everything that was found by words or by meaning, whatever its popularity.
	const popular =
		open === 0
			? []
			: rest
					.sort(byScore)
					.slice(0, open)
					.map((hit) => ({ ...hit, score: 0 }));
	return { like: like.slice(0, missing).map((hit) => ({ ...hit, score: 0.01 * hit.score })), popular };
}
