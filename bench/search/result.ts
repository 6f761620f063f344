import type { Interval } from "./ndcg.ts";

/** NDCG@10 over all results, unjudged ones as 0, and over judged results only. */
export type Quality = { readonly all: number; readonly judged: number };

export type SystemRow = Quality & {
	readonly name: "floor" | "words" | "meaning" | "shipped" | "crossValidated" | "typos";
	/** Paired difference to the floor. */
	readonly difference: { readonly all: Interval; readonly judged: Interval };
	/** Share of the queries that come out below the floor's. */
	readonly below: Quality;
};

export type SearchResult = {
	readonly protocol: Readonly<Record<string, string | number>>;
	readonly rows: readonly SystemRow[];
	/** Share of NDCG@10 that one random edit in each query costs. */
	readonly typoFall: Quality;
	/** Setting that is best on all queries, and how often it was chosen by the folds. */
	readonly fitted: { readonly title: number; readonly attributes: number; readonly coordination: number; readonly meaning: number };
	/** Milliseconds of one whole answer with facets, and of the SQLite query for ten ids in the same process. */
	readonly milliseconds: Readonly<Record<"p50" | "p95" | "p99" | "floorP50", number>>;
	readonly index: { readonly products: number; readonly terms: number; readonly postings: number; readonly bytes: number };
	readonly machine: string;
	readonly command: string;
	readonly date: string;
};
