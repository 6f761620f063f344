/** Mulberry32: a small seeded generator of numbers in [0, 1), so that a sample can be drawn again. */
function createRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** @returns `count` of the values, drawn without replacement, in their old order; all of them when there are not more */
export function sampleOf<T>(values: readonly T[], count: number, seed: number): readonly T[] {
	if (count >= values.length) return values;
	const random = createRandom(seed);
	const indexes = Uint32Array.from(values.keys());
	for (let i = 0; i < count; i++) {
		const j = i + Math.floor(random() * (indexes.length - i));
		const swapped = indexes[i] as number;
		indexes[i] = indexes[j] as number;
		indexes[j] = swapped;
	}
	return [...indexes.subarray(0, count).sort()].map((index) => values[index] as T);
}
