/** Longest line that is read, bytes; longer ones are reported and skipped, so that memory stays bounded. */
export const LINE_MAX_BYTES = 4 * 1024 * 1024;

const LINE_FEED = 0x0a;

/** `bytes` is null for a line that was too long. `line` counts from 1. */
export type Line = { readonly line: number; readonly bytes: Buffer | null; readonly isTerminated: boolean };

/** Splits at line feeds; a carriage return before one stays in the bytes. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
	let line = 1;
	let pending: Buffer[] = [];
	let pendingBytes = 0;
	const take = (isTerminated: boolean): Line => {
		const bytes = pendingBytes > LINE_MAX_BYTES ? null : pending.length === 1 ? (pending[0] as Buffer) : Buffer.concat(pending);
		pending = [];
		pendingBytes = 0;
		return { line: line++, bytes, isTerminated };
	};
	const add = (part: Buffer) => {
		pendingBytes += part.byteLength;
		if (pendingBytes > LINE_MAX_BYTES) pending = [];
		else pending.push(part);
	};
	for await (const chunk of chunks) {
		let start = 0;
		for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
			add(chunk.subarray(start, end));
			yield take(true);
			start = end + 1;
		}
		if (start < chunk.byteLength) add(chunk.subarray(start));
	}
	if (pendingBytes > 0) yield take(false);
}
