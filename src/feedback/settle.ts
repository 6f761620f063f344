import type { QueuedMessage } from "./ports.ts";

/** Wait before the next delivery, seconds, by deliveries so far; the last holds for all later ones. */
export const RETRY_DELAYS_SECONDS = [10, 30, 60, 120, 300, 600] as const;

/** @param attempts deliveries so far, 1 or more */
export const retryDelaySeconds = (attempts: number): number =>
	RETRY_DELAYS_SECONDS[Math.min(Math.max(attempts, 1), RETRY_DELAYS_SECONDS.length) - 1] ?? 600;

/**
 * Acknowledges messages once the work is done, or asks for each again. A message that was acknowledged before the
 * failure stays so: the platform heeds the first word.
 */
export async function settle(messages: readonly QueuedMessage[], work: () => Promise<void>): Promise<boolean> {
	if (messages.length === 0) return true;
	try {
		await work();
		for (const message of messages) message.ack();
		return true;
	} catch (thrown) {
		// A storage error's message may hold what was bound: its name must do.
		console.error(
			JSON.stringify({
				level: "error",
				stage: "feedback",
				messages: messages.length,
				error: thrown instanceof Error ? thrown.name : "unknown",
			}),
		);
		for (const message of messages) message.retry({ delaySeconds: retryDelaySeconds(message.attempts) });
		return false;
	}
}
