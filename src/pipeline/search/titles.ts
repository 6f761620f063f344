import type { Product } from "../../contract/product.ts";
import { primaryOf } from "../../privacy/spoken-language.ts";
import type { Segment } from "./segment.ts";

/** A title and the tag of its language; null: the shop's own. */
export type TaggedTitle = { readonly tag: string | null; readonly title: string };

/** One line a title: the shop's own, then each further one behind its tag. */
export const titleLines = ({ title, titles }: Pick<Product, "title" | "titles">): string =>
	[plain(title), ...Object.entries(titles ?? {}).map(([tag, text]) => `${tag}\t${plain(text)}`)].join("\n");

const plain = (text: string): string => text.replaceAll(/[\n\t]/g, " ");

export function titlesOf({ titles }: Pick<Segment, "titles">, row: number): TaggedTitle[] {
	return (titles[row] as string).split("\n").map((line) => {
		const at = line.indexOf("\t");
		return at === -1 ? { tag: null, title: line } : { tag: line.slice(0, at), title: line.slice(at + 1) };
	});
}

/**
 * A product's title in a language, else the shop's own.
 * @param segments the newer last
 * @returns null where no segment has the product, or it was deleted
 */
export function titleIn(segments: readonly Segment[], id: string, language: string): string | null {
	for (const segment of segments.toReversed()) {
		const row = segment.rowOf(id);
		if (row === -1 || segment.columns.hidden[row] === 1) continue;
		const titles = titlesOf(segment, row);
		return (titles.find(({ tag }) => tag !== null && primaryOf(tag) === language) ?? titles[0])?.title ?? null;
	}
	return null;
}
