import { Readable } from "node:stream";
import { parse } from "csv-parse";
import { CommandFailure } from "../outcome.ts";
import { LINE_MAX_BYTES, linesOf } from "./lines.ts";
import { type Feed, openFeed } from "./open-feed.ts";

/** One row as it stands in the file, or why it cannot be read. `line` counts from 1: where the row ends. */
export type FeedRow =
	| { readonly line: number; readonly record: Readonly<Record<string, unknown>> }
	| { readonly line: number; readonly problem: string };

export type FeedRows = { readonly feed: Feed; readonly rows: AsyncIterable<FeedRow> };

type RowOptions = {
	/** Rows at the start that are counted, not read. */
	readonly skip?: number;
	/** Hears of a CSV's column names before the first row; what it throws ends the reading. */
	readonly onHeader?: (columns: readonly string[]) => void;
};

/**
 * Opens an NDJSON, CSV or TSV file, told apart by name and first character. A last row that a cut left incomplete is
 * not given.
 * @throws CommandFailure for UTF-16 and a JSON array
 */
export async function openRows(path: string, { skip = 0, onHeader }: RowOptions = {}): Promise<FeedRows> {
	const head = await headOf(path);
	if (/^(\xff\xfe|\xfe\xff)/.test(head.toString("latin1", 0, 2))) throw new CommandFailure(`${path} is UTF-16; save it as UTF-8`);
	const text = head
		.toString("utf8")
		.replace(/^\uFEFF/, "")
		.trimStart();
	if (text.startsWith("[")) throw new CommandFailure(`${path} is a JSON array; give one object a line (jq -c '.[]' makes that)`);
	const feed = openFeed(path);
	const isCsv = /\.(csv|tsv)(\.gz)?$/i.test(path) || !text.startsWith("{");
	return { feed, rows: isCsv ? csvRows(feed, delimiterOf(path, text), skip, onHeader) : jsonRows(feed, skip) };
}

async function headOf(path: string): Promise<Buffer> {
	for await (const chunk of openFeed(path).chunks) return chunk.subarray(0, 64 * 1024);
	return Buffer.alloc(0);
}

async function* jsonRows(feed: Feed, skip: number): AsyncGenerator<FeedRow> {
	const decoder = new TextDecoder("utf-8", { fatal: true });
	let index = 0;
	for await (const { line, bytes, isTerminated } of linesOf(feed.chunks)) {
		if (bytes !== null && isBlank(bytes)) continue;
		if (index++ < skip) continue;
		if (!isTerminated && (await feed.damage()) !== null) return;
		if (bytes === null) {
			yield { line, problem: `is longer than ${LINE_MAX_BYTES} bytes` };
			continue;
		}
		yield { line, ...parseRecord(bytes, decoder) };
	}
}

function parseRecord(bytes: Buffer, decoder: InstanceType<typeof TextDecoder>): { record: Record<string, unknown> } | { problem: string } {
	let text: string;
	try {
		text = decoder.decode(bytes);
	} catch {
		return { problem: "is not UTF-8" };
	}
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === "object" && value !== null && !Array.isArray(value)) return { record: value as Record<string, unknown> };
		return { problem: "is not a JSON object" };
	} catch {
		return { problem: "is not JSON" };
	}
}

function isBlank(bytes: Buffer): boolean {
	for (const byte of bytes) if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) return false;
	return true;
}

async function* csvRows(feed: Feed, delimiter: string, skip: number, onHeader: RowOptions["onHeader"]): AsyncGenerator<FeedRow> {
	const problems: FeedRow[] = [];
	const parser = Readable.from(feed.chunks, { objectMode: false }).pipe(
		parse({
			bom: true,
			delimiter,
			info: true,
			relax_column_count: true,
			relax_quotes: true,
			skip_empty_lines: true,
			max_record_size: LINE_MAX_BYTES,
			skip_records_with_error: true,
			on_skip: (error) => {
				problems.push({ line: (error as { lines?: number } | undefined)?.lines ?? 0, problem: error?.message ?? "cannot be read" });
				return undefined;
			},
		}),
	);
	let header: string[] | null = null;
	let index = 0;
	let held: FeedRow | null = null;
	for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
		if (header === null) {
			header = record.map((name) => name.trim());
			onHeader?.(header);
			continue;
		}
		if (held !== null) yield held;
		held = null;
		if (index++ >= skip) held = { line: info.lines, ...recordOf(header, record) };
	}
	// csv-parse gives an unfinished last row as if it were whole.
	const isIncomplete = !feed.endsWithLineFeed() && (await feed.damage()) !== null;
	if (held !== null && !isIncomplete) yield held;
	if (!isIncomplete) yield* problems;
}

function recordOf(header: readonly string[], record: readonly string[]): { record: Record<string, unknown> } | { problem: string } {
	if (record.length !== header.length) return { problem: `has ${record.length} columns; the header has ${header.length}` };
	return { record: Object.fromEntries(header.map((name, column) => [name, record[column]])) };
}

/** A .tsv has tabs; elsewhere the separator that the header uses most. */
function delimiterOf(path: string, text: string): string {
	if (/\.tsv(\.gz)?$/i.test(path)) return "\t";
	const header = text.split("\n", 1)[0] as string;
	const uses = (separator: string) => header.split(separator).length;
	return [",", ";", "\t", "|"].reduce((best, separator) => (uses(separator) > uses(best) ? separator : best));
}
