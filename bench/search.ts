/**
 * How good search is on the judged queries of Chorus, and how fast: NDCG@10 with gain 2^rating - 1, over all results with
 * unjudged ones as 0 and over judged results only, beside SQLite's BM25 on the same products; by words, by meaning and by
 * both; with one random edit in each query; and the time of a whole answer with facets. Weights are fitted by 5-fold
 * cross-validation over queries; the row `shipped` has those of the code.
 *
 *     node bench/search.ts CHORUS_DIR [--judgments FILE] [--meaning FILE] [--json FILE]
 *
 * CHORUS_DIR holds products.jsonl.gz and judgments.csv. `--meaning` is a table as the trainer's `distil` makes it of
 * these products; `--catalogue FILE` writes them as gzipped NDJSON for it, and ends.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { randomFrom } from "../cli/demo/random.ts";
import { machineOf } from "../cli/machine.ts";
import { UNKNOWN_CONTEXT } from "../src/contract/context.ts";
import { readWords } from "../src/pipeline/read-words.ts";
import { answerSearch } from "../src/pipeline/search/answer-search.ts";
import { complete } from "../src/pipeline/search/complete.ts";
import { find, idOf, maskSegments } from "../src/pipeline/search/find.ts";
import { productsOf } from "../src/pipeline/search/products.ts";
import { buildSegment, readProduct, type Segment } from "../src/pipeline/search/segment.ts";
import { writeSegment } from "../src/pipeline/search/segment-file.ts";
import { createStopwatch } from "../src/pipeline/stopwatch.ts";
import { BM25F_WEIGHTS } from "../src/text/bm25f.ts";
import { RELEVANCE_WEIGHTS } from "../src/text/relevance.ts";
import type { WordTable } from "../src/text/text-vector.ts";
import { readJudgments, readProducts } from "./search/chorus.ts";
import { crossValidate, grid, type Weights } from "./search/fit.ts";
import { createFloor } from "./search/floor.ts";
import { ndcg, pairedBootstrap } from "./search/ndcg.ts";
import type { SearchResult } from "./search/result.ts";
import { withOneEdit } from "./search/typo.ts";

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		judgments: { type: "string" },
		meaning: { type: "string" },
		catalogue: { type: "string" },
		json: { type: "string" },
	},
});
const [folder] = positionals;
if (folder === undefined) {
	console.error("Usage: node bench/search.ts CHORUS_DIR [--judgments FILE] [--meaning FILE] [--catalogue FILE] [--json FILE]");
	process.exit(2);
}
const SEED = "chorus-1";
const BOOTSTRAP_SAMPLES = 10_000;
/** Random edits of each query. */
const EDITS = 20;
/** Times that each query is asked while the clock runs, after one round that is not counted. */
const ROUNDS = 10;
const FACETS = ["category", "brand", "product_colour", "type"];

const products = readProducts(folder);
if (values.catalogue !== undefined) {
	writeFileSync(values.catalogue, gzipSync(products.map(({ id, product }) => `${JSON.stringify({ id, ...product })}\n`).join("")));
	process.exit(0);
}
const judgments = readJudgments(values.judgments ?? join(folder, "judgments.csv"));
const queries = [...judgments.keys()];
const table = values.meaning === undefined ? null : tableIn(values.meaning);
const read = products.map(({ id, product }) => readProduct(id, product));
const shipped: Weights = { fields: BM25F_WEIGHTS, relevance: RELEVANCE_WEIGHTS };

function tableIn(file: string): WordTable {
	const loaded = readWords(new Uint8Array(readFileSync(file)), null);
	if (!loaded.ok) throw new Error(`${file} ${loaded.error}`);
	return loaded.value;
}

function segmentFor({ fields }: Weights): Segment {
	const segment = buildSegment(read, fields);
	maskSegments([segment], {}, new Set());
	return segment;
}

const ranked = (segment: Segment, text: string, words: WordTable | null, { relevance }: Weights): string[] =>
	find([segment], text, words, relevance).hits.map(idOf);

type Scores = { readonly all: Float64Array; readonly judged: Float64Array };
function scoresOf(idsFor: (query: string) => readonly string[]): Scores {
	const lists = queries.map(idsFor);
	const scored = (judgedOnly: boolean) =>
		Float64Array.from(queries, (query, n) => ndcg(lists[n] as string[], judgments.get(query) as ReadonlyMap<string, number>, judgedOnly));
	return { all: scored(false), judged: scored(true) };
}
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

const floor = createFloor(products);
const floorScores = scoresOf(floor);
function rowOf(name: SearchResult["rows"][number]["name"], scores: Scores): SearchResult["rows"][number] {
	const against = (kind: keyof Scores) => Array.from(scores[kind], (score, n) => score - (floorScores[kind][n] as number));
	const interval = (kind: keyof Scores) => pairedBootstrap(against(kind), BOOTSTRAP_SAMPLES, randomFrom(`${SEED} bootstrap`));
	const below = (kind: keyof Scores) => mean(against(kind).map((difference) => Number(difference < -1e-9)));
	const row = {
		name,
		all: mean(scores.all),
		judged: mean(scores.judged),
		difference: { all: interval("all"), judged: interval("judged") },
		below: { all: below("all"), judged: below("judged") },
	};
	console.log(
		`${name.padEnd(15)} ${row.all.toFixed(4)} ${row.judged.toFixed(4)}  below the floor ${below("all").toFixed(3)} ${below("judged").toFixed(3)}`,
	);
	return row;
}

const segment = segmentFor(shipped);
const blended = scoresOf((query) => ranked(segment, query, table, shipped));
const rows = [
	rowOf("floor", floorScores),
	rowOf(
		"words",
		scoresOf((query) => ranked(segment, query, null, shipped)),
	),
];
if (table !== null) {
	const byMeaning = (query: string) =>
		complete([segment], [], query, table, () => 0, products.length, productsOf([segment])).like.map(idOf);
	rows.push(rowOf("meaning", scoresOf(byMeaning)));
}
rows.push(rowOf("shipped", blended));

const settings = [...grid()].filter(({ relevance }) => table !== null || relevance.meaning === 0);
let built: { readonly fields: Weights["fields"]; readonly segment: Segment } | null = null;
const bySetting = settings.map((weights) => {
	if (built?.fields !== weights.fields) built = { fields: weights.fields, segment: segmentFor(weights) };
	const { segment } = built;
	return scoresOf((query) => ranked(segment, query, table, weights));
});
const bothOf = ({ all, judged }: Scores) => all.map((score, n) => (score + (judged[n] as number)) / 2);
const { chosen, best } = crossValidate(bySetting.map(bothOf), randomFrom(`${SEED} folds`));
const validated = (kind: keyof Scores) => Float64Array.from(chosen, (setting, n) => bySetting[setting]?.[kind][n] as number);
rows.push(rowOf("crossValidated", { all: validated("all"), judged: validated("judged") }));
const { fields, relevance } = settings[best] as Weights;

const random = randomFrom(`${SEED} typos`);
const edited = Array.from({ length: EDITS }, () => {
	const edits = new Map(queries.map((query) => [query, withOneEdit(query, random)]));
	return scoresOf((query) => ranked(segment, edits.get(query) as string, table, shipped));
});
const meanOver = (kind: keyof Scores) => Float64Array.from(queries, (_, n) => mean(edited.map((scores) => scores[kind][n] as number)));
const typos = rowOf("typos", { all: meanOver("all"), judged: meanOver("judged") });
rows.push(typos);

const watch = createStopwatch(() => 0);
const request = {
	history: [],
	filter: {},
	facets: FACETS,
	sort: "relevance",
	limit: 10,
	offset: 0,
	surface: "search",
	explain: false,
	variants: "fold",
} as const;
const answer = (query: string) =>
	answerSearch(
		[segment],
		{ meaning: table, release: null, weights: shipped.relevance, thesaurus: null },
		{ ...request, history: [], facets: [...FACETS], query },
		UNKNOWN_CONTEXT,
		0,
		watch,
		() => {},
	);
const times: number[] = [];
const floorTimes: number[] = [];
for (let round = 0; round <= ROUNDS; round++) {
	for (const query of queries) {
		const start = performance.now();
		answer(query);
		const between = performance.now();
		floor(query);
		if (round === 0) continue;
		times.push(between - start);
		floorTimes.push(performance.now() - between);
	}
}
const at = (sample: number[], share: number) => sample.sort((a, b) => a - b)[Math.floor(share * (sample.length - 1))] as number;
const result: SearchResult = {
	protocol: {
		metric: "NDCG@10, gain 2^rating - 1",
		queries: queries.length,
		floor: "SQLite FTS5, porter, BM25 on title, description, brand and text attributes (2, 1, 1, 1), words joined by OR",
		fit: "5 folds of queries; mean of both NDCG@10",
		typos: `one random edit a query, ${EDITS} draws`,
		bootstrap: BOOTSTRAP_SAMPLES,
		seed: SEED,
		time: `a whole answer with ${FACETS.length} facets, warm, in Node; ${ROUNDS} rounds`,
		meaning: table === null ? "none" : `${table.rowOf.size} words of ${table.dim} dimensions`,
	},
	rows,
	typoFall: {
		all: 1 - typos.all / mean(blended.all),
		judged: 1 - typos.judged / mean(blended.judged),
	},
	fitted: { title: fields.weight.title, attributes: fields.weight.attributes, ...relevance },
	milliseconds: { p50: at(times, 0.5), p95: at(times, 0.95), p99: at(times, 0.99), floorP50: at(floorTimes, 0.5) },
	index: {
		products: segment.index.count,
		terms: segment.index.vocabulary.size,
		postings: segment.index.rows.length,
		bytes: writeSegment(segment, 0).byteLength,
	},
	machine: machineOf(),
	command: `node bench/search.ts CHORUS_DIR${values.meaning === undefined ? "" : " --meaning FILE"} --json bench/results/search.json`,
	date: new Date().toISOString().slice(0, 10),
};
console.log(
	JSON.stringify({ typoFall: result.typoFall, fitted: result.fitted, milliseconds: result.milliseconds, index: result.index }, null, 1),
);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, "\t")}\n`);
