import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SearchResponse, SuggestResponse } from "../src/contract/search.ts";
import { SYNONYM_CHANGES_MAX, SYNONYMS_MAX, SynonymsResponse } from "../src/contract/synonym.ts";
import { createSynonyms } from "../src/store/synonyms.ts";
import { migrate, NOW, rows } from "./admin-fixtures.ts";
import { createShop, deadBinding, list, product } from "./surface-fixtures.ts";

beforeEach(migrate);
afterEach(() => reset());

const SOFAS = { kind: "group", phrases: ["sofa", "couch"] };
const TRAINERS = { kind: "one-way", from: "trainers", to: ["running shoes"] };

async function open() {
	await list([product("s", { title: "Grey sofa" }), product("c", { title: "Grey couch" }), product("r", { title: "Running shoes" })]);
	const shop = createShop();
	await shop.warm();
	const found = async (query: string) => {
		const { items, total } = await shop.answer<SearchResponse>("POST", "/v1/search", { query });
		return items.slice(0, total).map(({ id }) => id);
	};
	const put = async (synonyms: readonly object[], more: object = {}) => {
		const response = await shop.admin("PUT", "/admin/synonyms", { synonyms, ...more });
		expect(response.status).toBe(200);
		shop.advance(10);
		await found("poll");
		return v.parse(SynonymsResponse, await response.json());
	};
	return { ...shop, found, put };
}

test("a list that is put is obeyed with the next reading, and so is the one that takes its place", async () => {
	const { found, put, answer } = await open();
	expect([await found("sofa"), await found("trainers")]).toEqual([["s"], []]);
	await put([SOFAS, TRAINERS]);
	expect([await found("sofa"), await found("couches"), await found("trainers"), await found("running")]).toEqual([
		["s", "c"],
		["c", "s"],
		["r"],
		["r"],
	]);
	const suggested = await answer<SuggestResponse>("POST", "/v1/suggest", { query: "trainers" });
	expect(suggested.items.map(({ id }) => id)[0]).toBe("r");
	await put([]);
	expect([await found("sofa"), await found("trainers")]).toEqual([["s"], []]);
});

test("the list is read with its version and with who changed it; a change over another's is refused", async () => {
	const { admin, put } = await open();
	const read = async () => v.parse(SynonymsResponse, await (await admin("GET", "/admin/synonyms")).json());
	expect(await read()).toEqual({ version: 0, synonyms: [], changes: [] });
	expect(await put([SOFAS], { version: 0 })).toEqual({
		version: 1,
		synonyms: [SOFAS],
		changes: [{ version: 1, token: "everything", entries: 1, at: NOW }],
	});
	expect((await admin("PUT", "/admin/synonyms", { synonyms: [], version: 0 })).status).toBe(409);
	await put([SOFAS, TRAINERS], { version: 1 });
	const { changes, ...latest } = await read();
	expect(latest).toEqual({ version: 2, synonyms: [SOFAS, TRAINERS] });
	expect(changes.map(({ version, entries }) => [version, entries])).toEqual([
		[2, 2],
		[1, 1],
	]);
	const book = createSynonyms(env.DB);
	for (let n = 0; n < SYNONYM_CHANGES_MAX; n++) await book.put({ synonyms: [] }, "test", NOW);
	expect(await rows("SELECT count(*) AS n, min(version) AS first FROM synonym_lists")).toEqual([{ n: SYNONYM_CHANGES_MAX, first: 3 }]);
});

test("scopes are those of rules, and what is wrong with a list is told by its place; nothing of it is taken", async () => {
	const { admin, ask, found } = await open();
	expect((await ask("GET", "/admin/synonyms")).status).toBe(401);
	expect((await ask("PUT", "/admin/synonyms", { synonyms: [] })).status).toBe(401);
	const pathOf = async (body: object) => {
		const response = await admin("PUT", "/admin/synonyms", body);
		const { error } = (await response.json()) as { error: { code: string; path: string } };
		return `${response.status} ${error.code} ${error.path}`;
	};
	expect(await pathOf({})).toBe("400 invalid_field synonyms");
	expect(await pathOf({ synonyms: [SOFAS, { kind: "group", phrases: ["sofa"] }] })).toBe("400 invalid_field synonyms.1.phrases");
	expect(await pathOf({ synonyms: [{ kind: "group", phrases: ["sofa", "ＳＯＦＡ"] }] })).toBe("400 invalid_field synonyms.0.phrases");
	expect(await pathOf({ synonyms: [{ kind: "group", phrases: ["sofa", "!?"] }] })).toBe("400 invalid_field synonyms.0.phrases.1");
	expect(await pathOf({ synonyms: [{ kind: "group", phrases: ["a b c d e f", "b"] }] })).toBe("400 invalid_field synonyms.0.phrases.0");
	expect(await pathOf({ synonyms: [{ ...TRAINERS, to: ["Trainers "] }] })).toBe("400 invalid_field synonyms.0.to");
	expect(await pathOf({ synonyms: [{ kind: "two-way", phrases: ["a", "b"] }] })).toBe("400 invalid_field synonyms.0.kind");
	expect(await pathOf({ synonyms: [{ ...SOFAS, note: "x" }] })).toBe("400 unknown_field synonyms.0.note");
	const many = Array.from({ length: SYNONYMS_MAX + 1 }, (_, n) => ({ kind: "group", phrases: [`a${n}`, `b${n}`] }));
	expect(await pathOf({ synonyms: many })).toBe("400 invalid_field synonyms");
	expect(await rows("SELECT * FROM synonym_lists")).toEqual([]);
	expect(await found("sofa")).toEqual(["s"]);
});

test("a database that cannot tell the synonyms leaves search as it was", async () => {
	await open();
	await env.DB.prepare("DROP TABLE synonym_lists").run();
	const shop = createShop();
	await shop.warm();
	const { source, total } = await shop.answer<SearchResponse>("POST", "/v1/search", { query: "sofa" });
	expect([source, total]).toEqual(["words", 1]);
	const dead = createShop({ db: deadBinding<D1Database>() });
	expect((await dead.ask("POST", "/v1/search", { query: "sofa" })).status).toBe(200);
});
