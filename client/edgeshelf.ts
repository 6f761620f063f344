import type { ProfileResponse } from "../src/contract/profile.ts";
import type { RankResponse } from "../src/contract/rank.ts";
import type { SearchResponse, SuggestResponse } from "../src/contract/search.ts";
import type { PageResponse } from "../src/contract/shelf.ts";
import { BROWSER } from "./browser.ts";
import { createHistory } from "./history.ts";
import { createMemory } from "./memory.ts";
import { createOutbox } from "./outbox.ts";
import { type Asking, personalAsking, publicAsking } from "./question.ts";
import { randomId } from "./random-id.ts";
import { endSession, sessionOf } from "./session.ts";
import { createShelves, NOTHING } from "./shelves.ts";
import type { Answer, Consent, Happening, HistoryEntry, Options, Question, Surroundings } from "./types.ts";

/** Entries that the history keeps unless told, and that a request may carry. */
const HISTORY_DEFAULT = 200;
const HISTORY_MAX = 512;
/** Time after which a shelf is given up, milliseconds. */
const ANSWER_MAX_MS = 5000;
/** Kinds of events that say what the shopper wants. */
const REMEMBERED = ["view", "cart", "purchase", "search", "dismiss"];

/** Further routes that read a history, by path. */
type Answers = {
	"/v1/rank": RankResponse;
	"/v1/profile": ProfileResponse;
	"/v1/page": PageResponse;
	"/v1/search": SearchResponse;
	"/v1/suggest": SuggestResponse;
};

export type Edgeshelf = ReturnType<typeof createEdgeshelf>;

/**
 * A shop's shelves, for one shopper's browser.
 *
 * What leaves the browser depends on the shopper's word. Yes: the history goes along with each question, and events are
 * sent. Not asked yet: the history goes along, which the server does not keep; no events, and nothing is stored here.
 * No, or Global Privacy Control: neither; the shelves are those that everybody sees.
 */
export function createEdgeshelf({ endpoint = "", consent, remember, pseudonym, historyMax = HISTORY_DEFAULT, surroundings }: Options = {}) {
	const around: Surroundings = { ...BROWSER, ...surroundings };
	const memory = createMemory(remember ? () => around.storage(remember) : null);
	const history = createHistory(memory, Math.min(historyMax, HISTORY_MAX));
	const outbox = createOutbox(`${endpoint}/v1/events`, memory, around);
	const listeners = new Set<() => void>();
	/** The shelf from which each product was opened: what is done with it later is owed to that shelf. */
	const opened = new Map<string, Partial<Happening>>();
	let word: Consent = consent ?? null;
	let version = 0;

	const asksForPrivacy = () => around.asksForPrivacy();
	/** Whether events may be sent, and anything stored. */
	const mayTell = () => word === true && !asksForPrivacy();
	/** Whether the history may go along with a question. */
	const maySendHistory = () => word !== false && !asksForPrivacy();
	const changed = () => {
		version++;
		for (const listener of listeners) listener();
	};

	async function call({ path, body }: Asking, priority: RequestPriority = "auto"): Promise<unknown> {
		const response = await around.fetch(endpoint + path, {
			priority,
			credentials: "omit",
			signal: AbortSignal.timeout(ANSWER_MAX_MS),
			...(body && { method: "POST", body }),
		});
		if (!response.ok) throw new Error(`${path} answered ${response.status}`);
		return response.json();
	}

	async function ask(question: Question): Promise<Answer> {
		const asking = maySendHistory() ? personalAsking(question, history.entries(), word) : publicAsking(question);
		if (asking === null) return NOTHING;
		const answer = (await call(asking)) as Answer;
		// The public lists know neither what is to stay away nor what is shown already.
		const away = new Set([...dismissed(), ...(question.exclude ?? [])]);
		return asking.body ? answer : { ...answer, items: answer.items.filter(({ id }) => !away.has(id)) };
	}
	const shelves = createShelves(ask, around.now, () => version);
	const dismissed = () => history.entries().flatMap(({ item, event }) => (event === "dismiss" && item ? [item] : []));

	function setConsent(said: Consent) {
		word = said;
		memory.allow(mayTell());
		memory.write("consent", said === true || undefined);
		if (mayTell()) outbox.adopt();
		else {
			outbox.clear();
			endSession(memory);
		}
		shelves.clear();
		changed();
	}

	if (word === null && remember && !asksForPrivacy()) {
		// Only a yes is ever stored.
		memory.allow(true);
		if (memory.read("consent") === true) word = true;
		else memory.allow(false);
	}
	if (word === true) setConsent(true);

	return {
		/** Oldest first. */
		history: (): readonly HistoryEntry[] => history.entries(),
		dismissed,
		consent: (): Consent => word,
		setConsent,
		asksForPrivacy,
		mayTell,
		maySendHistory,

		/** Notes what the shopper did, in the history and, with consent, for the shop. Returns at once. */
		track(happening: Happening) {
			const { type, item, query } = happening;
			const at = Math.floor(around.now() / 1000);
			if (type === "click" && item && happening.recommendationId) opened.set(item, happening);
			if (REMEMBERED.includes(type)) history.add({ ...(item ? { item } : { query: query ?? "" }), event: type, at } as HistoryEntry);
			if (type === "uncart" && item) history.takeOut(item, "cart");
			if (mayTell()) {
				const from = opened.get(item ?? "");
				const owed = type === "impression" || !from ? {} : { recommendationId: from.recommendationId, position: from.position };
				const event = { id: randomId(), at, ...owed, ...happening } as Parameters<typeof outbox.push>[1];
				outbox.push(sessionOf(memory, around.now()), event, pseudonym);
			}
			if (type !== "impression" && type !== "click") changed();
		},
		/** Takes a "not interested" back. */
		undismiss(item: string) {
			history.takeOut(item, "dismiss");
			changed();
		},
		/** Forgets all that was done here; what was sent is gone already. */
		forget() {
			history.clear();
			outbox.clear();
			endSession(memory);
			opened.clear();
			shelves.clear();
			changed();
		},

		/**
		 * The products of a shelf.
		 * @param onStale is called at once with an older answer, where there is one
		 * @throws when the server cannot be reached
		 */
		shelf: shelves.get,
		/** Asks ahead for a shelf that may soon be wanted. Failing is no harm. */
		prefetch(question: Question) {
			shelves.get(question).catch(() => undefined);
		},
		/**
		 * Any other route.
		 * @param takesHistory whether the history goes along, where it may be sent at all
		 * @throws when it does not answer 200
		 */
		post<P extends keyof Answers | (string & {})>(
			path: P,
			request: object,
			takesHistory = true,
		): Promise<P extends keyof Answers ? Answers[P] : unknown> {
			const told = takesHistory && maySendHistory() ? { history: history.entries() } : {};
			return call({ path, body: JSON.stringify({ ...request, ...told }) }) as Promise<never>;
		},
		/** Hears of each change of what a shelf depends on. @returns stops it */
		onChange(listener: () => void) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
	};
}
