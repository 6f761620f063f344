import type { HistoryEntry, Reason, RecommendationRequest } from "../contract/recommendation.ts";
import { spokenLanguageOf } from "../privacy/spoken-language.ts";
import { sentenceOf } from "../rank/sentences.ts";
import type { Segment } from "./search/segment.ts";
import { titleIn } from "./search/titles.ts";

/** Of a request, what its reasons speak of. */
export type Asked = Pick<RecommendationRequest, "explain" | "language" | "history"> & { readonly item?: string | null };

/**
 * Writes each item's reason as a sentence too.
 * @param segments of the search index, from which titles are; none: sentences name no product
 * @returns the items themselves where nothing was to be explained
 */
export function tellReasons<T extends { readonly reason?: Reason | undefined }>(
	items: readonly T[],
	{ explain, language, history, item = null }: Asked,
	segments: readonly Segment[],
): T[] {
	if (!explain) return [...items];
	const spoken = spokenLanguageOf(language, null);
	return items.map((each) => {
		const { reason } = each;
		if (reason === undefined) return each;
		const about = "item" in reason ? reason.item : null;
		const title = about === null ? null : titleIn(segments, about, spoken);
		return { ...each, reason: { ...reason, sentence: sentenceOf(reason, spoken, { title, event: eventOf(about, item, history) }) } };
	});
}

/** What was last done with a product; null where it is the page's own. */
function eventOf(id: string | null, page: string | null, history: readonly HistoryEntry[]): HistoryEntry["event"] | null {
	if (id === null || id === page) return null;
	return history.findLast((entry) => entry.item === id)?.event ?? null;
}
