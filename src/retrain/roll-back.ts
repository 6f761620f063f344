import type { Failure } from "../contract/errors.ts";
import type { ActivePointer } from "../contract/release.ts";
import { fail, ok, type Result } from "../contract/result.ts";
import { rolledBack } from "./pointer-moves.ts";
import { readPopular } from "./popular-lists.ts";
import type { ReleasePorts } from "./ports.ts";

/**
 * Ends the canary, or returns to the release before. It reads no more than the lists, since it must also work when
 * something is broken; isolates check the files as they load and keep what they have when one is unsound.
 */
export async function rollBack(
	ports: Pick<ReleasePorts, "rows" | "files" | "pointer">,
	token: string,
	now: number,
): Promise<Result<ActivePointer, Failure>> {
	const { rows, pointer } = ports;
	const from = await pointer.read();
	const to = rolledBack(from, now);
	if (to === null) return fail({ kind: "conflict", message: "There is no canary and no release before." });
	const returned = from.active === to.active || to.active === null ? null : await rows.get(to.active);
	const popular = returned === null ? null : await readPopular(ports, returned);
	// The release that stops serving to all or to its share is the one that the history names.
	const left = from.canary ?? from.active ?? "";
	const share = from.canary === null ? 1 : from.canaryShare;
	const entry = { release: left, action: "rollback", by: "operator", token, share, run: null, note: null, at: now } as const;
	if (await pointer.move(from, to, entry, popular)) return ok(to);
	return fail({ kind: "conflict", message: "Another activation or rollback came between; look at the pointer and ask again." });
}
