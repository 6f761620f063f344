import * as v from "valibot";
import { CROWD_MIN_VISITORS } from "../contract/crowd.ts";
import { type Manifest, NextSearches } from "../contract/release.ts";
import { fail, ok, type Result } from "../contract/result.ts";

/** `next.json` with its nodes by what they are called. */
export type NextFile = NextSearches & {
	/** @returns -1: no such node */
	readonly categoryNode: (category: string) => number;
	/** The node of a search; where it names a category and no search of its own, that one. -1: neither */
	readonly queryNode: (query: string) => number;
};

/** As the trainer compares queries: lower case, words one space apart. */
export const plainQuery = (text: string): string => text.toLowerCase().trim().split(/\s+/u).join(" ");

/** @returns why the file is refused, in words that follow its name */
export function readNext(file: Uint8Array, manifest: Manifest): Result<NextFile, string> {
	let value: unknown;
	try {
		value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(file));
	} catch {
		return fail("is not JSON in UTF-8");
	}
	const parsed = v.safeParse(NextSearches, value);
	if (!parsed.success) return fail(`is not valid at ${v.getDotPath(parsed.issues[0]) ?? "its root"}`);
	const next = parsed.output;
	const { nodes, popularity, links, kPair, kQuery } = next;
	if (popularity.length !== nodes.length || links.length !== nodes.length) return fail("does not tell of each node");
	if (links.some((row) => row.some(([to]) => to >= nodes.length))) return fail("links to a node that is not there");
	if (kPair < manifest.kPair) return fail(`has pairs of ${kPair} visitors; the manifest says ${manifest.kPair}`);
	if (kQuery < CROWD_MIN_VISITORS) return fail(`has searches of ${kQuery} visitors; ${CROWD_MIN_VISITORS} are a crowd`);
	const numbered = (kind: "category" | "query", nameOf: (text: string) => string) =>
		new Map(nodes.flatMap((node, place) => (node.kind === kind ? [[nameOf(node.text), place] as const] : [])));
	const categories = numbered("category", (text) => text);
	const byName = numbered("category", plainQuery);
	const queries = numbered("query", plainQuery);
	return ok({
		...next,
		categoryNode: (category) => categories.get(category) ?? -1,
		queryNode(query) {
			const plain = plainQuery(query);
			return queries.get(plain) ?? byName.get(plain) ?? -1;
		},
	});
}
