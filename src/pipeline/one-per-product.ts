import type { OverlaidRelease } from "./overlaid-release.ts";
import { maskVariants, productOf } from "./prepare-mask.ts";
import { mostPopular, type RankedRows } from "./rank-candidates.ts";

/** Rows ranked for each place of a list in which variants share one. */
const ROWS_PER_PLACE = 4;

/**
 * The best variant of each product, at most `limit`. Where the variants leave places empty, they go to what is popular.
 * @param rank ranks so many rows, the tables' masks being made
 */
export function onePerProduct(release: OverlaidRelease, limit: number, rank: (most: number) => RankedRows): RankedRows {
	if (!release.hasVariants) return rank(limit);
	const ranked = rank(ROWS_PER_PLACE * limit);
	const taken = new Set<number>();
	const rows: number[] = [];
	const scores: number[] = [];
	let scored = 0;
	const take = (row: number, score: number): boolean => {
		const product = productOf(release, row);
		if (rows.length >= limit || taken.has(product)) return false;
		taken.add(product);
		rows.push(row);
		scores.push(score);
		return true;
	};
	for (let place = 0; place < ranked.rows.length; place++) {
		if (take(ranked.rows[place] as number, ranked.scores[place] as number) && place < ranked.scored) scored++;
	}
	if (rows.length < limit) {
		for (const row of ranked.rows) release.mask(row);
		maskVariants(release, rows);
	}
	while (rows.length < limit) {
		const next = mostPopular(release, ROWS_PER_PLACE * (limit - rows.length));
		if (next.rows.length === 0) break;
		for (let place = 0; place < next.rows.length; place++) {
			const row = next.rows[place] as number;
			release.mask(row);
			take(row, next.scores[place] as number);
		}
	}
	return { rows: Int32Array.from(rows), scores: Float64Array.from(scores), scored };
}
