import { EVENT_TYPES, type EventType } from "../../src/contract/event.ts";
import { openRows } from "../feed/rows.ts";
import { CommandFailure } from "../outcome.ts";

/** One event of a file, its fields as `POST /v1/events` names them but for id, which is made when it is sent. */
export type FileEvent = {
	/** Line in the file, from 1. */
	readonly line: number;
	readonly session: string;
	readonly type: EventType;
	/** Seconds since 1970. */
	readonly at: number;
	readonly item: string | null;
	readonly query: string | null;
	/** Further fields of a log line: order, quantity, surface, recommendationId, position, value, currency. */
	readonly rest: Readonly<Record<string, unknown>>;
};

export type EventFile = {
	readonly events: readonly FileEvent[];
	readonly unreadable: readonly { readonly line: number; readonly message: string }[];
};

const FOREIGN_TYPES: Readonly<Record<string, EventType>> = { addtocart: "cart", add_to_cart: "cart", transaction: "purchase" };
const FURTHER_FIELDS = ["order", "quantity", "surface", "recommendationId", "position", "value", "currency"];
/** Times from here on are milliseconds: as seconds they would be in the year 5138. */
const MILLISECONDS_FROM = 100_000_000_000;

/**
 * Reads an events file whole: RetailRocket's CSV (timestamp, visitorid, event, itemid, sessionid) or log lines as NDJSON.
 * @returns events by time, those of one second in the file's order
 * @throws CommandFailure when the file is cut off
 */
export async function readEvents(path: string): Promise<EventFile> {
	const { feed, rows } = await openRows(path);
	const events: FileEvent[] = [];
	const unreadable: { line: number; message: string }[] = [];
	for await (const row of rows) {
		const read = "record" in row ? eventOf(row.line, row.record) : row.problem;
		if (typeof read === "string") unreadable.push({ line: row.line, message: read });
		else events.push(read);
	}
	const damage = await feed.damage();
	if (damage !== null) throw new CommandFailure(`${path}: ${damage} after line ${events.at(-1)?.line ?? 0}`);
	return { events: events.sort((a, b) => a.at - b.at), unreadable };
}

/** @returns the event, or why the row is none */
function eventOf(line: number, record: Readonly<Record<string, unknown>>): FileEvent | string {
	const name = String(record.type ?? record.event ?? "").toLowerCase();
	const type = FOREIGN_TYPES[name] ?? EVENT_TYPES.find((each) => each === name);
	if (type === undefined) return `"${name}" is not a kind of event`;
	const time = Number(record.at ?? record.timestamp ?? Number.NaN);
	if (!Number.isFinite(time) || time <= 0) return "has no time";
	const session = textOf(record.session ?? record.sessionid ?? record.visitorid);
	if (session === null) return "has no session";
	const item = textOf(record.item ?? record.itemid);
	const query = textOf(record.query);
	if (type === "search" ? query === null : item === null) return `a ${type} needs ${type === "search" ? "a query" : "an item"}`;
	const rest = Object.fromEntries(FURTHER_FIELDS.filter((field) => record[field] != null).map((field) => [field, record[field]]));
	return { line, session, type, at: Math.floor(time >= MILLISECONDS_FROM ? time / 1000 : time), item, query, rest };
}

const textOf = (value: unknown): string | null => (value === null || value === undefined || value === "" ? null : String(value));
