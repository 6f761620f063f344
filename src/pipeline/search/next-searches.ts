import type { SuggestRequest, SuggestResponse } from "../../contract/search.ts";
import { forecasts, likeliestNext } from "../../retrieve/next-nodes.ts";
import { dismissedIds } from "../../sequence/history.ts";
import type { OverlaidRelease } from "../overlaid-release.ts";
import { plainQuery } from "../read-next.ts";
import { find, maskSegments } from "./find.ts";
import { oneEach, productsOf } from "./products.ts";
import type { Segment } from "./segment.ts";
import { NO_SUGGESTIONS, suggestedItems } from "./suggest.ts";

const CATEGORIES_MAX = 3;
/** Searches that are tried beyond those asked for, since what finds nothing is not suggested. */
const SPARE_TRIES = 5;

/**
 * What a shopper is likely to search for next, where nothing has been typed yet: searches that a crowd made, and names of
 * categories behind them, likeliest first. The newest that the history holds is not among them.
 */
export function answerNext(
	release: OverlaidRelease,
	segments: readonly Segment[],
	{ history, limit }: Pick<SuggestRequest, "history" | "limit">,
): SuggestResponse {
	const { next } = release.loaded;
	if (next === null) return { ...NO_SUGGESTIONS, source: "words" };
	maskSegments(segments, {}, dismissedIds(history));
	const { nodes, spoke } = nextNodes(release, history);
	const named = nodes.map((node) => next.nodes[node] as (typeof next.nodes)[number]);
	const texts = ["query", "category"].flatMap((kind) => named.flatMap((node) => (node.kind === kind ? [plainQuery(node.text)] : [])));
	const crowds = new Set(named.flatMap(({ kind, text }) => (kind === "query" ? [plainQuery(text)] : [])));
	const products = productsOf(segments);
	const queries: SuggestResponse["queries"] = [];
	for (const query of [...new Set(texts)].slice(0, limit + SPARE_TRIES)) {
		if (queries.length === limit) break;
		const { hits, query: words } = find(segments, query, null);
		const whole = oneEach(
			hits.filter((hit) => hit.words === 2 ** words.length - 1),
			products,
		);
		if (whole.length > 0) queries.push({ query, products: whole.length, popular: crowds.has(query) });
	}
	const categories = named
		.filter(({ kind }) => kind === "category")
		.map(({ text }) => ({ category: text, products: productsIn(segments, text) }))
		.filter((each) => each.products > 0)
		.slice(0, CATEGORIES_MAX);
	const items = queries[0] === undefined ? [] : suggestedItems(find(segments, queries[0].query, null), products, limit);
	return { source: spoke ? "session" : "words", queries, categories, items };
}

/**
 * Nodes of `next.json` by how likely they come next.
 * @returns `spoke`: whether the history had a say
 */
export function nextNodes(release: OverlaidRelease, history: SuggestRequest["history"]): { nodes: number[]; spoke: boolean } {
	const { next, transitions } = release.loaded;
	if (next === null) return { nodes: [], spoke: false };
	const nodeOfRow = (row: number): number => {
		const [table, at] = release.locate(row);
		const category = release.codes.categoryName(table.category[at] as number);
		return category === null ? -1 : next.categoryNode(category);
	};
	const dismissed = dismissedIds(history);
	const [path, rows]: [number[], number[]] = [[], []];
	for (const { item, query } of history.toReversed()) {
		if (query !== undefined) path.push(next.queryNode(query));
		if (item === undefined || dismissed.has(item)) continue;
		const row = release.rowOf(item);
		if (row === -1) continue;
		rows.push(row);
		path.push(nodeOfRow(row));
	}
	const known = path.filter((node) => node !== -1);
	const parts = forecasts(next, known, rows, transitions, nodeOfRow);
	return { nodes: likeliestNext(next, parts).map(([node]) => node), spoke: known.length > 0 || parts.items.size > 0 };
}

function productsIn(segments: readonly Segment[], category: string): number {
	let products = 0;
	for (const { codes, columns, masked, index } of segments) {
		const code = codes.categoryOf(category);
		if (code === -1) continue;
		for (let row = 0; row < index.count; row++) if (columns.category[row] === code && masked[row] === 0) products++;
	}
	return products;
}
