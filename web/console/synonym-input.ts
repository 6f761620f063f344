import type { Synonym } from "../../src/contract/synonym.ts";

const ARROW = "=>";

/** A line an entry: "sofa, couch" means either way, "trainers => running shoes" one way. Empty lines are passed over. */
export function synonymsOf(text: string): Synonym[] {
	return text.split("\n").flatMap((line): Synonym[] => {
		if (line.trim() === "") return [];
		const [from = "", ...to] = line.split(ARROW);
		if (to.length === 0) return [{ kind: "group", phrases: phrasesOf(line) }];
		return [{ kind: "one-way", from: from.trim(), to: phrasesOf(to.join(ARROW)) }];
	});
}

const phrasesOf = (text: string): string[] => text.split(",").map((phrase) => phrase.trim());

/** @returns null where a phrase holds a comma, a line's end or an arrow, so that lines cannot tell the list */
export function linesOf(synonyms: readonly Synonym[]): string | null {
	const text = synonyms
		.map((entry) => (entry.kind === "group" ? entry.phrases.join(", ") : `${entry.from} ${ARROW} ${entry.to.join(", ")}`))
		.join("\n");
	return JSON.stringify(synonymsOf(text)) === JSON.stringify(synonyms.map(inOrder)) ? text : null;
}

/** With its fields in the order in which `synonymsOf` has them. */
const inOrder = (entry: Synonym): Synonym =>
	entry.kind === "group" ? { kind: "group", phrases: entry.phrases } : { kind: "one-way", from: entry.from, to: entry.to };
