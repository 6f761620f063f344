/** A Gaussian mixture with diagonal covariances; shapes: means and deviations [components, dim], shares [components]. */
export type Mixture = {
	readonly dim: number;
	readonly shares: Float64Array;
	readonly means: Float64Array;
	readonly deviations: Float64Array;
};

/** Numbers from 0 to 1, the same for the same seed (xorshift, 32 bit). @see Marsaglia, "Xorshift RNGs", 2003 */
export function createRandom(seed: number): () => number {
	let state = seed | 0 || 1;
	return () => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		return (state >>> 0) / 2 ** 32;
	};
}

/** Standard normal numbers in pairs. @see Box and Muller, 1958 */
export function createNormal(random: () => number): () => number {
	let kept: number | null = null;
	return () => {
		if (kept !== null) {
			const second = kept;
			kept = null;
			return second;
		}
		const radius = Math.sqrt(-2 * Math.log(1 - random()));
		const angle = 2 * Math.PI * random();
		kept = radius * Math.sin(angle);
		return radius * Math.cos(angle);
	};
}

/**
 * Fits a mixture by k-means: each cluster is a component with the mean and the deviations of its rows.
 * @param rows float32, row-major, shape [count, dim]
 */
export function fitMixture(rows: Float32Array, count: number, dim: number, components: number, random: () => number): Mixture {
	const rounds = 25;
	const means = new Float64Array(components * dim);
	for (let c = 0; c < components; c++) {
		const row = Math.floor(random() * count);
		for (let d = 0; d < dim; d++) means[c * dim + d] = rows[row * dim + d] as number;
	}
	const nearest = new Int32Array(count);
	const sizes = new Float64Array(components);
	const squares = new Float64Array(components * dim);
	for (let round = 0; round < rounds; round++) {
		for (let row = 0; row < count; row++) nearest[row] = nearestOf(means, components, rows, row, dim);
		const sums = new Float64Array(components * dim);
		sizes.fill(0);
		squares.fill(0);
		for (let row = 0; row < count; row++) {
			const c = nearest[row] as number;
			sizes[c] = (sizes[c] as number) + 1;
			for (let d = 0; d < dim; d++) {
				const value = rows[row * dim + d] as number;
				sums[c * dim + d] = (sums[c * dim + d] as number) + value;
				squares[c * dim + d] = (squares[c * dim + d] as number) + value * value;
			}
		}
		for (let k = 0; k < means.length; k++) {
			const size = sizes[Math.floor(k / dim)] as number;
			if (size > 0) means[k] = (sums[k] as number) / size;
		}
	}
	const deviations = Float64Array.from(squares, (square, k) => {
		const size = sizes[Math.floor(k / dim)] as number;
		return size === 0 ? 0 : Math.sqrt(Math.max(0, square / size - (means[k] as number) ** 2));
	});
	return { dim, shares: sizes.map((size) => size / count), means, deviations };
}

function nearestOf(means: Float64Array, components: number, rows: Float32Array, row: number, dim: number): number {
	let best = 0;
	let least = Number.POSITIVE_INFINITY;
	for (let c = 0; c < components; c++) {
		let distance = 0;
		for (let d = 0; d < dim; d++) distance += ((rows[row * dim + d] as number) - (means[c * dim + d] as number)) ** 2;
		if (distance < least) {
			least = distance;
			best = c;
		}
	}
	return best;
}

/** Draws one vector into `out`; one longer than the mixture is made of several towers of the same component. */
export function draw({ dim, shares, means, deviations }: Mixture, random: () => number, normal: () => number, out: Float32Array): void {
	let left = random();
	let c = 0;
	while (c < shares.length - 1 && left >= (shares[c] as number)) left -= shares[c++] as number;
	for (let d = 0; d < out.length; d++) {
		const k = c * dim + (d % dim);
		out[d] = (means[k] as number) + (deviations[k] as number) * normal();
	}
}
