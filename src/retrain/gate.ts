import type { GateReport, Manifest } from "../contract/release.ts";

/** Fewest test targets on which there is a verdict. */
export const GATE_MIN_TARGETS = 500;
/** Lowest allowed lower 95% bound of the relative NDCG@10 difference. */
export const GATE_MIN_LOWER95 = -0.02;
/** Largest share of visitors for a release without a verdict. */
export const CANARY_MAX_SHARE = 0.1;

export type Verdict =
	| { readonly kind: "activate"; readonly note: string }
	/** Too little evidence either way. */
	| { readonly kind: "canary_only"; readonly maxShare: number; readonly note: string }
	| { readonly kind: "refuse"; readonly message: string };

/**
 * Whether a candidate is no worse than what serves, by the trainer's report.
 * @param report of the run that made the candidate; null when it had no baseline
 * @param active what serves now; null: there is nothing to compare with, so sound files are enough
 */
export function decide(report: GateReport | null, candidate: Manifest, active: Manifest | null): Verdict {
	if (active === null) return { kind: "activate", note: "first release: nothing to compare with" };
	if (report === null) return refuse(`The run has no gate report, and ${active.id} is active.`);
	if (report.baselineRelease !== active.id) {
		return refuse(`The run compared with ${report.baselineRelease}, but ${active.id} is active.`);
	}
	if (report.splitHash !== candidate.trainedOn.splitHash) {
		return refuse(`The report is of split ${report.splitHash}, the release of split ${candidate.trainedOn.splitHash}.`);
	}
	const { lastEventAt } = active.trainedOn;
	if (lastEventAt !== null && report.testFrom <= lastEventAt) {
		return refuse(`The test window starts at ${report.testFrom}, but the active release trained on events up to ${lastEventAt}.`);
	}
	const figures = figuresOf(report);
	if (report.testTargets < GATE_MIN_TARGETS) {
		return { kind: "canary_only", maxShare: CANARY_MAX_SHARE, note: `no verdict below ${GATE_MIN_TARGETS} test targets: ${figures}` };
	}
	if (report.differenceRelative.lower95 < GATE_MIN_LOWER95) {
		return refuse(`The lower 95% bound is below ${percent(GATE_MIN_LOWER95)}: ${figures}.`);
	}
	return { kind: "activate", note: figures };
}

const refuse = (message: string): Verdict => ({ kind: "refuse", message });

function figuresOf({ candidate, baseline, differenceRelative, testTargets }: GateReport): string {
	const { mean, lower95, upper95 } = differenceRelative;
	const ndcg = `NDCG@10 ${candidate["ndcg@10"].toFixed(4)} against ${baseline["ndcg@10"].toFixed(4)}`;
	return `${ndcg}, difference ${percent(mean)} (95%: ${percent(lower95)} to ${percent(upper95)}), ${testTargets} test targets`;
}

const percent = (share: number): string => `${share >= 0 ? "+" : ""}${(share * 100).toFixed(2)}%`;
