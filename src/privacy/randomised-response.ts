/**
 * How one of k values is reported so that nobody who sees the report learns which it was: every report is at most
 * e^epsilon times as likely under one value as under any other.
 *
 * `krr`: k-ary randomised response; the value itself with probability p, each other one with q.
 * `oue`: optimised unary encoding; a set of values that holds the true one with probability p = 1/2, each other one with q.
 * @see Kairouz, Bonawitz & Ramage, "Discrete Distribution Estimation under Local Privacy", ICML 2016 (krr)
 * @see Wang, Blocki, Li & Jha, "Locally Differentially Private Protocols for Frequency Estimation", USENIX Security 2017 (oue)
 */
export type Channel = { readonly kind: "krr" | "oue"; readonly k: number; readonly p: number; readonly q: number };

/** @param k values, at least 2 @param epsilon above 0 */
export function channelOf(kind: Channel["kind"], k: number, epsilon: number): Channel {
	const odds = Math.exp(epsilon);
	if (kind === "oue") return { kind, k, p: 0.5, q: 1 / (odds + 1) };
	return { kind, k, p: odds / (odds + k - 1), q: 1 / (odds + k - 1) };
}

/**
 * The channel whose estimates scatter less. By their variances, (k - 2 + e) / (e - 1)^2 and 4 e / (e - 1)^2 with
 * e = e^epsilon, that is `krr` below 3 e^epsilon + 2 values.
 */
export const channelFor = (k: number, epsilon: number): Channel => channelOf(k < 3 * Math.exp(epsilon) + 2 ? "krr" : "oue", k, epsilon);

/**
 * One report of a value.
 * @param value 0 to k - 1
 * @param draw  uniform in [0, 1), a new one at each call
 * @returns for `krr` one value, for `oue` any number of them, ascending
 */
export function respond({ kind, k, p, q }: Channel, value: number, draw: () => number): number[] {
	if (kind === "oue") return Array.from({ length: k }, (_, other) => other).filter((other) => draw() < (other === value ? p : q));
	const drawn = draw();
	if (drawn < p) return [value];
	// What is left of [0, 1) falls to the k - 1 others in equal parts.
	const other = Math.min(k - 2, Math.floor((drawn - p) / q));
	return [other < value ? other : other + 1];
}

/**
 * How many held each value, from how often each was reported: unbiased, hence below 0 at times.
 * @param counts how many reports held each value, length k
 * @param reports all reports
 */
export const estimatesOf = ({ p, q }: Channel, counts: readonly number[], reports: number): number[] =>
	counts.map((count) => (count - reports * q) / (p - q));
