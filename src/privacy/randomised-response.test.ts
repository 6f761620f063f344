import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Channel, channelFor, channelOf, estimatesOf, respond } from "./randomised-response.ts";

const EPSILONS = [0.5, 1, 2, 4, 8];

/** The length of the part of [0, 1) on which `respond` gives this answer, found by bisection in the code itself. */
function probabilityOf(channel: Channel, value: number, answer: number): number {
	const gives = (drawn: number) => respond(channel, value, () => drawn)[0] === answer;
	const edges = [0, 1];
	const places = Array.from({ length: 4001 }, (_, n) => Math.min(n / 4000, 1 - 2 ** -53));
	for (let n = 0; n + 1 < places.length; n++) {
		let [low, high] = [places[n] as number, places[n + 1] as number];
		if (gives(low) === gives(high)) continue;
		for (let step = 0; step < 60; step++) {
			const middle = (low + high) / 2;
			if (gives(middle) === gives(low)) low = middle;
			else high = middle;
		}
		edges.push(high);
	}
	edges.sort((a, b) => a - b);
	let length = 0;
	for (let n = 0; n + 1 < edges.length; n++) {
		const [from, to] = [edges[n] as number, edges[n + 1] as number];
		if (gives((from + to) / 2)) length += to - from;
	}
	return length;
}

test.each(EPSILONS)(
	"at epsilon %d k-ary response, as the code draws it, is e^epsilon times as likely under one value as under another",
	(epsilon) => {
		const channel = channelOf("krr", 5, epsilon);
		const rows = [0, 1, 2, 3, 4].map((value) => [0, 1, 2, 3, 4].map((answer) => probabilityOf(channel, value, answer)));
		for (const row of rows) expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 10);
		const ratios = [0, 1, 2, 3, 4].map((answer) => {
			const column = rows.map((row) => row[answer] as number);
			return Math.max(...column) / Math.min(...column);
		});
		for (const ratio of ratios) expect(ratio / Math.exp(epsilon)).toBeCloseTo(1, 8);
	},
);

test.each(EPSILONS)(
	"at epsilon %d the likeliest set of unary encoding is e^epsilon times as likely under one value as under another",
	(epsilon) => {
		const { p, q } = channelOf("oue", 5, epsilon);
		// Only the two values' own places differ: most of all where one is in the set and the other is not.
		expect((p * (1 - q)) / ((1 - p) * q) / Math.exp(epsilon)).toBeCloseTo(1, 12);
		const at = (drawn: number) => respond(channelOf("oue", 5, epsilon), 2, () => drawn);
		expect([at(0), at(q - 1e-9), at(q + 1e-9), at(p - 1e-9), at(p + 1e-9)]).toEqual([[0, 1, 2, 3, 4], [0, 1, 2, 3, 4], [2], [2], []]);
	},
);

test("the channel with the smaller variance is taken: k-ary below 3 e^epsilon + 2 values", () => {
	expect([channelFor(64, 3).kind, channelFor(64, 3.1).kind, channelFor(2, 0.5).kind, channelFor(1000, 4).kind]).toEqual([
		"oue",
		"krr",
		"krr",
		"oue",
	]);
});

test("estimates are unbiased: expected counts give the truth back", () => {
	fc.assert(
		fc.property(fc.array(fc.nat({ max: 10_000 }), { minLength: 2, maxLength: 64 }), fc.constantFrom(...EPSILONS), (truth, epsilon) => {
			const all = truth.reduce((sum, n) => sum + n, 0);
			for (const kind of ["krr", "oue"] as const) {
				const channel = channelOf(kind, truth.length, epsilon);
				const expected = truth.map((n) => n * channel.p + (all - n) * channel.q);
				for (const [value, estimate] of estimatesOf(channel, expected, all).entries())
					expect(Math.abs(estimate - (truth[value] as number))).toBeLessThan(1e-6 * (1 + all));
			}
		}),
	);
});
