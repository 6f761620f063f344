/**
 * Bytes `from` to `to - 1` of those that a text stands for, or as many as there are. What lies elsewhere is not looked at.
 * @returns null where the text is no base64 with padding
 */
export function fromBase64(text: string, from: number, to: number): Uint8Array<ArrayBuffer> | null {
	const first = Math.floor(from / 3);
	const part = text.slice(4 * first, 4 * Math.ceil(to / 3));
	if (part.length % 4 !== 0) return null;
	const padding = part.endsWith("==") ? 2 : part.endsWith("=") ? 1 : 0;
	try {
		const bytes = Uint8Array.fromBase64(part);
		// A decoder passes over white space.
		return bytes.byteLength === (part.length / 4) * 3 - padding ? bytes.subarray(from - 3 * first, to - 3 * first) : null;
	} catch {
		return null;
	}
}
