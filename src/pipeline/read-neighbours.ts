import type { Manifest } from "../contract/release.ts";
import type { Result } from "../contract/result.ts";
import { type Links, linksOver } from "../retrieve/neighbours.ts";
import { orRefuse, readContainer, refuse, refusing } from "./esb1.ts";

/** @returns why the file is refused, in words that follow its name */
export function readNeighbours(file: Uint8Array, manifest: Manifest): Result<Links, string> {
	return refusing(() => {
		const { count } = manifest.items;
		const container = orRefuse(readContainer(file, "neighbours"));
		if (container.meta.items !== count) refuse(`is for ${container.meta.items} items; the manifest says ${count}`);
		// Counted tables say from how many visitors each pair is; content is nobody's.
		const { kPair } = container.meta;
		if (typeof kPair === "number" && kPair < manifest.kPair) refuse(`has pairs of ${kPair} visitors; the manifest says ${manifest.kPair}`);
		const offsets = orRefuse(container.section("offsets", "u32", [count + 1]));
		const targets = orRefuse(container.section("targets", "u32", [null]));
		const weights = orRefuse(container.section("weights", "u8", [targets.length]));
		const scales = orRefuse(container.section("scales", "f32", [count]));
		if (offsets[0] !== 0 || offsets[count] !== targets.length) refuse("has offsets that do not span its targets");
		for (let row = 0; row < count; row++) if ((offsets[row] as number) > (offsets[row + 1] as number)) refuse("has offsets out of order");
		for (const target of targets) if (target >= count) refuse(`links to row ${target} of ${count}`);
		for (const scale of scales) if (!(scale >= 0 && scale < Number.POSITIVE_INFINITY)) refuse("has a scale that is no weight");
		return linksOver({ offsets, targets, weights, scales });
	});
}
