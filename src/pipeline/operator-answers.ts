import { UNKNOWN_CONTEXT } from "../contract/context.ts";
import { RequestFailure } from "../contract/errors.ts";
import type { Reason, RecommendedItem, Source } from "../contract/recommendation.ts";
import type { NamedRule } from "../contract/rule.ts";
import { rulesInForce } from "../rank/rules.ts";
import { answerByParts, answerFrom, type OnFault } from "./answer.ts";
import { aboutItem, withLinksAtHand } from "./links-at-hand.ts";
import { workingEncoder } from "./load-release.ts";
import type { Recommender, WaitUntil } from "./ports.ts";
import type { ReleaseKeeper } from "./release-keeper.ts";
import { createStopwatch } from "./stopwatch.ts";
import type { Asked } from "./tell-reasons.ts";

/** What a client that found no release loaded may wait before it asks again, seconds. */
const LOADING_SECONDS = 2;

export type OperatorPorts = {
	readonly keeper: ReleaseKeeper;
	/** Unix seconds. */
	readonly now: () => number;
	/** Milliseconds from any origin. */
	readonly clock: () => number;
	/** Tends the releases beside one request. */
	readonly beside: <T>(waitUntil: WaitUntil, now: number, respondTo: () => Promise<T>) => Promise<T>;
	readonly onFault: OnFault;
	/** Tells the reasons in words where a request asks for them. */
	readonly told: <T extends { readonly items: readonly { readonly reason?: Reason | undefined }[] }>(answered: T, asked: Asked) => T;
};

const unavailable = () => new RequestFailure({ kind: "unavailable", retryAfterSeconds: LOADING_SECONDS });

/** Answers for those who run the shop: of no visitor, without an id that events could bear, never drawn. */
export function createOperatorAnswers({
	keeper,
	now: clockNow,
	clock,
	beside,
	onFault,
	told,
}: OperatorPorts): Pick<Recommender, "evaluate" | "preview" | "candidate"> {
	return {
		evaluate(request, parts, waitUntil) {
			const now = clockNow();
			return beside(waitUntil, now, async () => {
				const watch = createStopwatch(clock);
				const release = await withLinksAtHand(keeper.serving(null), aboutItem(request));
				if (release === null || (parts.includes("encoder") && workingEncoder(release.loaded) === null)) throw unavailable();
				const answered = watch.span("rank", () => answerByParts(release, request, parts, now));
				return {
					response: { recommendationId: null, release: release.loaded.manifest.id, ...told(answered, request) },
					spans: watch.spans,
				};
			});
		},
		preview({ id, rule, request }, waitUntil) {
			const now = clockNow();
			return beside(waitUntil, now, async () => {
				const release = await withLinksAtHand(keeper.serving(null), aboutItem(request));
				if (release === null) throw unavailable();
				const others = keeper.rules.filter((stored) => stored.id !== id);
				const answerBy = (rules: readonly NamedRule[]) => {
					const inForce = rulesInForce(rules, request.surface, now);
					const watch = createStopwatch(clock);
					const answered = answerFrom(release, request, UNKNOWN_CONTEXT, keeper.hot, now, watch, onFault, inForce);
					return { recommendationId: null, release: release.loaded.manifest.id, ...told(answered, request) };
				};
				return { before: answerBy(keeper.rules), after: answerBy(rule === null ? others : [...others, { ...rule, id }]) };
			});
		},
		candidate(id, { rules, requests }, waitUntil) {
			const now = clockNow();
			return beside(waitUntil, now, async () => {
				const release = keeper.named(id);
				if (release === undefined) throw new RequestFailure({ kind: "not_found", what: "such release that serves or is a canary" });
				if (release === null) throw unavailable();
				const asked = rules?.map(({ id: name, rule }): NamedRule => ({ ...rule, id: name })) ?? keeper.rules;
				const watch = createStopwatch(clock);
				const answers: { source: Source; items: RecommendedItem[] }[] = [];
				for (const { request, context = UNKNOWN_CONTEXT } of requests) {
					const ready = await withLinksAtHand(release, aboutItem(request));
					if (ready === null) throw unavailable();
					const inForce = rulesInForce(asked, request.surface, now);
					const { source, items } = answerFrom(ready, request, context, keeper.hot, now, watch, onFault, inForce);
					answers.push({ source, items: [...items] });
				}
				return { release: id, answers };
			});
		},
	};
}
