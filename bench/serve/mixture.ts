import type { Random } from "../../cli/demo/random.ts";

/** Components of the mixture; fewer rows make fewer. */
const COMPONENTS = 64;
/** Lloyd's iterations: assignments of a trained table hardly move after these. */
const ITERATIONS = 12;

/** Rows of a table by the component to which they belong. */
export type Mixture = { readonly vectors: Float32Array; readonly dim: number; readonly members: readonly Int32Array[] };

/** How the generator is named beside a result. */
export const MIXTURE_NAME = `Gaussian mixture, ${COMPONENTS} components of full covariance by k-means++ over the release's own table`;

/**
 * Fits a Gaussian mixture with hard assignments: k-means++ seeding, then Lloyd's iterations. Each component is the
 * Gaussian with its members' mean and covariance.
 * @param vectors float32, shape [rows, dim]
 * @see Arthur & Vassilvitskii, "k-means++", SODA 2007
 */
export function fitMixture(vectors: Float32Array, dim: number, random: Random): Mixture {
	const rows = vectors.length / dim;
	const components = Math.min(COMPONENTS, rows);
	const centres = seedCentres(vectors, dim, components, random);
	const nearest = new Int32Array(rows);
	for (let iteration = 0; iteration < ITERATIONS; iteration++) {
		for (let row = 0; row < rows; row++) nearest[row] = nearestOf(centres, vectors.subarray(row * dim, (row + 1) * dim));
		const counts = new Int32Array(components);
		const sums = new Float64Array(components * dim);
		for (let row = 0; row < rows; row++) {
			const component = nearest[row] as number;
			counts[component] = (counts[component] as number) + 1;
			for (let d = 0; d < dim; d++) {
				sums[component * dim + d] = (sums[component * dim + d] as number) + (vectors[row * dim + d] as number);
			}
		}
		// A component that lost all its members keeps its centre.
		for (const [component, count] of counts.entries()) {
			for (let d = 0; d < dim && count > 0; d++) centres[component * dim + d] = (sums[component * dim + d] as number) / count;
		}
	}
	const members = Array.from({ length: components }, (_, component) =>
		Int32Array.from(Array.from(nearest.keys()).filter((row) => nearest[row] === component)),
	).filter((rows) => rows.length > 0);
	return { vectors, dim, members };
}

/**
 * Draws from a component: mean + sum over its n members of g_i (x_i - mean) / sqrt(n), g standard normal, which has the
 * members' covariance without ever making the matrix.
 * @param rows the component's members
 */
export function drawFrom({ vectors, dim }: Mixture, rows: Int32Array, random: Random): Float32Array {
	const mean = new Float64Array(dim);
	for (const row of rows) for (let d = 0; d < dim; d++) mean[d] = (mean[d] as number) + (vectors[row * dim + d] as number) / rows.length;
	const drawn = Float64Array.from(mean);
	for (const row of rows) {
		const weight = normal(random) / Math.sqrt(rows.length);
		for (let d = 0; d < dim; d++) drawn[d] = (drawn[d] as number) + weight * ((vectors[row * dim + d] as number) - (mean[d] as number));
	}
	return Float32Array.from(drawn);
}

/** A component, each as likely as it has members. */
export function pickComponent({ vectors, dim, members }: Mixture, random: Random): Int32Array {
	let left = random() * (vectors.length / dim);
	for (const rows of members) {
		left -= rows.length;
		if (left < 0) return rows;
	}
	return members.at(-1) as Int32Array;
}

/** Box-Muller. */
const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

function seedCentres(vectors: Float32Array, dim: number, components: number, random: Random): Float64Array {
	const rows = vectors.length / dim;
	const centres = new Float64Array(components * dim);
	const distances = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
	let chosen = Math.floor(random() * rows);
	for (let component = 0; component < components; component++) {
		const centre = vectors.subarray(chosen * dim, (chosen + 1) * dim);
		centres.set(centre, component * dim);
		let total = 0;
		for (let row = 0; row < rows; row++) {
			const distance = squaredDistance(centre, 0, vectors.subarray(row * dim, (row + 1) * dim));
			distances[row] = Math.min(distances[row] as number, distance);
			total += distances[row] as number;
		}
		let left = random() * total;
		chosen = distances.findIndex((distance) => {
			left -= distance;
			return left < 0;
		});
		if (chosen === -1) chosen = Math.floor(random() * rows);
	}
	return centres;
}

function nearestOf(centres: Float64Array, vector: Float32Array): number {
	let best = 0;
	let least = Number.POSITIVE_INFINITY;
	for (let component = 0; component < centres.length / vector.length; component++) {
		const distance = squaredDistance(centres, component * vector.length, vector);
		if (distance < least) {
			least = distance;
			best = component;
		}
	}
	return best;
}

function squaredDistance(from: ArrayLike<number>, at: number, to: Float32Array): number {
	let sum = 0;
	for (let d = 0; d < to.length; d++) sum += ((from[at + d] as number) - (to[d] as number)) ** 2;
	return sum;
}
