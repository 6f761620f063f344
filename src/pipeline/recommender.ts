import { policyName } from "../contract/policy.ts";
import type { Reason, Source } from "../contract/recommendation.ts";
import type { SearchSourceName } from "../contract/search.ts";
import { importSigningKey, signRecommendationId } from "../privacy/recommendation-id.ts";
import type { ExploredSurface } from "../rank/explore.ts";
import { narrowed, type RulesInForce, rulesInForce } from "../rank/rules.ts";
import { knownWords } from "../text/text-vector.ts";
import { answerFrom, type DrawnAnswer } from "./answer.ts";
import { drawProfile, emptyProfile } from "./draw-profile.ts";
import { type AboutLinks, aboutItem, withLinksAtHand } from "./links-at-hand.ts";
import { createOperatorAnswers } from "./operator-answers.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";
import type {
	HotListSource,
	MakeEncoder,
	MakeRowSpace,
	OverlaySource,
	Recommender,
	ReleaseSource,
	RuleSource,
	SearchSource,
	Sender,
	Served,
	WaitUntil,
} from "./ports.ts";
import { listAsGiven, rankList } from "./rank-list.ts";
import { createReleaseKeeper } from "./release-keeper.ts";
import { answerSearch, mindOf } from "./search/answer-search.ts";
import { answerNext } from "./search/next-searches.ts";
import { createSearchKeeper } from "./search/search-keeper.ts";
import { searchWithout } from "./search/static-search.ts";
import { answerSuggest, NO_SUGGESTIONS } from "./search/suggest.ts";
import { servingState } from "./serving-state.ts";
import { type AnsweredShelf, answerShelves } from "./shelves/answer-shelves.ts";
import type { ShelfFrame, ShelfSpec } from "./shelves/pool.ts";
import { meetShopper } from "./shelves/shopper.ts";
import { createStaticList } from "./static-answer.ts";
import { createStopwatch, type Stopwatch } from "./stopwatch.ts";
import { type Asked, tellReasons } from "./tell-reasons.ts";

/** Name of the rule that orders a list that the shop gave, as the recommendation id states it. */
export const RANK_POLICY = "rank-1";
/** The same for what is found by words. */
export const SEARCH_POLICY = "search-1";
/** Time for a response to leave before a load takes the CPU, milliseconds: both run on one thread, in `wrangler dev` with a proxy. */
const HEAD_START_MS = 60;
/** Time for it to be written out before the stores are asked for a release: locally they share its thread too. */
const SENT_MS = 20;

export type RecommenderPorts = {
	readonly releases: ReleaseSource;
	readonly overlay: OverlaySource;
	readonly hotLists: HotListSource;
	readonly rules: RuleSource;
	readonly searched: SearchSource;
	readonly makeEncoder: MakeEncoder;
	readonly makeRowSpace: MakeRowSpace;
	/** SIGNING_KEY, 32 bytes. */
	readonly signingKey: Uint8Array;
	/** Unix seconds. */
	readonly now: () => number;
	/** Milliseconds from any origin, for `Server-Timing`. */
	readonly clock: () => number;
	/** Unsigned 32 bit. */
	readonly newSeed: () => number;
	/** Surfaces on which lists are explored. */
	readonly explored: ReadonlyMap<string, ExploredSurface>;
	/** A surface as the shop names it: the signed id, which comes back with events, holds no other text. */
	readonly surfaceOf: (surface: string) => string;
	/** Takes a line for the operator; never a value of a request. */
	readonly log: (entry: Readonly<Record<string, string | null>>) => void;
};

const NO_LINKS: AboutLinks = { history: [], items: [] };

/** What stands before every answer that a shopper sees. */
type Frame = { readonly recommendationId: string; readonly release: string | null };

/** The serving path: the stages in order, and the rungs below them when one fails. */
export function createRecommender(ports: RecommenderPorts): Recommender {
	const keeper = createReleaseKeeper({
		...ports,
		onFault: (release, { file, message }) => ports.log({ level: "error", what: "release cannot be loaded", release, file, message }),
	});
	const staticList = createStaticList(ports.hotLists);
	const searchKeeper = createSearchKeeper(ports.searched, (message) =>
		ports.log({ level: "error", what: "search index cannot be loaded", message }),
	);
	/** A value, not a promise: requests must not wait for one another's. */
	let signingKey: CryptoKey | null = null;

	function onFault(rung: Source, error: unknown): void {
		ports.log({ level: "error", what: "rung failed", rung, error: error instanceof Error ? error.name : null });
	}

	const rulesOf = (surface: string, now: number): RulesInForce => rulesInForce(keeper.rules, surface, now);

	/** What a release answers, else what can be said without one. */
	async function answerOr<T>(
		release: OverlaidRelease | null,
		from: (release: OverlaidRelease) => T,
		without: () => T | Promise<T>,
	): Promise<T> {
		if (release !== null) {
			try {
				return from(release);
			} catch (error) {
				onFault("popular", error);
			}
		}
		return without();
	}

	/** An answer with the release that gave it and a signed id. */
	async function frame<T extends { readonly source: Source | SearchSourceName }>(
		release: OverlaidRelease | null,
		answered: T,
		policy: string,
		surface: string,
		now: number,
		seed = ports.newSeed(),
	): Promise<Frame & T> {
		const id = answered.source === "static" ? null : (release?.loaded.manifest.id ?? null);
		signingKey ??= await importSigningKey(ports.signingKey);
		const fields = { release: id, policy, surface: ports.surfaceOf(surface), seed, at: now };
		return { recommendationId: await signRecommendationId(signingKey, fields), release: id, ...answered };
	}

	/** Tends the releases beside one request, whose own answer goes before what they need of the CPU. */
	async function beside<T>(waitUntil: WaitUntil, now: number, respondTo: () => Promise<T>): Promise<T> {
		if (!keeper.isDue(now) && !searchKeeper.isDue(now)) return respondTo();
		const responded = Promise.withResolvers<void>();
		const left = Promise.withResolvers<void>();
		const readings: Promise<unknown>[] = [left.promise];
		const tendReleases = () =>
			keeper.tend(
				now,
				(work) => {
					readings.push(work);
					waitUntil(work);
				},
				{ responded: responded.promise, left: left.promise },
			);
		try {
			if (keeper.serving(null) !== null) await tendReleases();
			const response = respondTo();
			// While nothing serves, what this one asks of the stores comes before what the next ones need.
			await tendReleases();
			// One thread loads both: the release first, by which every other route answers, and then those who waited for it.
			searchKeeper.tend(
				now,
				waitUntil,
				Promise.all(readings).then(() => new Promise((resolve) => setTimeout(resolve, HEAD_START_MS))),
			);
			return await response;
		} finally {
			setTimeout(responded.resolve, SENT_MS);
			setTimeout(left.resolve, HEAD_START_MS);
		}
	}

	/** One request of a sender, from the release that serves it. */
	function serve<T>(
		{ visitor }: Sender,
		waitUntil: WaitUntil,
		about: AboutLinks,
		respond: (release: OverlaidRelease | null, now: number, watch: Stopwatch) => Promise<T>,
	): Promise<Served<T>> {
		const now = ports.now();
		return beside(waitUntil, now, async () => {
			const watch = createStopwatch(ports.clock);
			const serving = keeper.serving(keeper.canary === null ? null : await visitor());
			const release = await watch.wait("links", () => withLinksAtHand(serving, about));
			return { response: await respond(release, now, watch), spans: watch.spans };
		});
	}

	/** An answer whose reasons are told in words, with the titles that the search index has. */
	const told = <T extends { readonly items: readonly { readonly reason?: Reason | undefined }[] }>(answered: T, asked: Asked): T =>
		asked.explain ? { ...answered, items: tellReasons(answered.items, asked, searchKeeper.index?.segments ?? []) } : answered;

	async function shelvesOf(
		release: OverlaidRelease | null,
		asked: ShelfFrame & Pick<Asked, "language">,
		specs: readonly ShelfSpec[],
		{ context }: Sender,
		now: number,
		watch: Stopwatch,
	): Promise<{ readonly shelves: readonly AnsweredShelf[]; readonly ignored: number }> {
		const answered = await answerOr<{ readonly shelves: readonly AnsweredShelf[]; readonly ignored: number }>(
			release,
			(from) => {
				const shopper = meetShopper(from, asked, context, now, watch, onFault);
				const shelves = watch.span("rank", () => answerShelves(from, asked, specs, shopper, keeper.hot, onFault));
				return { shelves, ignored: shopper.history.ignored };
			},
			async () => ({ shelves: await staticList.shelves(asked, specs, now), ignored: 0 }),
		);
		return { ...answered, shelves: answered.shelves.map((each) => told(each, { ...asked, item: specs[each.asked]?.item ?? null })) };
	}

	return {
		recommend(request, sender, waitUntil, mayLog) {
			return serve(sender, waitUntil, aboutItem(request), async (release, now, watch) => {
				const rules = rulesOf(request.surface, now);
				const seed = ports.newSeed();
				const explored = ports.explored.get(request.surface);
				const exploring = explored === undefined ? null : { ...explored, seed: mayLog ? seed : null };
				const { exploration = null, ...answered } = await answerOr<DrawnAnswer>(
					release,
					(from) => answerFrom(from, request, sender.context, keeper.hot, now, watch, onFault, rules, exploring),
					() => staticList.answer({ ...request, filter: narrowed(request.filter, rules) }, now),
				);
				return frame(release, told(answered, request), policyName({ ...request, exploration }), request.surface, now, seed);
			});
		},
		rank(request, sender, waitUntil) {
			return serve(sender, waitUntil, { ...request, items: [] }, async (release, now, watch) => {
				const ranked = await answerOr(
					release,
					(from) => rankList(from, request, sender.context, now, watch, onFault, rulesOf(request.surface, now)),
					() => listAsGiven(request),
				);
				return frame(release, told(ranked, request), RANK_POLICY, request.surface, now);
			});
		},
		shelf(shelf, request, sender, waitUntil) {
			const { item, items, limit, surface } = request;
			return serve(sender, waitUntil, { history: request.history, items: [item, ...items] }, async (release, now, watch) => {
				const rules = rulesOf(surface ?? shelf, now);
				const spec = { shelf, item, items, limit, filter: narrowed(request.filter, rules), rules };
				const { shelves, ignored } = await shelvesOf(release, request, [spec], sender, now, watch);
				const { source, items: shown, rules: inForce } = shelves[0] as AnsweredShelf;
				const answered = { shelf, source, ignored, ...(inForce !== undefined && { rules: inForce }), items: shown };
				return frame(release, answered, `${shelf}-1`, surface ?? shelf, now);
			});
		},
		page(request, sender, waitUntil) {
			const items = request.shelves.flatMap((spec) => [spec.item, ...spec.items]);
			return serve(sender, waitUntil, { history: request.history, items }, async (release, now, watch) => {
				const specs = request.shelves.map((spec) => {
					const rules = rulesOf(spec.surface ?? spec.shelf, now);
					return { ...spec, filter: narrowed(spec.filter ?? request.filter, rules), rules };
				});
				const { shelves, ignored } = await shelvesOf(release, request, specs, sender, now, watch);
				const shown = shelves.filter(({ items }) => items.length > 0);
				const framed = shown.map((each) =>
					frame(release, each, `page-${each.shelf}-1`, request.shelves[each.asked]?.surface ?? each.shelf, now),
				);
				const isStatic = shown.every(({ source }) => source === "static");
				return { release: isStatic ? null : (release?.loaded.manifest.id ?? null), ignored, shelves: await Promise.all(framed) };
			});
		},
		search(request, sender, waitUntil) {
			return serve(sender, waitUntil, { ...request, items: [] }, async (release, now, watch) => {
				const { index } = searchKeeper;
				const rules = rulesOf(request.surface, now);
				const found =
					index === null
						? await searchWithout(ports.searched, ports.hotLists, { ...request, filter: narrowed(request.filter, rules) })
						: answerSearch(index.segments, mindOf(release, searchKeeper.thesaurus), request, sender.context, now, watch, onFault, rules);
				return frame(release, told(found, request), SEARCH_POLICY, request.surface, now);
			});
		},
		suggest(request, sender, waitUntil) {
			return serve(sender, waitUntil, { ...request, items: [] }, async (release, _now, watch) => {
				const { index } = searchKeeper;
				if (index === null) return NO_SUGGESTIONS;
				const mind = { thesaurus: searchKeeper.thesaurus, popular: keeper.hot?.queries ?? [] };
				return watch.span("suggest", () =>
					request.query.trim() === "" && release !== null && release.loaded.next !== null
						? answerNext(release, index.segments, request)
						: answerSuggest(index.segments, request, mind),
				);
			});
		},
		profile(request, sender, waitUntil) {
			return serve(sender, waitUntil, NO_LINKS, async (release, now, watch) => {
				const drawn = await answerOr(
					release,
					(from) => watch.span("profile", () => drawProfile(from, request, now)),
					() => emptyProfile(0),
				);
				return { release: drawn.source === "static" ? null : (release?.loaded.manifest.id ?? null), ...drawn };
			});
		},
		...createOperatorAnswers({ keeper, now: ports.now, clock: ports.clock, beside, onFault, told }),
		prepare(waitUntil) {
			waitUntil(beside(waitUntil, ports.now(), async () => {}));
		},
		knownWordsOf(query) {
			const words = keeper.serving(null)?.loaded.words ?? null;
			return words === null ? null : knownWords(words, query) || null;
		},
		knowsItem: (id) => (keeper.serving(null)?.rowOf(id) ?? -1) !== -1,
		state: () => servingState(keeper),
	};
}
