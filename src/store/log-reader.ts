import * as v from "valibot";
import { RequestFailure } from "../contract/errors.ts";
import type { LogLine, StoredLine } from "../contract/event.ts";
import type { LogReader } from "../feedback/ports.ts";
import { createLineVault } from "./line-vault.ts";
import { readLogObject } from "./log-object.ts";
import type { LogKeys } from "./sealed.ts";

/** Lines of one page, bytes of JSON; a page ends with the line that reaches it. */
export const PAGE_BYTES = 2_000_000;
/** Objects one page reads at most: each is a request to R2. */
export const PAGE_MAX_OBJECTS = 40;
/** Data keys one page reads at most, each a request to R2 too. */
export const PAGE_MAX_DATA_KEYS = 400;

type LogRow = { readonly seq: number; readonly key: string; readonly skip: string };

/** Where to go on: after the whole of object `seq` (`line` null), or at a line of it. As text "12" or "12.4000". */
type Cursor = { readonly seq: number; readonly line: number | null };

export const CURSOR_PATTERN = /^(\d{1,15})(?:\.(\d{1,9}))?$/;

/** The log's reading side: D1 says which objects count and which of their lines another object already holds. */
export function createLogReader(db: D1Database, bucket: R2Bucket, keys: LogKeys, mostDataKeys = PAGE_MAX_DATA_KEYS): LogReader {
	const vault = createLineVault(bucket, keys);
	const rowsFrom = async (seq: number): Promise<LogRow[]> => {
		const query = db.prepare("SELECT seq, key, skip FROM log_objects WHERE seq >= ?1 ORDER BY seq LIMIT ?2");
		return (await query.bind(seq, PAGE_MAX_OBJECTS).all<LogRow>()).results;
	};

	const unreadable = (object: string, message: string, cursor: string) =>
		new RequestFailure({ kind: "log_unreadable", object, message: `${message}; cursor=${cursor} goes on after it` });

	async function linesOf({ seq, key }: LogRow): Promise<readonly (StoredLine | null)[]> {
		const object = await bucket.get(key);
		if (object === null) throw unreadable(key, "is missing", String(seq));
		const opened = await readLogObject(keys, key, new Uint8Array(await object.arrayBuffer()));
		if (!opened.ok) throw unreadable(key, opened.error, String(seq));
		return opened.value;
	}

	/** Lines of one object in clear; null for what is erased, and for what was null. */
	async function openedLines({ seq, key }: LogRow, stored: readonly (StoredLine | null)[]): Promise<readonly (LogLine | null)[]> {
		const opened = await vault
			.open(stored.filter((line) => line !== null))
			.catch(() => Promise.reject(unreadable(key, "holds lines whose data keys cannot be read", String(seq))));
		let next = 0;
		return stored.map((line) => (line === null ? null : (opened[next++] ?? null)));
	}

	return {
		async page(cursor) {
			const from = parseCursor(cursor);
			const rows = await rowsFrom(from.line === null ? from.seq + 1 : from.seq);
			const lines: LogLine[] = [];
			let bytes = 0;
			let dataKeys = mostDataKeys;
			for (const row of rows) {
				const skipped = new Set(v.parse(Positions, JSON.parse(row.skip)));
				const start = row.seq === from.seq ? (from.line ?? 0) : 0;
				const all = await linesOf(row);
				const wanted = all.map((line, position) => (position < start || skipped.has(position) ? null : line));
				const { end, names } = spanWithin(wanted, start, dataKeys);
				dataKeys -= names;
				const opened = await openedLines(row, wanted.slice(start, end));
				for (let position = start; position < end; position++) {
					if (bytes >= PAGE_BYTES) return { lines, cursor: `${row.seq}.${position}` };
					if (skipped.has(position)) continue;
					if (all[position] === null)
						throw unreadable(row.key, `holds something else than an event as line ${position}`, `${row.seq}.${position + 1}`);
					const line = opened[position - start] ?? null;
					// Erased: it is as if it had never been.
					if (line === null) continue;
					lines.push(line);
					bytes += JSON.stringify(line).length;
				}
				if (end < all.length) return { lines, cursor: `${row.seq}.${end}` };
			}
			const last = rows.at(-1);
			return { lines, cursor: last !== undefined && rows.length === PAGE_MAX_OBJECTS ? String(last.seq) : null };
		},
	};
}

/** How far lines from `start` on go before they take more than `most` data keys, and how many they take till then. */
function spanWithin(lines: readonly (StoredLine | null)[], start: number, most: number): { readonly end: number; readonly names: number } {
	const names = new Set<string>();
	for (let position = start; position < lines.length; position++) {
		const line = lines[position];
		if (line?.v !== 2) continue;
		if (!names.has(line.dataKey) && names.size >= most) return { end: position, names: names.size };
		names.add(line.dataKey);
	}
	return { end: lines.length, names: names.size };
}

const Positions = v.array(v.number());

/** @throws RequestFailure `invalid_field` */
function parseCursor(cursor: string | null): Cursor {
	const match = CURSOR_PATTERN.exec(cursor ?? "0");
	if (match === null) throw new RequestFailure({ kind: "invalid_field", path: "cursor", message: "must be a cursor of an earlier page" });
	return { seq: Number(match[1]), line: match[2] === undefined ? null : Number(match[2]) };
}
