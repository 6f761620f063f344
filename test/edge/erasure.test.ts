import type { D1Database, R2Bucket } from "@cloudflare/workers-types";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { LogPage } from "../../src/feedback/ports.ts";
import { createTapped } from "./tapped.ts";

const TOKEN = "eraser";
const server = createTapped(TOKEN, ["read", "erase"], true);
const worker = server.getWorker<{ DB: D1Database; LOG: R2Bucket }>();
const headers = { authorization: `Bearer ${TOKEN}` };

beforeAll(async () => {
	await server.listen();
	await worker.applyD1Migrations("DB");
	const { DB } = await worker.getEnv();
	await DB.prepare("INSERT INTO products (id, body, version, updatedAt) VALUES ('lip-1', '{}', 1, 1)").run();
});
afterAll(() => server.close());

/** Sends one event and waits until it is counted. */
async function send(n: number, pseudonym?: string): Promise<void> {
	const events = [{ id: `erasure-event-000${n}`, type: "view", item: "lip-1", at: Math.floor(Date.now() / 1000) }];
	const answer = await server.fetch("/v1/events", {
		method: "POST",
		body: JSON.stringify({ session: "s", consent: true, pseudonym, events }),
	});
	expect([answer.status, await answer.json()]).toEqual([202, { accepted: 1, rejected: [], withheld: 0 }]);
	const { DB } = await worker.getEnv();
	await vi.waitFor(async () => expect(await DB.prepare("SELECT count(*) AS n FROM event_ids").first<number>("n")).toBe(n), {
		timeout: 30_000,
		interval: 100,
	});
}

const logged = async () => ((await (await server.fetch("/admin/events", { headers })).json()) as LogPage).lines.length;
const erase = async (pseudonym: string) =>
	(await server.fetch(`/v1/visitors/${encodeURIComponent(pseudonym)}`, { method: "DELETE", headers })).status;

test("a shop erases one shopper's events from the log that trainers read, in workerd over its own stores", async () => {
	await send(1, "customer 7/é");
	await send(2, "customer 8");
	await send(3);
	expect(await logged()).toBe(3);
	const sent = await (await server.fetch("/test/sent")).text();
	expect(sent).toContain("lip-1");
	expect(sent).not.toContain("customer");
	expect(await erase("nobody")).toBe(204);
	expect(await logged()).toBe(3);
	expect(await erase("customer 7/é")).toBe(204);
	expect(await logged()).toBe(2);
	expect(await erase("customer 7/é")).toBe(204);
	const { LOG } = await worker.getEnv();
	expect((await LOG.list({ prefix: "keys/" })).objects).toHaveLength(1);
});
