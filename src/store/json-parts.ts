/** Bytes of one bound JSON text at most. D1 takes 2 MB a value; this leaves room. */
export const BOUND_MAX_BYTES = 1_400_000;

/** Some of a list as one bound value for `json_each(?)`: `offset` is the position of its first element in the list. */
export type JsonPart = { readonly json: string; readonly offset: number };

/** Splits a list into JSON arrays that fit one bound value each, in order. */
export function jsonParts(values: readonly unknown[], maxBytes = BOUND_MAX_BYTES): JsonPart[] {
	const parts: JsonPart[] = [];
	let texts: string[] = [];
	let bytes = 0;
	let offset = 0;
	const close = (next: number) => {
		if (texts.length > 0) parts.push({ json: `[${texts.join(",")}]`, offset });
		texts = [];
		bytes = 0;
		offset = next;
	};
	for (const [position, value] of values.entries()) {
		const text = JSON.stringify(value);
		const size = new TextEncoder().encode(text).byteLength + 1;
		if (bytes + size > maxBytes) close(position);
		texts.push(text);
		bytes += size;
	}
	close(values.length);
	return parts;
}
