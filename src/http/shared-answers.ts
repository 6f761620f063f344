/** Answers held at once: what is asked for most is asked for again soon. */
const ANSWERS_MAX = 256;

/** Finished answers to identical public requests, good within the second in which they were made. */
export interface SharedAnswers<T> {
	/** @param now unix seconds */
	get(key: string, now: number): T | undefined;
	put(key: string, now: number, answer: T): void;
}

export function createSharedAnswers<T>(): SharedAnswers<T> {
	const answers = new Map<string, T>();
	let madeAt = 0;
	function expire(now: number): void {
		if (now === madeAt) return;
		answers.clear();
		madeAt = now;
	}
	return {
		get(key, now) {
			expire(now);
			return answers.get(key);
		},
		put(key, now, answer) {
			expire(now);
			if (answers.size < ANSWERS_MAX) answers.set(key, answer);
		},
	};
}
