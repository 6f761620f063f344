import { RequestFailure } from "../contract/errors.ts";
import type { RecommendationRequest, Source } from "../contract/recommendation.ts";
import { importSigningKey, signRecommendationId } from "../privacy/recommendation-id.ts";
import { knownWords } from "../text/text-vector.ts";
import { type Answer, answerByParts, answerFrom } from "./answer.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";
import type { HotListSource, MakeEncoder, OverlaySource, Recommendation, Recommender, ReleaseSource, WaitUntil } from "./ports.ts";
import { createReleaseKeeper } from "./release-keeper.ts";
import { createStaticList } from "./static-answer.ts";
import { createStopwatch } from "./stopwatch.ts";

/** Name of the rule that ordered a list, as the recommendation id states it: best score first, nothing explored. */
export const POLICY = "fused-1";
/** What a client that found no release loaded may wait before it asks again, seconds. */
const LOADING_SECONDS = 2;
/** Time for a response to leave before a load takes the CPU, milliseconds: both run on one thread, in `wrangler dev` with a proxy. */
const HEAD_START_MS = 60;

export type RecommenderPorts = {
	readonly releases: ReleaseSource;
	readonly overlay: OverlaySource;
	readonly hotLists: HotListSource;
	readonly makeEncoder: MakeEncoder;
	/** SIGNING_KEY, 32 bytes. */
	readonly signingKey: Uint8Array;
	/** Unix seconds. */
	readonly now: () => number;
	/** Milliseconds from any origin, for `Server-Timing`. */
	readonly clock: () => number;
	/** Unsigned 32 bit. */
	readonly newSeed: () => number;
	/** Takes a line for the operator; never a value of a request. */
	readonly log: (entry: Readonly<Record<string, string | null>>) => void;
};

/** The serving path: the stages in order, and the rungs below them when one fails. */
export function createRecommender(ports: RecommenderPorts): Recommender {
	const keeper = createReleaseKeeper({
		...ports,
		onFault: (release, { file, message }) => ports.log({ level: "error", what: "release cannot be loaded", release, file, message }),
	});
	const staticList = createStaticList(ports.hotLists);
	/** A value, not a promise: requests must not wait for one another's. */
	let signingKey: CryptoKey | null = null;

	function onFault(rung: Source, error: unknown): void {
		ports.log({ level: "error", what: "rung failed", rung, error: error instanceof Error ? error.name : null });
	}

	async function answer(release: OverlaidRelease | null, request: RecommendationRequest, ...rest: Rest): Promise<Answer> {
		const [context, now, watch] = rest;
		if (release !== null) {
			try {
				return answerFrom(release, request, context, keeper.hot, now, watch, onFault);
			} catch (error) {
				onFault("popular", error);
			}
		}
		return staticList.answer(request, now);
	}

	async function respond(
		release: OverlaidRelease | null,
		answered: Answer,
		surface: string | null,
		now: number,
	): Promise<Recommendation["response"]> {
		const id = answered.source === "static" ? null : (release?.loaded.manifest.id ?? null);
		const { source, ignored, items } = answered;
		if (surface === null) return { recommendationId: null, release: id, source, ignored, items: [...items] };
		signingKey ??= await importSigningKey(ports.signingKey);
		const fields = { release: id, policy: POLICY, surface, seed: ports.newSeed(), at: now };
		return { recommendationId: await signRecommendationId(signingKey, fields), release: id, source, ignored, items: [...items] };
	}

	/** Tends the releases beside one request, whose own answer goes before what they need of the CPU. */
	async function beside<T>(waitUntil: WaitUntil, now: number, respondTo: () => Promise<T>): Promise<T> {
		const answered = Promise.withResolvers<void>();
		try {
			await keeper.tend(now, waitUntil, answered.promise);
			return await respondTo();
		} finally {
			setTimeout(answered.resolve, HEAD_START_MS);
		}
	}

	return {
		recommend(request, { context, visitor }, waitUntil) {
			const now = ports.now();
			return beside(waitUntil, now, async () => {
				const watch = createStopwatch(ports.clock);
				const release = keeper.serving(visitor);
				const answered = await answer(release, request, context, now, watch);
				return { response: await respond(release, answered, request.surface, now), spans: watch.spans };
			});
		},
		evaluate(request, parts, waitUntil) {
			const now = ports.now();
			return beside(waitUntil, now, async () => {
				const watch = createStopwatch(ports.clock);
				const release = keeper.serving(null);
				if (release === null || (parts.includes("encoder") && release.loaded.encoder === null)) {
					throw new RequestFailure({ kind: "unavailable", retryAfterSeconds: LOADING_SECONDS });
				}
				const answered = watch.span("rank", () => answerByParts(release, request, parts, now));
				return { response: await respond(release, answered, null, now), spans: watch.spans };
			});
		},
		prepare(waitUntil) {
			waitUntil(beside(waitUntil, ports.now(), async () => {}));
		},
		knownWordsOf(query) {
			const words = keeper.serving(null)?.loaded.words ?? null;
			return words === null ? null : knownWords(words, query) || null;
		},
		state() {
			const release = keeper.serving(null);
			const rung = release === null ? "static" : release.loaded.encoder === null ? "session" : "personal";
			return {
				release: release?.loaded.manifest.id ?? null,
				canary: keeper.canary?.loaded.manifest.id ?? null,
				rung,
				catalogueVersion: release?.cursor.version ?? null,
				fault: keeper.fault,
			};
		},
	};
}

type Rest = [context: Parameters<typeof answerFrom>[2], now: number, watch: ReturnType<typeof createStopwatch>];
