/**
 * Whether reasons are true: of a recommended item that was said to be there because of an item of the history, whether it
 * falls further when that item is taken out of the history than when another one is. Both go by seeded chance: which of
 * the first ten items that name one, and which other item of the history. An item that leaves the list of 100 counts as
 * 101st. A fall that is no further, equal ones included, counts against the reason.
 *
 *     npx node bench/reasons.ts RELEASE_DIR DATA_DIR [--users N] [--seed N] [--port N] [--write]
 *
 * DATA_DIR holds sequences.txt.gz. `--write` writes bench/results/reasons.json.
 */
import { writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createClient } from "../cli/client.ts";
import { readHeldOut } from "../cli/evaluation/held-out.ts";
import { sampleOf } from "../cli/evaluation/sample.ts";
import { machineOf } from "../cli/machine.ts";
import { runParallel } from "../cli/parallel.ts";
import { readReleaseFolder } from "../cli/release-folder.ts";
import { RecommendationResponse } from "../src/contract/recommendation.ts";
import { createRandom } from "./random.ts";
import { openStage } from "./serve/stage.ts";

const LISTED = 100;
const EXPLAINED = 10;
/** Items that a history needs, so that there is another one to take out and something left. */
const ITEMS_MIN = 3;
const CONCURRENCY = 4;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		users: { type: "string", default: "2000" },
		seed: { type: "string", default: "1" },
		port: { type: "string", default: "8870" },
		write: { type: "boolean", default: false },
	},
});
const [releaseDir, dataDir] = positionals;
if (releaseDir === undefined || dataDir === undefined) {
	console.error("Usage: npx node bench/reasons.ts RELEASE_DIR DATA_DIR [--users N] [--seed N] [--port N] [--write]");
	process.exit(2);
}
const [users, seed] = [Number(values.users), Number(values.seed)];
const data = await readHeldOut(join(dataDir, "sequences.txt.gz"));
const histories = sampleOf(data.cases, users, seed)
	.map(({ history }) => history.map(({ item }) => item as string))
	.filter((items) => new Set(items).size >= ITEMS_MIN);
const release = readReleaseFolder(resolve(releaseDir));
const stage = await openStage({ port: Number(values.port), core: null });

type Case = { readonly length: number; readonly named: number; readonly other: number };
const cases: Case[] = [];
const kinds: Record<string, number> = {};
try {
	const bodyOf = (items: readonly string[], more: object = {}) => ({ history: items.map((item) => ({ item })), limit: LISTED, ...more });
	await stage.publish(release, JSON.stringify(bodyOf(histories[0] as string[])));
	const client = createClient(stage.ours);
	const ask = (body: object) => client.call(RecommendationResponse, "POST", "/v1/recommendations", body, { idempotent: true });
	await runParallel(histories, CONCURRENCY, async (items, index) => {
		const random = createRandom(seed + index);
		const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
		const { items: listed } = await ask(bodyOf(items, { explain: true }));
		const shown = listed.slice(0, EXPLAINED).flatMap(({ id, reason }) => {
			kinds[reason?.kind ?? "none"] = (kinds[reason?.kind ?? "none"] ?? 0) + 1;
			return reason?.kind === "because" ? [{ id, item: reason.item }] : [];
		});
		if (shown.length === 0) return;
		const { id, item } = pick(shown);
		const other = pick([...new Set(items)].filter((each) => each !== item));
		const before = placeOf(listed, id);
		const fallWithout = async (gone: string) => {
			const left = items.filter((each) => each !== gone);
			return placeOf((await ask(bodyOf(left, { exclude: [gone] }))).items, id) - before;
		};
		const [byNamed, byOther] = await Promise.all([fallWithout(item), fallWithout(other)]);
		cases.push({ length: items.length, named: byNamed, other: byOther });
	});
} finally {
	await stage.close();
}

const shareOf = (of: readonly Case[]) => of.filter(({ named, other }) => named > other).length / Math.max(1, of.length);
const result = {
	faithful: shareOf(cases),
	equal: cases.filter(({ named, other }) => named === other).length / Math.max(1, cases.length),
	byLength: Object.fromEntries(
		[
			["3-6", 3, 6],
			["7-12", 7, 12],
			["13+", 13, Number.POSITIVE_INFINITY],
		].map(([name, least, most]) => {
			const of = cases.filter(({ length }) => length >= (least as number) && length <= (most as number));
			return [name, { cases: of.length, faithful: shareOf(of) }];
		}),
	),
	cases: cases.length,
	kinds,
	protocol: { data: basename(dataDir), listed: LISTED, explained: EXPLAINED, leastItems: ITEMS_MIN, users, seed },
	release: release.id,
	machine: machineOf(),
	date: new Date().toISOString().slice(0, 10),
	command: `npx node bench/reasons.ts RELEASE_DIR ${basename(dataDir)} --users ${users} --seed ${seed}`,
};
console.log(JSON.stringify(result, null, "\t"));
if (values.write) writeFileSync(new URL("results/reasons.json", import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);

/** Place in a list, 1 the first. */
function placeOf(list: RecommendationResponse["items"], id: string): number {
	const place = list.findIndex((item) => item.id === id);
	return place === -1 ? LISTED + 1 : place + 1;
}
