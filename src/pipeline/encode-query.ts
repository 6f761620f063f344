import type { CoarseContext } from "../contract/context.ts";
import { type QuantisedQuery, quantise } from "../retrieve/rows.ts";
import { encodeHistory } from "../sequence/encode.ts";
import type { KnownHistory } from "../sequence/history.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";

/**
 * A history as a point in item space.
 * @param history with at least one known entry
 * @throws when there is no encoder, or it fails
 */
export function encodeQuery(release: OverlaidRelease, { entries }: KnownHistory, context: CoarseContext): QuantisedQuery {
	const { encoder, manifest, items } = release.loaded;
	if (encoder === null) throw new Error("The release has no encoder");
	const output = encoder.encode(encodeHistory(entries, manifest.encoder.length, items.dim, context, release.writeVector));
	if (output.length !== items.dim || !output.every(Number.isFinite)) throw new Error("The encoder gave no vector");
	return quantise(output);
}
