import { afterAll, beforeAll, expect, test } from "vitest";
import { createTapped } from "./tapped.ts";

const server = createTapped("nobody", []);
const worker = server.getWorker();
beforeAll(() => server.listen());
afterAll(() => server.close());

test("a request that is played in global scope is answered to its end, and real ones find nothing of it", async () => {
	type Told = { readonly rehearsed: { readonly status: number; readonly body: string }; readonly id: string };
	const ask = async () => (await (await worker.fetch("https://shop.example/test/rehearsal")).json()) as Told;
	const [first, second] = [await ask(), await ask()];
	expect(first.rehearsed.status).toBe(200);
	expect(JSON.parse(first.rehearsed.body)).toMatchObject({ source: "static", items: [] });
	expect(first.id).toMatch(/^[\da-f]{8}-/);
	expect(second.id).not.toBe(first.id);
});
