import { expect, test } from "vitest";
import type { QueuedMessage } from "./ports.ts";
import { settle } from "./settle.ts";

/** Messages by deliveries so far, and what was said of each. */
function delivered(...attempts: number[]) {
	const said: (string | number | undefined)[] = [];
	const messages = attempts.map((n): QueuedMessage => {
		const say = (word: string | number | undefined) => said.push(word);
		return { id: `message-${n}`, attempts: n, body: null, ack: () => say("ack"), retry: (options) => say(options?.delaySeconds) };
	});
	return { messages, said };
}

test("acknowledges only what is done", async () => {
	const { messages, said } = delivered(1, 2);
	const settled = await settle(messages, async () => expect(said).toEqual([]));
	expect(settled).toBe(true);
	expect(said).toEqual(["ack", "ack"]);
});

test("waits longer for each delivery that failed, ten minutes at most", async () => {
	const { messages, said } = delivered(1, 2, 3, 4, 5, 6, 7, 100);
	const settled = await settle(messages, () => Promise.reject(new Error("made to fail")));
	expect(settled).toBe(false);
	expect(said).toEqual([10, 30, 60, 120, 300, 600, 600, 600]);
});
