import type { HistoryEntry, RecommendationRequest } from "../contract/recommendation.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";
import { reachOf } from "./paged-links.ts";
import { variantsOf } from "./prepare-mask.ts";
import { orNullWithin } from "./within.ts";

/** Longest wait for links that lie in the store, milliseconds: without them the encoder still answers. */
const WAIT_MS = 100;

/** What a request may ask the links of. */
export type AboutLinks = { readonly history: readonly HistoryEntry[]; readonly items: readonly (string | null)[] };

export const aboutItem = ({ history, item }: Pick<RecommendationRequest, "history" | "item">): AboutLinks => ({ history, items: [item] });

/**
 * Sees to it that the links that a request will read are at hand, where they lie in the store.
 * @returns the release; null when it was let go meanwhile, and may no longer be read
 */
export async function withLinksAtHand(release: OverlaidRelease | null, { history, items }: AboutLinks): Promise<OverlaidRelease | null> {
	if (release === null || release.loaded.pagedLinks === null) return release;
	const { pagedLinks, fusion } = release.loaded;
	const rowsOf = (ids: readonly (string | null | undefined)[]): number[] =>
		ids.map((id) => (id == null ? -1 : release.rowOf(id))).filter((row) => row !== -1);
	const past = rowsOf(history.map(({ item }) => item)).slice(-reachOf(fusion));
	const asked = rowsOf(items);
	const siblings = asked.length > 0 && release.hasVariants ? variantsOf(release, asked) : [];
	await orNullWithin(WAIT_MS, pagedLinks.fetch(new Set([...past, ...asked, ...siblings])));
	return release.isRetired ? null : release;
}
