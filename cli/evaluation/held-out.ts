import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { HISTORY_EVENTS, HISTORY_MAX_ENTRIES, type HistoryEvent } from "../../src/contract/recommendation.ts";
import { readEvents } from "../events/read-events.ts";
import { linesOf } from "../feed/lines.ts";
import { openFeed } from "../feed/open-feed.ts";
import { CommandFailure } from "../outcome.ts";

/** A history entry as it is sent; what the server takes for granted is left out. */
export type SentEntry = { readonly item?: string; readonly query?: string; readonly event?: HistoryEvent; readonly at?: number };

/** One shopper or session: what is sent, and the item that comes next. */
export type HeldOut = { readonly history: readonly SentEntry[]; readonly target: string };

export type HeldOutData = {
	readonly cases: readonly HeldOut[];
	/** Distinct items of the data, targets among them. */
	readonly items: number;
	/** How the targets were chosen. */
	readonly split: "leave-one-out" | "given";
	/** Whether items of the history may be recommended, unless the caller says otherwise. */
	readonly keepsSeen: boolean;
};

type Reader = (path: string, since: number) => Promise<HeldOutData>;

/** Files that are understood, in the order in which they are looked for. */
const READERS: readonly (readonly [names: readonly string[], read: Reader])[] = [
	[["sequences.txt.gz", "sequences.txt"], readSequences],
	[["test.tsv.gz", "test.tsv"], readPrefixes],
	[["events.csv.gz", "events.csv", "events.ndjson.gz", "events.ndjson"], readEventSessions],
];

/**
 * Reads the held-out targets of a data folder, or of one of its files.
 * @param since sessions whose target lies before it are left out, seconds since 1970; only events tell a time
 * @throws CommandFailure when there is none of the known files
 */
export async function readHeldOut(path: string, since = 0): Promise<HeldOutData> {
	const isFolder = statSync(path).isDirectory();
	for (const [names, read] of READERS) {
		for (const name of names) {
			if (isFolder && existsSync(join(path, name))) return read(join(path, name), since);
			if (!isFolder && basename(path) === name) return read(path, since);
		}
	}
	throw new CommandFailure(`${path} holds none of ${READERS.flatMap(([names]) => names[0]).join(", ")} and events.ndjson.gz`);
}

/** Newest entries that a request may carry. */
const newest = <T>(history: readonly T[]): readonly T[] => history.slice(-HISTORY_MAX_ENTRIES);

async function* textLines(path: string): AsyncGenerator<string> {
	const feed = openFeed(path);
	for await (const { bytes } of linesOf(feed.chunks)) {
		const text = bytes?.toString("utf8").trimEnd();
		if (text) yield text;
	}
	const damage = await feed.damage();
	if (damage !== null) throw new CommandFailure(`${path}: ${damage}`);
}

/** A line a user: "user item item …", oldest first; the last item is the target. */
async function readSequences(path: string): Promise<HeldOutData> {
	const cases: HeldOut[] = [];
	const known = new Set<string>();
	for await (const line of textLines(path)) {
		const items = line.split(/\s+/).slice(1);
		for (const item of items) known.add(item);
		const target = items.pop();
		if (target !== undefined && items.length > 0) cases.push({ history: newest(items.map((item) => ({ item }))), target });
	}
	return { cases, items: known.size, split: "leave-one-out", keepsSeen: false };
}

/** A line a case: "item item …", tab, target. Targets often stand in their own prefix, so seen items are kept. */
async function readPrefixes(path: string): Promise<HeldOutData> {
	const cases: HeldOut[] = [];
	const known = new Set<string>();
	for await (const line of textLines(path)) {
		const [prefix = "", target = ""] = line.split("\t");
		const items = prefix.split(" ").filter(Boolean);
		if (target === "" || items.length === 0) continue;
		for (const item of [...items, target]) known.add(item);
		cases.push({ history: newest(items.map((item) => ({ item }))), target });
	}
	return { cases, items: known.size, split: "given", keepsSeen: true };
}

/** Sessions of an events file; the item of the last event is the target, sent are all events before it. */
async function readEventSessions(path: string, since: number): Promise<HeldOutData> {
	const { events } = await readEvents(path);
	const known = new Set<string>();
	const sessions = new Map<string, (SentEntry & { at: number })[]>();
	for (const { session, type, at, item, query } of events) {
		const event = HISTORY_EVENTS.find((each) => each === type);
		if (event === undefined) continue;
		const entry = event === "search" ? { query: query as string, event, at } : { item: item as string, event, at };
		if (entry.item !== undefined) known.add(entry.item);
		const entries = sessions.get(session);
		if (entries === undefined) sessions.set(session, [entry]);
		else entries.push(entry);
	}
	const cases: HeldOut[] = [];
	for (const entries of sessions.values()) {
		const last = entries.findLastIndex(({ item }) => item !== undefined);
		const target = entries[last];
		if (target?.item === undefined || last === 0 || target.at < since) continue;
		cases.push({ history: newest(entries.slice(0, last)), target: target.item });
	}
	return { cases, items: known.size, split: "leave-one-out", keepsSeen: false };
}
