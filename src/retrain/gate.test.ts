import { expect, test } from "vitest";
import type { GateReport, Manifest } from "../contract/release.ts";
import { CANARY_MAX_SHARE, decide } from "./gate.ts";

/** Last training event of the active release, unix seconds. */
const TRAINED_UNTIL = 1_795_000_000;
const ACTIVE = "20261113T100000Z-aaaaaaaaaa";

function manifestOf(id: string, splitHash: string, lastEventAt: number | null): Manifest {
	return {
		format: 1,
		id,
		createdAt: TRAINED_UNTIL + 60,
		files: {},
		encoder: { length: 50, dim: 64, queries: 1, quantisation: "" },
		items: { count: 1, dim: 64, quantisation: "" },
		kPair: 3,
		trainedOn: {
			source: "events",
			boundary: "refit",
			splitHash,
			events: 1,
			sessions: 1,
			firstEventAt: 0,
			lastEventAt,
			catalogueVersion: 1,
		},
		metrics: { protocol: {}, tune: null, refit: null },
		privacy: { kPair: 3, differentialPrivacy: null },
		training: {},
	};
}

const active = manifestOf(ACTIVE, "old split", TRAINED_UNTIL);
const candidate = manifestOf("20261120T100000Z-bbbbbbbbbb", "split", TRAINED_UNTIL + 500_000);

const report = (more: Partial<GateReport> = {}, lower95 = -0.01): GateReport => ({
	splitHash: "split",
	testFrom: TRAINED_UNTIL + 1,
	testTargets: 500,
	baselineRelease: ACTIVE,
	candidate: { "ndcg@10": 0.08 },
	baseline: { "ndcg@10": 0.08 },
	differenceRelative: { mean: 0, lower95, upper95: 0.01 },
	bootstrapSamples: 1000,
	seed: 7,
	...more,
});

test.each([
	[0.03, "activate"],
	[0, "activate"],
	[-0.02, "activate"],
	[-0.0200001, "refuse"],
	[-0.5, "refuse"],
])("a lower bound of %f gives: %s", (lower95, kind) => {
	expect(decide(report({}, lower95), candidate, active).kind).toBe(kind);
});

test("500 test targets carry a verdict; 499 carry a canary, whatever the figures", () => {
	expect(decide(report({ testTargets: 500 }, -0.3), candidate, active).kind).toBe("refuse");
	for (const lower95 of [-0.3, 0.3]) {
		expect(decide(report({ testTargets: 499 }, lower95), candidate, active)).toMatchObject({
			kind: "canary_only",
			maxShare: CANARY_MAX_SHARE,
		});
	}
	expect(decide(report({ testTargets: 0 }), candidate, active).kind).toBe("canary_only");
});

test("the test window must start after the active release's last training event", () => {
	expect(decide(report({ testFrom: TRAINED_UNTIL + 1 }), candidate, active).kind).toBe("activate");
	expect(decide(report({ testFrom: TRAINED_UNTIL }), candidate, active).kind).toBe("refuse");
	// An overlapping window is no ground for a canary either.
	expect(decide(report({ testFrom: TRAINED_UNTIL, testTargets: 3 }), candidate, active).kind).toBe("refuse");
	expect(decide(report({ testFrom: 0 }), candidate, manifestOf(ACTIVE, "old split", null)).kind).toBe("activate");
});

test("refuses a report of another split, of another baseline, or none", () => {
	expect(decide(report({ splitHash: "another" }), candidate, active).kind).toBe("refuse");
	// The split is the candidate's, not the active release's.
	expect(decide(report({ splitHash: "old split" }), candidate, active).kind).toBe("refuse");
	expect(decide(report({ baselineRelease: "20261101T100000Z-cccccccccc" }), candidate, active).kind).toBe("refuse");
	expect(decide(null, candidate, active).kind).toBe("refuse");
});

test("the first release has nothing to be compared with", () => {
	expect(decide(null, candidate, null).kind).toBe("activate");
});

test("a refusal tells the figures on which it rests", () => {
	const verdict = decide(
		report({ candidate: { "ndcg@10": 0.0712 }, differenceRelative: { mean: -0.11, lower95: -0.15, upper95: -0.07 } }),
		candidate,
		active,
	);
	const message = verdict.kind === "refuse" ? verdict.message : "";
	for (const figure of ["0.0712", "0.0800", "-11.00%", "-15.00%", "-7.00%", "500"]) expect(message).toContain(figure);
});
