import * as v from "valibot";
import { type DataKeyName, LogLine, type SealedLine } from "../contract/event.ts";

const IV_BYTES = 12;
const DATA_KEY_BYTES = 32;
const encoder = new TextEncoder();

/** Named by neither runtime alone: the Worker and commands in Node both open lines. */
export type DataKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** 32 random bytes, base64. */
export const newDataKey = (): string => textOf(crypto.getRandomValues(new Uint8Array(DATA_KEY_BYTES)));

/** @param text as `newDataKey` makes it */
export const importDataKey = (text: string): Promise<DataKey> =>
	crypto.subtle.importKey("raw", bytesOf(text), "AES-GCM", false, ["encrypt", "decrypt"]);

/** What is authenticated beside a line: that it stands under this name, with this id and time. */
const labelOf = (dataKey: DataKeyName, { id, receivedAt }: Pick<LogLine, "id" | "receivedAt">) =>
	encoder.encode(`${dataKey}\0${id}\0${receivedAt}`);

/** @see NIST SP 800-38D, 8.2.2: random IVs hold for 2^32 lines a key; a key has those of one pseudonym's day */
export async function sealLine(line: LogLine, key: DataKey, dataKey: DataKeyName): Promise<SealedLine> {
	const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
	const parameters = { name: "AES-GCM", iv, additionalData: labelOf(dataKey, line) };
	const content = new Uint8Array(await crypto.subtle.encrypt(parameters, key, encoder.encode(JSON.stringify(line))));
	const whole = new Uint8Array(IV_BYTES + content.length);
	whole.set(iv);
	whole.set(content, IV_BYTES);
	return { v: 2, id: line.id, receivedAt: line.receivedAt, dataKey, sealed: textOf(whole) };
}

/** @returns null where the key does not fit: one of that name which was made after the line's own was destroyed */
export async function openLine(line: SealedLine, key: DataKey): Promise<LogLine | null> {
	const whole = bytesOf(line.sealed);
	const parameters = { name: "AES-GCM", iv: whole.subarray(0, IV_BYTES), additionalData: labelOf(line.dataKey, line) };
	try {
		const plain = await crypto.subtle.decrypt(parameters, key, whole.subarray(IV_BYTES));
		return v.parse(LogLine, JSON.parse(new TextDecoder().decode(plain)));
	} catch {
		return null;
	}
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
/** A line is some hundred bytes: few enough for one call. */
const textOf = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
