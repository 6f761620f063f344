import type { DataKeyName } from "../contract/event.ts";
import type { LineVault } from "../feedback/ports.ts";
import { type LogKeys, seal, unseal } from "./sealed.ts";
import { type DataKey, importDataKey, newDataKey, openLine, sealLine } from "./sealed-line.ts";
import { within } from "./within.ts";

/** Data keys lie at `keys/<DataKeyName>`, each encrypted like an object of the log. R2 keeps no versions: what is deleted is gone. */
export const DATA_KEYS_PREFIX = "keys/";
/** Longest wait for R2 to give or take a key, milliseconds: a page waits for it. */
const KEY_TIMEOUT_MS = 8000;
/** Keys that are read side by side. */
const READS_AT_ONCE = 32;
/** Keys one delete call of R2 takes. */
const DELETE_KEYS = 1000;

/**
 * Lines under keys that can be destroyed. No key is held from one call to the next: what one isolate destroys no other can
 * still open.
 */
export function createLineVault(bucket: R2Bucket, keys: LogKeys): LineVault {
	/** null: destroyed, or never made. @throws Error naming the object when it cannot be opened */
	async function find(name: DataKeyName): Promise<DataKey | null> {
		const object = await within(KEY_TIMEOUT_MS, bucket.get(DATA_KEYS_PREFIX + name));
		if (object === null) return null;
		const opened = await unseal(keys, object.key, new Uint8Array(await object.arrayBuffer()));
		const [text] = opened.ok ? opened.value : [];
		if (typeof text !== "string") throw new Error(`${object.key} ${opened.ok ? "holds no key" : opened.error}`);
		return importDataKey(text);
	}

	async function findOrMake(name: DataKeyName): Promise<DataKey> {
		const held = await find(name);
		if (held !== null) return held;
		const made = newDataKey();
		const object = DATA_KEYS_PREFIX + name;
		const options = { customMetadata: { keyId: keys.current }, onlyIf: { etagDoesNotMatch: "*" } };
		const put = await within(KEY_TIMEOUT_MS, bucket.put(object, await seal(keys, object, [made]), options));
		if (put !== null) return importDataKey(made);
		// Another request made one in between.
		const theirs = await find(name);
		if (theirs === null) throw new Error("a key was made and destroyed meanwhile");
		return theirs;
	}

	async function findAll(names: readonly DataKeyName[]): Promise<Map<DataKeyName, DataKey | null>> {
		const found = new Map<DataKeyName, DataKey | null>();
		for (let start = 0; start < names.length; start += READS_AT_ONCE) {
			const part = names.slice(start, start + READS_AT_ONCE);
			for (const [name, key] of await Promise.all(part.map(async (name) => [name, await find(name)] as const))) found.set(name, key);
		}
		return found;
	}

	return {
		async seal(lines, name) {
			const key = await findOrMake(name);
			return Promise.all(lines.map((line) => sealLine(line, key, name)));
		},
		async open(lines) {
			const sealed = lines.filter((line) => line.v === 2);
			const found = await findAll([...new Set(sealed.map(({ dataKey }) => dataKey))]);
			return Promise.all(
				lines.map((line) => {
					if (line.v === 1) return line;
					const key = found.get(line.dataKey) ?? null;
					return key === null ? null : openLine(line, key);
				}),
			);
		},
		async destroy(names) {
			const objects = names.map((name) => DATA_KEYS_PREFIX + name);
			for (let start = 0; start < objects.length; start += DELETE_KEYS) await bucket.delete(objects.slice(start, start + DELETE_KEYS));
		},
	};
}
