import * as v from "valibot";
import { afterEach, expect, test } from "vitest";
import { type Reply, type StandIn, startStandIn } from "../test/unit/stand-in-server.ts";
import { createClient } from "./client.ts";

let server: StandIn;
afterEach(() => server.stop());

const Answer = v.object({ n: v.number() });

/** A client of a server that gives these replies in turn; waits are kept, not waited for. */
async function clientOf(replies: Reply[]) {
	server = await startStandIn(() => replies.shift() ?? [500]);
	const waitsMs: number[] = [];
	const sleep = async (milliseconds: number) => waitsMs.push(milliseconds);
	return { client: createClient(server.url, { token: "secret", retryDelaysMs: [10, 20], sleep }), waitsMs };
}

test("asks again after 503, as late as Retry-After says", async () => {
	const { client, waitsMs } = await clientOf([
		[503, {}, { "retry-after": "3" }],
		[200, { n: 1 }],
	]);
	expect(await client.call(Answer, "GET", "/x")).toEqual({ n: 1 });
	expect(waitsMs).toEqual([3000]);
	expect(server.received.map(({ authorization }) => authorization)).toEqual(["Bearer secret", "Bearer secret"]);
});

test("asks again when the connection breaks", async () => {
	const { client, waitsMs } = await clientOf(["cut", "cut", [200, { n: 2 }]]);
	expect(await client.call(Answer, "PUT", "/x", {})).toEqual({ n: 2 });
	expect(waitsMs).toEqual([10, 20]);
});

test("gives up after the last delay, naming the server", async () => {
	const { client } = await clientOf(["cut", "cut", "cut", [200, { n: 3 }]]);
	await expect(client.call(Answer, "GET", "/x")).rejects.toThrow(`${server.url} cannot be reached`);
	expect(server.received).toHaveLength(3);
});

test("sends once what must not be done twice", async () => {
	const { client } = await clientOf([
		[503, {}],
		[200, { n: 1 }],
	]);
	await expect(client.call(Answer, "POST", "/x", {})).rejects.toThrow("answered 503");
	expect(server.received).toHaveLength(1);
});

test("tells the envelope in one line, and does not insist", async () => {
	const error = { code: "forbidden", message: "The token lacks the scope train.", requestId: "r-1" };
	const { client } = await clientOf([[403, { error }]]);
	await expect(client.call(Answer, "GET", "/admin/runs")).rejects.toThrow(
		"GET /admin/runs: The token lacks the scope train. (forbidden, request r-1)",
	);
	expect(server.received).toHaveLength(1);
});

test("names the field of an answer that has another shape", async () => {
	const { client } = await clientOf([[200, { n: "1" }]]);
	await expect(client.call(Answer, "GET", "/x")).rejects.toThrow(/another shape than expected \(n:/);
});

test("keeps a path in the server's address", async () => {
	server = await startStandIn(() => [200, { n: 1 }]);
	await createClient(`${server.url}/shop`, { token: null }).call(Answer, "GET", "/v1/x");
	expect(server.received[0]?.path).toBe("/shop/v1/x");
});
