import type { FeedRow } from "./rows.ts";
import type { MappedRow } from "./to-product.ts";

/** Products one request carries. */
export const CHUNK_MAX_PRODUCTS = 2000;
/** Body bytes of one request, with room below the server's 4 MiB. */
export const CHUNK_MAX_BYTES = 3_500_000;

export type BadRow = { readonly line: number; readonly id: string | null; readonly field: string; readonly message: string };

/** What one request carries, and what stands between it and the next. */
export type FeedChunk = {
	/** NDJSON. */
	readonly body: string;
	/** Line in the file of each product in `body`. */
	readonly lines: readonly number[];
	readonly bad: readonly BadRow[];
	/** Rows read, good and bad. */
	readonly rows: number;
	/** Line of the last row read. */
	readonly endLine: number;
};

/** Groups rows into requests, in the file's order. */
export async function* chunksOf(
	rows: AsyncIterable<FeedRow>,
	mapRow: (record: Readonly<Record<string, unknown>>) => MappedRow,
): AsyncGenerator<FeedChunk> {
	let parts: string[] = [];
	let bytes = 0;
	let lines: number[] = [];
	let bad: BadRow[] = [];
	let count = 0;
	let endLine = 0;
	const take = (): FeedChunk => {
		const chunk = { body: parts.join(""), lines, bad, rows: count, endLine };
		[parts, bytes, lines, bad, count] = [[], 0, [], [], 0];
		return chunk;
	};
	for await (const row of rows) {
		const mapped = "record" in row ? mapRow(row.record) : { ok: false as const, id: null, field: "", message: row.problem };
		if (mapped.ok) {
			const part = `${mapped.line}\n`;
			const partBytes = Buffer.byteLength(part);
			if (lines.length >= CHUNK_MAX_PRODUCTS || (lines.length > 0 && bytes + partBytes > CHUNK_MAX_BYTES)) yield take();
			parts.push(part);
			bytes += partBytes;
			lines.push(row.line);
		} else bad.push({ line: row.line, id: mapped.id, field: mapped.field, message: mapped.message });
		count++;
		endLine = row.line;
		// A feed in which nothing is right must not gather in memory either.
		if (bad.length >= CHUNK_MAX_PRODUCTS) yield take();
	}
	if (count > 0) yield take();
}
