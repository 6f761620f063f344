import type { CallProvider } from "./ports.ts";

/** Time a provider has to answer, milliseconds. */
const ANSWER_WITHIN_MS = 10_000;

/** Unix seconds, part of what is signed: a receiver should refuse a request that is minutes old. */
export const TIMESTAMP_HEADER = "x-edgeshelf-timestamp";
/** `v1=` and the HMAC-SHA-256 of "<timestamp>.<body>" in hex. */
export const SIGNATURE_HEADER = "x-edgeshelf-signature";

export type WebhookOptions = {
	readonly url: string;
	/** Shared with the receiver alone, 32 bytes. */
	readonly key: Uint8Array<ArrayBuffer>;
	readonly send: (request: Request) => Promise<Response>;
};

/**
 * Starts a provider's job by a signed POST of `{ run, reason, openedAt }`. The body carries no secret: the job claims the
 * run with a token of its own, so that a request sent twice starts at most an idle job.
 */
export function createWebhook({ url, key, send }: WebhookOptions): CallProvider {
	return async function callProvider({ id, reason, openedAt }, now) {
		const body = JSON.stringify({ run: id, reason, openedAt });
		const headers = {
			"content-type": "application/json",
			[TIMESTAMP_HEADER]: String(now),
			[SIGNATURE_HEADER]: `v1=${await signatureOf(key, now, body)}`,
		};
		try {
			const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
			const answer = await send(new Request(url, { method: "POST", headers, body, signal, redirect: "manual" }));
			await answer.body?.cancel();
			return answer.ok;
		} catch {
			// Out of reach: the run stays open, and the next tick asks again.
			return false;
		}
	};
}

async function signatureOf(key: Uint8Array<ArrayBuffer>, timestamp: number, body: string): Promise<string> {
	const hmac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
	const signature = await crypto.subtle.sign("HMAC", hmac, new TextEncoder().encode(`${timestamp}.${body}`));
	return Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
