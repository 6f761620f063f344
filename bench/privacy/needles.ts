import { createHash } from "node:crypto";

/** A value that is looked for, and every form in which it would still name its owner. */
export type Needle = { readonly name: string; readonly forms: readonly { readonly form: string; readonly bytes: Buffer }[] };

const HASHES = ["md5", "sha1", "sha256"] as const;

/** Plain, in UTF-16, percent-encoded, in base64 at each of its three alignments; and MD5, SHA-1 and SHA-256 of it. */
export function needleOf(name: string, value: string): Needle {
	const forms: { form: string; bytes: Buffer }[] = [];
	for (const text of new Set([value, value.toLowerCase(), value.toUpperCase()])) {
		const add = (form: string, bytes: Buffer | string) => forms.push({ form, bytes: Buffer.from(bytes as string) });
		add("plain", text);
		add("utf-16", Buffer.from(text, "utf16le"));
		add("percent-encoded", encodeURIComponent(text));
		for (const [form, encoded] of base64Forms(text)) add(form, encoded);
		for (const hash of HASHES) {
			const digest = createHash(hash).update(text).digest();
			add(`${hash}, raw`, digest);
			add(`${hash}, hex`, digest.toString("hex"));
			add(`${hash}, hex`, digest.toString("hex").toUpperCase());
			for (const encoding of ["base64", "base64url"] as const) add(`${hash}, ${encoding}`, digest.toString(encoding).replaceAll("=", ""));
		}
	}
	return { name, forms };
}

/** What the inner characters come to, wherever among other bytes the value begins. */
function* base64Forms(text: string): Generator<[form: string, encoded: string]> {
	const bytes = Buffer.from(text);
	for (const before of [0, 1, 2]) {
		const padded = Buffer.concat([Buffer.alloc(before), bytes]);
		for (const encoding of ["base64", "base64url"] as const) {
			const encoded = padded.toString(encoding).replaceAll("=", "");
			// Characters that share bits with a neighbour are not the value's own.
			const first = Math.ceil((before * 8) / 6);
			const last = Math.floor((padded.length * 8) / 6);
			yield [`${encoding} at ${before}`, encoded.slice(first, last)];
		}
	}
}

/** Runs that may be base64, long enough to hide a value. */
const BASE64 = /[A-Za-z0-9+/_-]{16,}/g;

/** The bytes themselves, what their base64 runs hold, and what they say percent-decoded. */
export function* layersOf(bytes: Buffer): Generator<Buffer> {
	yield bytes;
	const text = bytes.toString("latin1");
	const decoded: Buffer[] = [];
	for (const [run] of text.matchAll(BASE64))
		for (const skip of [0, 1, 2, 3]) decoded.push(Buffer.from(run.slice(skip), "base64"), Buffer.from("\n"));
	yield Buffer.concat(decoded);
	if (text.includes("%"))
		yield Buffer.from(
			text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
			"latin1",
		);
}

export type Finding = { readonly needle: string; readonly form: string; readonly where: string };

/** Every needle that lies in the bytes, in any form, once a form. */
export function findingsIn(where: string, bytes: Buffer, needles: readonly Needle[]): Finding[] {
	const found = new Map<string, Finding>();
	for (const layer of layersOf(bytes)) {
		for (const { name, forms } of needles)
			for (const { form, bytes: wanted } of forms) if (layer.includes(wanted)) found.set(`${name} ${form}`, { needle: name, form, where });
	}
	return [...found.values()];
}
