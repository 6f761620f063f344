import type { Answer, Question } from "./types.ts";

/** Time for which an answer is as good as a new one, milliseconds. */
const FRESH_MS = 30_000;
/** Answers kept; beyond it the one that was made first goes. */
const KEPT_MAX = 40;

export const NOTHING: Answer = { recommendationId: null, release: null, source: "static", items: [] };

type Kept = { readonly answer: Answer; readonly at: number; readonly version: number };

/**
 * Answers by question, shown while new ones are on their way (stale-while-revalidate).
 * @param version of what is told along with a question; an answer to an older one is stale
 */
export function createShelves(ask: (question: Question) => Promise<Answer>, now: () => number, version: () => number) {
	const kept = new Map<string, Kept>();
	const asking = new Map<string, Promise<Answer>>();

	return {
		/**
		 * @param onStale is called at once with an older answer, where there is one
		 * @throws when the server cannot be reached; the older answer then stands
		 */
		get(question: Question, onStale?: (answer: Answer) => void): Promise<Answer> {
			const name = JSON.stringify(question);
			const told = version();
			const last = kept.get(name);
			if (last?.version === told && now() - last.at < FRESH_MS) return Promise.resolve(last.answer);
			if (last) onStale?.(last.answer);
			const key = `${told} ${name}`;
			const known = asking.get(key);
			if (known) return known;
			const made = ask(question)
				.then((answer) => {
					kept.delete(name);
					kept.set(name, { answer, at: now(), version: told });
					if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value as string);
					return answer;
				})
				.finally(() => asking.delete(key));
			asking.set(key, made);
			return made;
		},
		clear: () => kept.clear(),
	};
}
