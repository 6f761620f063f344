import type { GateReport } from "../../src/contract/release.ts";
import { formatPointer } from "../format-pointer.ts";
import type { RunEnd } from "./execute-run.ts";

const percent = (share: number): string => `${share >= 0 ? "+" : ""}${(share * 100).toFixed(2)}%`;

/** The comparison that the gate decided on, in one line. */
export function formatGate(gate: GateReport): string {
	const { candidate, baseline, differenceRelative: difference, testTargets, baselineRelease } = gate;
	return (
		`NDCG@10 ${candidate["ndcg@10"].toFixed(4)} against ${baseline["ndcg@10"].toFixed(4)} of ${baselineRelease} on ${testTargets} targets: ` +
		`${percent(difference.mean)} (95% between ${percent(difference.lower95)} and ${percent(difference.upper95)})`
	);
}

/** How a run ended, for the operator. */
export function formatEnd(end: RunEnd): string {
	switch (end.kind) {
		case "active":
		case "canary": {
			const verdict = end.kind === "active" ? "passed the gate and serves" : "goes to canary only: the gate has no verdict on it";
			return [`${end.release} ${verdict}`, end.gate && formatGate(end.gate), formatPointer(end.pointer)].filter(Boolean).join("\n");
		}
		case "refused":
			return [
				`${end.release} was refused by the gate: ${end.message}`,
				end.gate && formatGate(end.gate),
				"the active release keeps serving",
			]
				.filter(Boolean)
				.join("\n");
		case "lost":
			return `the lease was lost, and the training ended: ${end.message}`;
		case "failed":
			return `the run failed: ${end.message}`;
	}
}
