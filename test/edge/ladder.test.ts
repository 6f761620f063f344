import { expect, test } from "vitest";
import { openServing } from "./serving.ts";

const serving = openServing();
const HISTORY = { history: [{ item: "lip-1" }], limit: 3 };
const idsOf = ({ items }: { readonly items: readonly { readonly id: string }[] }) => items.map(({ id }) => id);

test("with nothing in any store a shop gets 200 and an empty list", async () => {
	expect(await serving.recommend(HISTORY)).toMatchObject({ source: "static", release: null, items: [], ignored: 0 });
});

test("a whole release answers personally; what is missing lowers the rung, never the status", async () => {
	const id = await serving.publish(await serving.tiny("20260101T000000Z"));
	const { DB, RELEASES } = await serving.bindings();

	await serving.restart();
	// Before the release is loaded the list put by at activation answers, without what was seen.
	expect(await serving.recommend(HISTORY)).toMatchObject({
		source: "static",
		items: [{ id: "lip-2" }, { id: "口红-3" }, { id: "口红-4" }],
	});
	expect(await serving.warm(HISTORY)).toMatchObject({ source: "personal", release: id, ignored: 0 });
	expect(await serving.recommend({ history: [] })).toMatchObject({ source: "popular" });
	expect(await serving.recommend({ history: [{ item: "unknown" }, { item: "未知" }] })).toMatchObject({ source: "popular", ignored: 2 });
	expect(await serving.recommend({ history: [{ item: "口红-3" }, { query: "red" }] })).toMatchObject({ source: "personal", ignored: 0 });

	await serving.restart("throwing");
	expect(await serving.warm(HISTORY)).toMatchObject({ source: "session", release: id });

	await serving.restart("absent");
	expect(await serving.warm(HISTORY)).toMatchObject({ source: "session", release: id });
	expect(await serving.warm({ history: [{ item: "hair-9" }] })).toMatchObject({ source: "popular" });

	// A warm isolate keeps what it has while the stores fail behind it.
	await serving.restart();
	await serving.warm(HISTORY);
	await DB.exec("ALTER TABLE products RENAME TO gone");
	for (const seconds of [10, 100, 1000]) {
		await serving.advance(seconds);
		expect(await serving.recommend(HISTORY)).toMatchObject({ source: "personal", release: id });
	}
	await DB.exec("ALTER TABLE gone RENAME TO products");

	// The model's shards are gone: the rest of the release serves.
	await RELEASES.delete(`release/${id}/encoder.int8.onnx/0`);
	await serving.restart();
	expect(await serving.warm(HISTORY)).toMatchObject({ source: "session", release: id });

	// KV is empty: only the database's list is left.
	for (const { name } of (await RELEASES.list()).keys) await RELEASES.delete(name);
	await serving.restart();
	expect(await serving.recommend(HISTORY)).toMatchObject({ source: "static", release: null });

	// And now the tables are gone too.
	const { results } = await DB.prepare(
		"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
	).all<{
		name: string;
	}>();
	for (const { name } of results) await DB.exec(`DROP TABLE ${name}`);
	await serving.restart();
	expect(await serving.recommend(HISTORY)).toMatchObject({ source: "static", items: [] });
	expect(idsOf(await serving.recommend({}))).toEqual([]);
});
