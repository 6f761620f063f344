/** A seeded stream of numbers: the demo shop and its shoppers come out the same on every machine. */
export type Random = () => number;

/** FNV-1a of the text, 32 bits unsigned. */
export function hashOf(text: string): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
	return hash >>> 0;
}

/** @returns uniform numbers in [0, 1) (mulberry32), one stream a seed */
export function randomFrom(seed: string): Random {
	let state = hashOf(seed);
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** One of a list that is not empty, each as likely. */
export const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

/** One of a list, each as likely as its weight says; weights need not sum to 1. */
export function pickWeighted<T>(random: Random, list: readonly T[], weightOf: (value: T) => number): T {
	const weights = list.map(weightOf);
	let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
	for (let i = 0; i < list.length; i++) {
		left -= weights[i] as number;
		if (left < 0) return list[i] as T;
	}
	return list[list.length - 1] as T;
}

/** A new list in random order (Fisher-Yates). */
export function shuffled<T>(random: Random, list: readonly T[]): T[] {
	const result = [...list];
	for (let i = result.length - 1; i > 0; i--) {
		const j = Math.floor(random() * (i + 1));
		[result[i], result[j]] = [result[j] as T, result[i] as T];
	}
	return result;
}
