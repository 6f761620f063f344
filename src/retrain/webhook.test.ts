import { expect, test } from "vitest";
import type { Run } from "../contract/run.ts";
import { createWebhook, SIGNATURE_HEADER, TIMESTAMP_HEADER } from "./webhook.ts";

const NOW = 1_795_168_800;
const key = new Uint8Array(32).fill(7);
const run: Run = {
	id: "run-1",
	state: "open",
	reason: "events",
	openedAt: NOW - 5,
	worker: null,
	leaseUntil: null,
	attempts: 0,
	progress: 0,
	stage: null,
	finishedAt: null,
	release: null,
	message: null,
	gate: null,
};

function webhookThat(answers: (request: Request) => Promise<Response>) {
	const sent: Request[] = [];
	const call = createWebhook({
		url: "https://gpu.example/start",
		key,
		send: (request) => {
			sent.push(request);
			return answers(request);
		},
	});
	return { call, sent };
}

/** As a receiver checks it. */
async function isSignatureOf(header: string, signed: string): Promise<boolean> {
	const bytes = Uint8Array.from(header.slice("v1=".length).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
	const hmac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
	return crypto.subtle.verify("HMAC", hmac, bytes, new TextEncoder().encode(signed));
}

test("the provider can check who asks, when, and for which run", async () => {
	const { call, sent } = webhookThat(async () => new Response(null, { status: 202 }));
	expect(await call(run, NOW)).toBe(true);
	const [request] = sent as [Request];
	const body = await request.text();
	expect([request.method, request.url, JSON.parse(body)]).toEqual([
		"POST",
		"https://gpu.example/start",
		{ run: "run-1", reason: "events", openedAt: NOW - 5 },
	]);
	expect(request.headers.get(TIMESTAMP_HEADER)).toBe(String(NOW));
	const signature = request.headers.get(SIGNATURE_HEADER) ?? "";
	expect(signature).toMatch(/^v1=[0-9a-f]{64}$/);
	expect(await isSignatureOf(signature, `${NOW}.${body}`)).toBe(true);
	expect(await isSignatureOf(signature, `${NOW + 1}.${body}`)).toBe(false);
	expect(await isSignatureOf(signature, `${NOW}.${body.replace("run-1", "run-2")}`)).toBe(false);
});

test.each([
	["refuses", async () => new Response("no", { status: 403 })],
	["is broken", async () => new Response("no", { status: 500 })],
	["sends elsewhere", async () => new Response(null, { status: 302, headers: { location: "https://other.example/" } })],
	["is out of reach", async () => Promise.reject(new TypeError("fetch failed"))],
])("a provider that %s has not said yes", async (_, answers) => {
	const { call, sent } = webhookThat(answers);
	expect(await call(run, NOW)).toBe(false);
	expect(sent).toHaveLength(1);
});
