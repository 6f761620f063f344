/**
 * The README's tables of numbers, made from `bench/results/*.json` as `row.ts`, `encode.ts`, `search.ts` and `serve.ts` write them. A row that was
 * not measured is not listed.
 *
 *     npx node bench/readme-numbers.ts     writes them between the marks in README.md
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basketsTable } from "./baskets/readme-table.ts";
import type { BasketsResult } from "./baskets/result.ts";
import { type ColdResult, coldLine } from "./cold/readme-lines.ts";
import { type DiversityResult, diversityTable } from "./diversity/readme-table.ts";
import { type MillionResult, millionTable } from "./million/readme-table.ts";
import { nextSearchTable } from "./next-search/readme-table.ts";
import type { NextSearchResult } from "./next-search/result.ts";
import { type OffPolicyResult, offPolicyTable } from "./off-policy/readme-table.ts";
import { searchTable } from "./search/readme-table.ts";
import type { SearchResult } from "./search/result.ts";
import { servingTable } from "./serve/readme-table.ts";
import type { ServeResult } from "./serve/result.ts";

const README = new URL("../README.md", import.meta.url);
const BEGIN = "<!-- numbers: made by bench/readme-numbers.ts -->";
const END = "<!-- end of numbers -->";

/** Sets by the name of their result, and the best published figures for the same protocol (ids only). */
const SETS = [
	{ name: "beauty-ids", title: "Beauty, ids only", published: "0.0611 / 0.0635" },
	{ name: "beauty", title: "Beauty, ids + titles + attributes", published: "" },
	{ name: "sports", title: "Sports, ids + attributes", published: "0.0360 / 0.0371" },
] as const;

type Scores = Readonly<Record<string, number>>;
type Table = Readonly<Record<string, Scores>>;
type Interval = { readonly mean: number; readonly lower95: number; readonly upper95: number };
type Part = { readonly name: string; readonly ndcgWithout: number; readonly difference: Interval };
type Row = {
	readonly served: { readonly tune: Scores; readonly refit?: Scores };
	readonly trained: { readonly tune: Table; readonly refit: Table };
	readonly ablation: readonly Part[];
	readonly similarity?: Table;
	readonly minutes: number;
	readonly commands: readonly string[];
	readonly machine: string;
	readonly date: string;
};

const pathOf = (name: string) => new URL(`results/${name}.json`, import.meta.url);
const result = <T>(name: string): T | null => (existsSync(pathOf(name)) ? (JSON.parse(readFileSync(pathOf(name), "utf8")) as T) : null);
const four = (value: number | undefined) => (value === undefined ? "" : value.toFixed(4));
const percent = (value: number | undefined, digits = 2) => (value === undefined ? "" : `${(value * 100).toFixed(digits)}%`);
const signed = (value: number) => `${value < 0 ? "" : "+"}${percent(value, 1)}`;
const line = (...cells: readonly string[]) => `| ${cells.join(" | ")} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
	rows.length === 0 ? [] : [line(...head), `|${"---|".repeat(head.length)}`, ...rows.map((row) => line(...row)), ""];

const NAMES: Readonly<Record<string, string>> = {
	fused: "**fused**",
	encoder: "encoder alone",
	transitions: "transitions alone",
	popular: "popularity",
	fusedFloat32: "fused, float32",
	encoderFloat32: "encoder alone, float32",
	markov: "Markov chain",
	seqRulesNewest: "sequential rules, newest item",
	seqRules: "sequential rules (SeqRules)",
	pctm: "counts with distance, direction, recency (PCTM)",
	transitionsTfidf: "transitions with TF-IDF titles",
	plainSasrec: "SASRec, plain",
};

/** A figure of the refit through HTTP; where that was not measured the same files in NumPy, and it says so. */
const refitted = ({ served, trained }: Pick<Row, "served" | "trained">, figure: string) =>
	served.refit === undefined ? `${four(trained.refit.fused?.[figure])} in NumPy` : `**${four(served.refit[figure])}**`;

/** Through HTTP, tune and refit, beside what is published. */
function servedTable(rows: readonly { title: string; published: string; row: Row }[]): string[] {
	return table(
		["Through HTTP, int8", "NDCG@10 tune / refit", "Recall@10", "encoder alone, tune", "coverage@10", "published, ids only"],
		rows.map(({ title, published, row: { served, trained } }) => [
			title,
			`**${four(served.tune["ndcg@10"])}** / ${refitted({ served, trained }, "ndcg@10")}`,
			`${four(served.tune["recall@10"])} / ${refitted({ served, trained }, "recall@10")}`,
			four(served.tune["encoder.ndcg@10"]),
			percent(served.tune["coverage@10"], 1),
			published,
		]),
	);
}

/** Every system of one set in NumPy on the same int8 files, which answers as the edge does. */
function systemsTable(title: string, { trained }: Row): string[] {
	const names = Object.keys(NAMES).filter((name) => trained.tune[name] !== undefined);
	return [
		`${title}, every system on the same targets:`,
		"",
		...table(
			["", "NDCG@10 tune / refit", "Recall@10 tune", "coverage@10", "Gini@10"],
			names.map((name) => {
				const [tune, refit] = [trained.tune[name] as Scores, trained.refit[name]];
				const both = `${four(tune["ndcg@10"])}${refit === undefined ? "" : ` / ${four(refit["ndcg@10"])}`}`;
				return [NAMES[name] as string, both, four(tune["recall@10"]), percent(tune["coverage@10"], 1), four(tune["gini@10"])];
			}),
		),
	];
}

function ablationTable(rows: readonly { title: string; row: Row }[]): string[] {
	return [
		"What each part adds to the fusion: NDCG@10 against weights fitted without it, with the paired 95% interval:",
		"",
		...table(
			["Part", ...rows.map(({ title }) => title)],
			(rows[0]?.row.ablation ?? []).map(({ name }) => [
				name,
				...rows.map(({ row }) => {
					const found = row.ablation.find((part) => part.name === name);
					if (found === undefined) return "";
					const { mean, lower95, upper95 } = found.difference;
					return `${signed(mean)} (${signed(lower95)} to ${signed(upper95)})`;
				}),
			]),
		),
	];
}

function sessionsTable(row: Row | null): string[] {
	if (row === null) return [];
	const cells = (scores: Scores | undefined) => [percent(scores?.["recall@20"]), percent(scores?.["mrr@20"])];
	return [
		"Yoochoose 1/64 (sessions; seen items stay), trained on all training sessions:",
		"",
		...table(
			["", "P@20", "MRR@20"],
			[
				["**fused, through HTTP**", ...cells(row.served.refit ?? row.trained.refit.fused)],
				...["encoder", "seqRulesNewest", "pctm", "markov"].map((name) => [NAMES[name] as string, ...cells(row.trained.refit[name])]),
				["best published", "71.45%", "31.29%"],
			],
		),
	];
}

/** Recall@50 of products that training never saw, among all products. */
function unseenTable(row: Row | null): string[] {
	if (row === null) return [];
	const { served, similarity } = row;
	const best = (name: string, title: string) => {
		const scores = similarity?.[name];
		return scores === undefined ? [] : [[title, percent(scores["recall@50"])]];
	};
	return [
		"A tenth of Beauty's products held out of every history; shoppers whose next product is one of them, all products to choose from:",
		"",
		...table(
			["", "Recall@50"],
			[
				["**fused, through HTTP**, tune / refit", `**${percent(served.tune["recall@50"])}** / **${percent(served.refit?.["recall@50"])}**`],
				...best("tfidf", "TF-IDF, the best of four decays of the history"),
				...best("text", "MiniLM, the best of four decays of the history"),
			],
		),
	];
}

type Precision = {
	readonly rows: readonly (Scores & { readonly encoder: string; readonly items: string; readonly shipped: boolean })[];
	readonly machine: string;
	readonly date: string;
};

/** What each way of storing the encoder costs. */
function precisionTable(measured: Precision | null): string[] {
	if (measured === null) return [];
	return [
		`Storing the encoder and the item vectors of Beauty's *tune*; milliseconds of one warm encode in workerd (${measured.machine}; ${measured.date}):`,
		"",
		...table(
			["Encoder", "Items", "Encoder, KB", "Items, KB", "ms, 8 entries", "ms, 50 entries", "NDCG@10 fused", "encoder alone"],
			measured.rows.map((row) => [
				row.shipped ? `**${row.encoder}**` : row.encoder,
				row.items,
				...["encoderBytes", "itemBytes"].map((name) => ((row[name] ?? 0) / 1000).toFixed(0)),
				...["ms.8", "ms.50"].map((name) => row[name]?.toFixed(2) ?? ""),
				four(row["fused.ndcg@10"]),
				four(row["encoder.ndcg@10"]),
			]),
		),
	];
}

/** The same row with other seeds, through HTTP. */
function seedsTable(name: string, title: string): string[] {
	const seeds = readdirSync(new URL("results/", import.meta.url))
		.map((file) => /^(.+)\.seed-(\d+)\.json$/.exec(file))
		.filter((match) => match?.[1] === name)
		.map((match) => Number(match?.[2]))
		.sort((a, b) => a - b);
	if (seeds.length === 0) return [];
	const rows = seeds.map((seed) => ({ seed, row: result<Row>(`${name}.seed-${seed}`) as Row }));
	const spread = (figures: readonly number[]) => {
		const mean = figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
		const deviation = Math.sqrt(figures.reduce((sum, figure) => sum + (figure - mean) ** 2, 0) / Math.max(1, figures.length - 1));
		return `${four(mean)} ± ${four(deviation)}`;
	};
	const cells = ({ served }: Row) => [served.tune["ndcg@10"] ?? 0, served.refit?.["ndcg@10"] ?? 0, served.tune["encoder.ndcg@10"] ?? 0];
	const columns = rows.map(({ row }) => cells(row));
	return [
		`${title} by seed:`,
		"",
		...table(
			["Seed", "NDCG@10 tune", "refit", "encoder alone, tune"],
			[
				...rows.map(({ seed, row }) => [String(seed), ...cells(row).map(four)]),
				["mean ± standard deviation", ...[0, 1, 2].map((k) => spread(columns.map((column) => column[k] ?? 0)))],
			],
		),
	];
}

/** @returns markdown, from one mark to the other */
export function numbers(): string {
	const rows = SETS.flatMap(({ name, ...set }) => {
		const row = result<Row>(name);
		return row === null ? [] : [{ name, ...set, row }];
	});
	const sessions = result<Row>("yoochoose");
	const unseen = result<Row>("beauty-unseen");
	const measured = [...rows.map(({ row }) => row), ...[sessions, unseen].flatMap((row) => (row === null ? [] : [row]))];
	const times = rows.map(({ title, row }) => `${title} ${row.minutes.toFixed(1)}`).join(", ");
	return [
		BEGIN,
		"",
		"Leave-one-out, full catalogue, seen items filtered, `k_pair` = 3. *tune*: trained on all but the last two items of each shopper;",
		"*refit*: then on all but the last, with settings frozen.",
		"",
		...servedTable(rows),
		...rows.flatMap(({ name, title, row }) => (name === "sports" ? [] : systemsTable(title, row))),
		...ablationTable(rows),
		...sessionsTable(sessions),
		...unseenTable(unseen),
		...precisionTable(result<Precision>("precision")),
		...rows.flatMap(({ name, title }) => seedsTable(name, title)),
		`- Training, tune and refit with all measurements, minutes: ${times}. ${measured[0]?.machine ?? ""}; ${measured[0]?.date ?? ""}.`,
		...measured.map(({ commands }) => `- \`${commands.at(-1)}\``),
		"",
		...searchTable(result<SearchResult>("search")),
		...diversityTable(result<DiversityResult>("diversity")),
		...offPolicyTable(result<OffPolicyResult>("off-policy")),
		...nextSearchTable(result<NextSearchResult>("next-search")),
		...basketsTable(result<BasketsResult>("baskets")),
		...servingTable(result<ServeResult>("serve")),
		...millionTable(result<MillionResult>("million")),
		...coldLine(result<ColdResult>("cold")),
		...soakLine(result<Soak>("soak")),
		...reasonsLine(result<Reasons>("reasons")),
		"",
		END,
	].join("\n");
}

type Soak = { readonly requests: number; readonly swaps: number; readonly growth: number; readonly command: string };
type Reasons = { readonly faithful: number; readonly equal: number; readonly cases: number; readonly command: string };

const soakLine = (soak: Soak | null): string[] =>
	soak === null
		? []
		: [
				`- Memory after ${soak.requests.toLocaleString("en-US")} requests and ${soak.swaps} swaps of the release, against that after 1,000 and one: ${(100 * soak.growth).toFixed(1)}% more: \`${soak.command}\``,
			];

const reasonsLine = (reasons: Reasons | null): string[] =>
	reasons === null
		? []
		: [
				`- Reasons on Beauty: in ${(100 * reasons.faithful).toFixed(1)}% of ${reasons.cases.toLocaleString("en-US")} cases a product falls further without the item that its reason names than without another of the history, in ${(100 * reasons.equal).toFixed(1)}% as far: \`${reasons.command}\``,
			];

/** The README with its numbers renewed. */
export function withNumbers(readme: string): string {
	const begin = readme.indexOf(BEGIN);
	const end = readme.indexOf(END);
	if (begin === -1 || end < begin) throw new Error("README.md lacks the marks of its numbers");
	return readme.slice(0, begin) + numbers() + readme.slice(end + END.length);
}

if (import.meta.main) writeFileSync(README, withNumbers(readFileSync(README, "utf8")));
