import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** Longest silence within one exchange, milliseconds. */
const SILENCE_MAX_MS = 120_000;

// Not fetch: this takes less than half of its CPU time a request, which `evaluate` would measure along with the server.
const httpAgent = new HttpAgent({ keepAlive: true });
const httpsAgent = new HttpsAgent({ keepAlive: true });

export type Answer = { readonly status: number; readonly bytes: Uint8Array; readonly retryAfter: string | null };

/** The server took the connection and then said nothing. */
export class Stalled extends Error {}

/** One request and its answer, read whole, over a connection that is kept for the next. @throws Stalled, or Error when it breaks */
export function exchange(
	method: string,
	url: URL,
	headers: Readonly<Record<string, string>>,
	body: Uint8Array | string | undefined,
): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const isSecure = url.protocol === "https:";
		const length = { "content-length": body === undefined ? 0 : Buffer.byteLength(body) };
		const options = { method, headers: { ...headers, ...(method !== "GET" && length) } };
		const request = isSecure ? httpsRequest(url, { ...options, agent: httpsAgent }) : httpRequest(url, { ...options, agent: httpAgent });
		request.on("response", (response) => {
			const chunks: Buffer[] = [];
			response.on("data", (chunk: Buffer) => chunks.push(chunk));
			response.on("error", reject);
			response.on("end", () => {
				resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(chunks), retryAfter: response.headers["retry-after"] ?? null });
			});
		});
		request.setTimeout(SILENCE_MAX_MS, () => request.destroy(new Stalled(`no answer for ${SILENCE_MAX_MS / 1000} s`)));
		request.on("error", reject);
		request.end(body);
	});
}
