import * as v from "valibot";
import { StoredLine } from "../contract/event.ts";
import { ok, type Result } from "../contract/result.ts";
import { type LogKeys, unseal } from "./sealed.ts";

/**
 * Opens one object of the log.
 * @param name the object's R2 key
 * @returns its lines, null in the place of what is none; or why it cannot be read, in words that follow the object's name
 */
export async function readLogObject(
	keys: LogKeys,
	name: string,
	sealed: Uint8Array<ArrayBuffer>,
): Promise<Result<readonly (StoredLine | null)[], string>> {
	const opened = await unseal(keys, name, sealed);
	if (!opened.ok) return opened;
	return ok(
		opened.value.map((value) => {
			const parsed = v.safeParse(StoredLine, value, { abortEarly: true });
			return parsed.success ? parsed.output : null;
		}),
	);
}
