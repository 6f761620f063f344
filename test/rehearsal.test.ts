import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { createWorker } from "../src/compose.ts";
import { rehearse } from "../src/rehearsal.ts";
import { SETTINGS } from "./settings.ts";

const scope = () => [setTimeout, clearTimeout, Response, crypto.randomUUID, crypto.getRandomValues];
const unused = () => Promise.reject(new Error("No encoder here"));

test("a rehearsed request is answered to its end without a binding, a timer, chance or a stream, and leaves nothing behind", async () => {
	const before = scope();
	const play: Parameters<typeof rehearse>[1] = async (request, understudies, ctx) => ({
		stoodIn: scope().every((each, n) => each !== before[n]) && understudies.DB !== env.DB,
		answer: await createWorker(unused).fetch(request as Parameters<ReturnType<typeof createWorker>["fetch"]>[0], understudies, ctx),
	});
	const { stoodIn, answer } = await new Promise<{ stoodIn: boolean; answer: unknown }>((resolve, reject) => {
		rehearse({ ...env, ...SETTINGS } as unknown as Env, (...asked) =>
			(play(...asked) as ReturnType<typeof play> & Promise<{ stoodIn: boolean; answer: unknown }>).then(resolve, reject),
		);
	});
	expect(stoodIn).toBe(true);
	const { status, body } = answer as { status: number; body: string };
	expect(status).toBe(200);
	expect(JSON.parse(body)).toMatchObject({ source: "static", items: [] });
	await Promise.resolve();
	await Promise.resolve();
	await Promise.resolve();
	expect(scope()).toEqual(before);
	expect(Object.keys(crypto)).toEqual([]);
});

test("an event that comes before its end, or a failure, ends the rehearsal", async () => {
	const before = scope();
	const end = rehearse(env as Env, () => new Promise(() => {}));
	expect(setTimeout).not.toBe(before[0]);
	end();
	expect(scope()).toEqual(before);
	rehearse(env as Env, () => {
		throw new Error("bad configuration");
	});
	expect(setTimeout).not.toBe(before[0]);
	await Promise.resolve().then().then().then();
	expect(scope()).toEqual(before);
});
