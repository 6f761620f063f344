/**
 * From a row's sum an estimate of its score that is never below it, so that only rows whose estimate reaches the bar need
 * their exact scores.
 *
 * With relaxed SIMD the sum is S = sum of u * r over the dimensions, where the query is q = 4 u - 127 + e and e is 0 to 3.
 * So q * r = 4 S - 125.5 * sum(r) + sum of (e - 1.5) * r, whose last part is at most 1.5 * sum(|r|). A quarter of the score,
 * divided by the query's scale, is then at most
 *
 *     S * scale + margin,   margin = (-125.5 * sum(r) * scale + 1.5 * sum(|r|) * |scale|) / 4
 *
 * in which the margin is the row's own and is computed once. Its factor is 1.51, since float32 rounds S * scale, the
 * margin and their sum, which errs by less than 0.01 * sum(|r|) * |scale|.
 *
 * Without relaxed SIMD the sums are exact, and there are no margins.
 */
const CENTRE: f64 = -125.5;
const REACH: f64 = 1.51;

/** Writes the margins of rows `from` to `to - 1`. Shapes: vectors int8 [*, dim], scales and margins float32 [*]. */
export function writeMargins(vectors: usize, scales: usize, margins: usize, from: i32, to: i32, dim: i32): void {
	for (let row = from; row < to; row++) {
		const at = vectors + <usize>row * <usize>dim;
		let sum = 0;
		let reach = 0;
		for (let d: usize = 0; d < <usize>dim; d++) {
			const component = <i32>load<i8>(at + d);
			sum += component;
			reach += component < 0 ? -component : component;
		}
		const scale = <f64>load<f32>(scales + (<usize>row << 2));
		store<f32>(margins + (<usize>row << 2), <f32>((CENTRE * <f64>sum * scale + REACH * <f64>reach * Math.abs(scale)) / 4));
	}
}

/** Estimates of four rows, float32. */
@inline
export function estimates(sums: usize, scales: usize, margins: usize): v128 {
	const product = f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums)), v128.load(scales));
	return ASC_FEATURE_RELAXED_SIMD ? f32x4.add(product, v128.load(margins)) : product;
}
