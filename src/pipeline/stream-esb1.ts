import { type Head, headBytes, orRefuse, type Place, readHead, refuse } from "./esb1.ts";

/** Most bytes of a header: names of categories and of attributes' values lie in it. */
const HEAD_MAX_BYTES = 16 * 1024 * 1024;

/** Takes a section's bytes as they come, in order. */
export type Sink = Place & { readonly take: (bytes: Uint8Array) => void };

/**
 * Reads an ESB1 container as it comes: no more of it is held than one chunk, and its header until that is whole.
 * @param begin is given the header and says where sections go; what lies in none is passed over
 * @throws inside `refusing`
 */
export async function streamContainer(
	body: AsyncIterable<Uint8Array>,
	kind: string,
	begin: (head: Head) => readonly Sink[],
): Promise<void> {
	let start: Uint8Array | null = new Uint8Array(0);
	let sinks: readonly Sink[] = [];
	let expected = Number.NaN;
	let at = 0;
	function give(chunk: Uint8Array): void {
		for (const { offset, bytes, take } of sinks) {
			const from = Math.max(offset, at);
			const to = Math.min(offset + bytes, at + chunk.byteLength);
			if (from < to) take(chunk.subarray(from - at, to - at));
		}
		at += chunk.byteLength;
	}
	for await (const chunk of body) {
		if (start === null) {
			give(chunk);
			continue;
		}
		start = joined(start, chunk);
		if (start.byteLength >= 8 && headBytes(start) > HEAD_MAX_BYTES) refuse("has a header that does not fit the file");
		if (start.byteLength < 8 || start.byteLength < headBytes(start)) continue;
		const head = orRefuse(readHead(start, kind));
		sinks = begin(head);
		expected = head.bytes;
		give(start);
		start = null;
	}
	if (start !== null) refuse(start.byteLength === 0 ? "is empty" : "has a header that does not fit the file");
	if (at !== expected) refuse(`has ${at} bytes; its header says ${expected}`);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
	const both = new Uint8Array(a.byteLength + b.byteLength);
	both.set(a);
	both.set(b, a.byteLength);
	return both;
}
