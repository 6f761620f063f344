import { expect, test } from "vitest";
import { varied, windowFor } from "./diversity.ts";

/** Two alike, one half like them, one unlike all. */
const VECTORS = Float32Array.from([1, 0, 1, 0, Math.SQRT1_2, Math.SQRT1_2, 0, 1]);
const SCORES = [4, 3, 2, 1];
const FAME = [0, 1, 1, 0];
const wish = (diversity: number, novelty = 0) => varied({ diversity, novelty }, SCORES, FAME, VECTORS, 4);

test("maximal marginal relevance by hand: relevance is 1, 2/3, 1/3, 0", () => {
	expect(wish(0)).toEqual([0, 1, 2, 3]);
	// After 0: entry 1 has .5 * 2/3 - .5 * 1, entry 2 has .5 * 1/3 - .5 * .707, entry 3 has 0 - 0.
	expect(wish(0.5)).toEqual([0, 3, 1, 2]);
	// .8 * 2/3 - .2 * 1 is still above .8 * 1/3 - .2 * .707 and 0.
	expect(wish(0.2)).toEqual([0, 1, 2, 3]);
	// Alone: the first, then what is farthest, then what is nearest to none.
	expect(wish(1)).toEqual([0, 3, 2, 1]);
});

test("novelty puts what is little asked for before what is more relevant, by its share", () => {
	expect(wish(0, 1)).toEqual([0, 3, 1, 2]);
	// Worth is (1 - n) * relevance + n * lack of fame: .8 + .2, .533, .267, .2 at .2; at .5: 1, .333, .167, .5.
	expect(wish(0, 0.2)).toEqual([0, 1, 2, 3]);
	expect(wish(0, 0.5)).toEqual([0, 3, 1, 2]);
});

test("no more places are filled than asked for, equal scores keep their order, and nothing may be there", () => {
	expect(varied({ diversity: 0.5, novelty: 0 }, SCORES, FAME, VECTORS, 2)).toEqual([0, 3]);
	expect(varied({ diversity: 0, novelty: 0 }, [2, 2, 2], [1, 1, 1], new Float32Array(3), 3)).toEqual([0, 1, 2]);
	expect(varied({ diversity: 0.5, novelty: 0.5 }, [], [], new Float32Array(0), 3)).toEqual([]);
	expect([windowFor({ diversity: 0, novelty: 0 }, 10), windowFor({ diversity: 0.1, novelty: 0 }, 10)]).toEqual([10, 50]);
});
