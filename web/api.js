import { randomId, sessionId } from "./visit.js";

async function answerOf(response) {
	if (!response.ok) throw new Error(`the API answered ${response.status}`);
	return response.json();
}

/** Products for this history; text/plain is what a page of another origin would send to need no preflight. */
export async function recommend(request, signal) {
	const from = performance.now();
	const answer = await answerOf(
		await fetch("/v1/recommendations", { method: "POST", body: JSON.stringify({ ...request, explain: true }), signal }),
	);
	return { ...answer, milliseconds: Math.max(1, Math.round(performance.now() - from)) };
}

/** The public list of a category: no history is sent, so that caches may hold it. */
export async function popularIn(category, limit, signal) {
	const query = new URLSearchParams({ surface: "category", category, limit: String(limit) });
	return answerOf(await fetch(`/v1/recommendations?${query}`, { signal }));
}

/** Whether the browser asks every site not to sell or share what it does. */
export const asksForPrivacy = () => navigator.globalPrivacyControl === true;

/**
 * Tells the shop what happened. Nothing leaves the browser without consent. A lost event is no loss to the shopper.
 * @param events without id and time, which are added here
 */
export function tell(consent, events) {
	if (!consent || asksForPrivacy()) return;
	const at = Math.floor(Date.now() / 1000);
	const body = JSON.stringify({ consent: true, session: sessionId(), events: events.map((event) => ({ id: randomId(), at, ...event })) });
	fetch("/v1/events", { method: "POST", body, keepalive: true }).catch(() => undefined);
}
