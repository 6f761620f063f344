/**
 * How well the next search is foreseen where nothing was typed: on a simulated log (`next-search/simulate.ts` says its
 * rules) the next query among the first five that `/v1/suggest` answers, beside the five most popular; on RetailRocket the
 * next category among the first five, beside "the same as the last, then what most often followed it". Trains a release for
 * each on what came before the test; baselines count all that came before it, from any number of visitors.
 *
 *     npx node bench/next-search.ts RETAILROCKET_DIR [--work DIR] [--write]
 *
 * RETAILROCKET_DIR holds events.csv.gz. Releases lie in `--work` (default .cache/bench/next-search) and are made once.
 * `--write` writes bench/results/next-search.json.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { makeCatalogue } from "../cli/demo/catalogue.ts";
import { randomFrom } from "../cli/demo/random.ts";
import { machineOf } from "../cli/machine.ts";
import { HISTORY_MAX_ENTRIES, type HistoryEntry } from "../src/contract/recommendation.ts";
import type { OverlaidRelease } from "../src/pipeline/overlaid-release.ts";
import { plainQuery } from "../src/pipeline/read-next.ts";
import { answerNext, nextNodes } from "../src/pipeline/search/next-searches.ts";
import { buildSegment, readProduct } from "../src/pipeline/search/segment.ts";
import { argumentsOfRun } from "./command.ts";
import type { NextRow, NextSearchResult, NextTask } from "./next-search/result.ts";
import { readVisits, type Visit } from "./next-search/retailrocket.ts";
import { SIMULATED_FROM, type SimulatedSession, simulateSearches } from "./next-search/simulate.ts";
import { relativeGain } from "./relative-gain.ts";
import { releaseFrom } from "./small-release.ts";

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { work: { type: "string", default: ".cache/bench/next-search" }, write: { type: "boolean", default: false } },
});
const [folder] = positionals;
if (folder === undefined) {
	console.error("Usage: npx node bench/next-search.ts RETAILROCKET_DIR [--work DIR] [--write]");
	process.exit(2);
}
const work = resolve(values.work);
const BOOTSTRAP_SAMPLES = 2000;
const LISTED = 5;
const DAY = 86_400;
const [DAYS, SESSIONS_PER_DAY, TEST_SESSIONS] = [4, 4000, 4000];
/** A product of which nothing is known but its category. */
const PLAIN = { titles: null, brand: null, price: null, stock: null, group: null, attributes: {} };
const RETAILROCKET_TEST_FROM = "2015-09-16";

/** A question, its answer, and what each system lists, best first. */
type Case = {
	readonly person: string;
	readonly target: string;
	readonly lists: Readonly<Partial<Record<NextRow["name"], readonly string[]>>>;
};

function taskOf(task: string, cases: readonly Case[], names: readonly NextRow["name"][]): NextTask {
	const hitsOf = (name: NextRow["name"]) => cases.map(({ target, lists }) => Number(lists[name]?.slice(0, LISTED).includes(target)));
	const mean = (hits: readonly number[]) => hits.reduce((sum, hit) => sum + hit, 0) / hits.length;
	const people = cases.map(({ person }) => person);
	const served = hitsOf("served");
	const rows = names.map((name): NextRow => {
		const hits = hitsOf(name);
		const gain = name === "served" ? null : relativeGain(served, hits, people, BOOTSTRAP_SAMPLES, randomFrom(`${task} ${name}`));
		return { name, hit5: mean(hits), gain };
	});
	console.error(task, JSON.stringify(rows));
	return { cases: cases.length, people: new Set(people).size, rows };
}

/** What was counted, most often first; equal counts in order of a text. */
const mostOften = (counts: ReadonlyMap<string, number>): string[] =>
	[...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name);
const countOf = (names: readonly string[]): Map<string, number> =>
	new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));

async function simulated(): Promise<NextTask> {
	const catalogue = makeCatalogue();
	const ndjson = (lines: readonly unknown[]) => gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
	const before = simulateSearches(catalogue, "next search", DAYS, SESSIONS_PER_DAY);
	const events = before.flatMap(({ id, steps }) =>
		steps.map(({ at, query, item }, n) => ({ id: `${id}/${n}`, type: query === null ? "view" : "search", item, query, at, session: id })),
	);
	const release = await releaseFrom(join(work, "simulated"), {
		"events.ndjson.gz": () => ndjson(events),
		"catalogue.ndjson.gz": () => ndjson(catalogue.map(({ product }) => product)),
	});
	const firstSeenAt = SIMULATED_FROM;
	const segments = [buildSegment(catalogue.map(({ product }) => readProduct(product.id, { ...product, firstSeenAt })))];
	const popular = mostOften(countOf(events.flatMap(({ query }) => (query === null ? [] : [plainQuery(query)]))));
	const asked = simulateSearches(catalogue, "next search, tested", 1, TEST_SESSIONS);
	const cases = asked.flatMap((session) =>
		searchesAfter(session).map(({ history, target }): Case => {
			const { queries } = answerNext(release, segments, { history, limit: LISTED });
			return { person: session.id, target, lists: { served: queries.map(({ query }) => query), popularity: popular } };
		}),
	);
	return taskOf("queries", cases, ["served", "popularity"]);
}

/** The searches of a session that have something before them and differ from the last one. */
function searchesAfter({ steps }: SimulatedSession): { history: HistoryEntry[]; target: string }[] {
	return steps.flatMap(({ query }, n) => {
		const before = steps.slice(0, n);
		const last = before.findLast((step) => step.query !== null)?.query;
		if (query === null || n === 0 || query === last) return [];
		const history = before.map(
			(step): HistoryEntry =>
				step.query === null
					? { item: step.item as string, event: "view", at: step.at }
					: { query: step.query, event: "search", at: step.at },
		);
		return [{ history, target: plainQuery(query) }];
	});
}

async function retailRocket(): Promise<Pick<NextSearchResult["tasks"], "changes" | "all">> {
	const visits = readVisits(join(folder as string, "events.csv.gz"));
	const testFrom = Date.parse(`${RETAILROCKET_TEST_FROM}T00:00:00Z`) / 1000;
	const release = await releaseFrom(join(work, "retailrocket"), { "events.csv.gz": () => visits.before(testFrom) });
	// The catalogue knows every product, also those that nobody had looked at when the release was made.
	const products = new Map(visits.visitors.flat().map(({ item, category }) => [item, category]));
	release.apply(
		[...products].flatMap(([id, category]) =>
			release.rowOf(id) === -1 ? [{ id, version: 1, product: { ...PLAIN, title: id, category } }] : [],
		),
	);
	const earlier = visits.visitors.map((own) => own.filter(({ at }) => at < testFrom));
	const popular = mostOften(countOf(earlier.flat().map(({ category }) => category)));
	const pairs = earlier.flatMap((own) =>
		own.slice(1).flatMap(({ category }, n) => {
			const from = own[n]?.category as string;
			return from === category ? [] : [{ from, category }];
		}),
	);
	const followers = new Map(
		[...Map.groupBy(pairs, ({ from }) => from)].map(([from, all]) => [from, mostOften(countOf(all.map(({ category }) => category)))]),
	);
	const cases = visits.visitors.flatMap((own) =>
		own.flatMap(({ at, category, visitor }, n): (Case & { last: string })[] => {
			const last = own[n - 1]?.category;
			if (last === undefined || at < testFrom) return [];
			const following = [...new Set([...(followers.get(last) ?? []), ...popular])].filter((name) => name !== last);
			const next = categoriesAfter(release, own.slice(0, n));
			const lists = { served: next, "same as the last, then Markov": [last, ...following], "Markov alone": following, popularity: popular };
			return [{ person: visitor, target: category, lists, last }];
		}),
	);
	const names = ["served", "same as the last, then Markov", "Markov alone", "popularity"] as const;
	const changed = cases.filter(({ target, last }) => target !== last);
	// Where staying counts, what is served stands behind the last category, as the baseline does.
	const all = cases.map(({ lists, last, ...rest }) => ({ ...rest, lists: { ...lists, served: [last, ...(lists.served as string[])] } }));
	return {
		changes: taskOf("changes", changed, names),
		all: taskOf("all", all, ["served", "same as the last, then Markov", "popularity"]),
	};
}

function categoriesAfter(release: OverlaidRelease, before: readonly Visit[]): string[] {
	const history = before.slice(-HISTORY_MAX_ENTRIES).map(({ item, at }): HistoryEntry => ({ item, event: "view", at }));
	return nextNodes(release, history).nodes.map((node) => release.loaded.next?.nodes[node]?.text as string);
}

const categories = await retailRocket();
const queries = await simulated();
const result: NextSearchResult = {
	protocol: {
		listed: LISTED,
		simulatedDays: DAYS,
		simulatedSessions: DAYS * SESSIONS_PER_DAY,
		simulatedTestSessions: TEST_SESSIONS,
		simulatedTestFrom: SIMULATED_FROM + DAYS * DAY,
		retailRocketTestFrom: RETAILROCKET_TEST_FROM,
		kPair: 3,
		kQuery: 50,
		bootstrapSamples: BOOTSTRAP_SAMPLES,
		bootstrapUnit: "visitor",
	},
	tasks: { queries, ...categories },
	machine: machineOf(),
	command: `npx node bench/next-search.ts ${argumentsOfRun()}`,
	date: new Date().toISOString().slice(0, 10),
};
console.log(JSON.stringify(result, null, "\t"));
if (values.write) writeFileSync(new URL("results/next-search.json", import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);
