import { applyD1Migrations, createMessageBatch, type D1Migration, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type CoarseContext, type SessionKey, UNKNOWN_CONTEXT } from "../src/contract/context.ts";
import type { EventType, LogLine, QueueMessage, StoredLine } from "../src/contract/event.ts";
import type { ConsumerPorts } from "../src/feedback/consume.ts";
import type { Witness } from "../src/feedback/ports.ts";
import type { DaySalt } from "../src/privacy/ports.ts";
import { createEventCounts } from "../src/store/event-counts.ts";
import { createEventLog } from "../src/store/event-log.ts";
import { createMalformed } from "../src/store/inbox.ts";
import { createLineVault } from "../src/store/line-vault.ts";
import { createLogReader } from "../src/store/log-reader.ts";
import type { LogKeys } from "../src/store/sealed.ts";

/** 2026-11-20 10:00:00 UTC, a Friday. */
export const NOW = 1_795_168_800;
export const TODAY = "2026-11-20";
export const DAY = 86_400;
export const SESSION = "5e55" as SessionKey;
export const CONTEXT: CoarseContext = { ...UNKNOWN_CONTEXT, region: "EU", device: "mobile" };
/** A sender of whom no key could be made: nobody is counted by it. */
export const WITNESS: Witness = { session: SESSION, visitor: null, context: CONTEXT };
/** Visitor keys as the door makes them, 32 hex digits. */
export const visitorOf = (n: number) => n.toString(16).padStart(32, "0");
/** Ports of the intake that let everything pass as it came. */
export const PLAIN_INTAKE = {
	isOurRecommendation: async () => false,
	knownWordsOf: () => null,
	knownItemsOf: async (items: readonly string[]) => new Set(items),
	surfaceOf: (surface: string) => surface,
	eventKeyOf: async (id: string) => id,
	reporting: null,
	vault: { seal: () => Promise.reject(new Error("nothing is to be sealed")) },
};
/** The salts of all days, which last as long as the test. */
export const SALT: Pick<DaySalt, "stored"> = { stored: async () => keyOf(3) };

export const keyOf = (byte: number) => new Uint8Array(32).fill(byte);
export const KEYS: LogKeys = { current: "k1", keys: { k1: keyOf(1) } };

export const migrate = () => applyD1Migrations(env.DB, (env as typeof env & { TEST_MIGRATIONS: D1Migration[] }).TEST_MIGRATIONS);
export { reset };

/** `event-0000000000000007` and so on: 22 characters. */
export const idOf = (n: number) => `event-${String(n).padStart(16, "0")}`;

export function lineOf(n: number, more: Partial<LogLine> = {}): LogLine {
	const type: EventType = "view";
	const nothing = {
		query: null,
		order: null,
		quantity: null,
		surface: null,
		recommendationId: null,
		position: null,
		value: null,
		currency: null,
	};
	return {
		v: 1,
		id: idOf(n),
		type,
		item: `item-${n}`,
		...nothing,
		at: NOW - 5,
		receivedAt: NOW,
		session: SESSION,
		context: CONTEXT,
		...more,
	};
}

export const eventsOf = (...lines: StoredLine[]): QueueMessage => ({ kind: "events", lines });
/** The lines of messages that nobody sealed. */
export const plainLines = (messages: readonly QueueMessage[]): LogLine[] =>
	messages.flatMap((message) => (message.kind === "events" ? message.lines.filter((line) => line.v === 1) : []));

/** A batch as the queue would deliver it, first delivery. */
export const batchOf = (bodies: readonly unknown[], attempts = 1): MessageBatch<unknown> =>
	createMessageBatch<unknown>(
		"edgeshelf-feedback",
		bodies.map((body, n) => ({ id: `message-${n}`, timestamp: NOW * 1000, attempts, body })),
	);

export const consumerPorts = (keys = KEYS): ConsumerPorts => ({
	log: createEventLog(env.LOG, keys),
	counts: createEventCounts(env.DB),
	vault: createLineVault(env.LOG, keys),
	malformed: createMalformed(env.LOG, keys),
	salt: SALT,
});

/** The whole log as a trainer reads it. */
export async function readLog(keys = KEYS): Promise<LogLine[]> {
	const reader = createLogReader(env.DB, env.LOG, keys);
	const lines: LogLine[] = [];
	let cursor: string | null = null;
	do {
		const page = await reader.page(cursor);
		lines.push(...page.lines);
		cursor = page.cursor;
	} while (cursor !== null);
	return lines;
}

export const rows = async <T>(sql: string): Promise<T[]> => (await env.DB.prepare(sql).all<T>()).results;
export const objectsUnder = async (prefix: string): Promise<string[]> => (await env.LOG.list({ prefix })).objects.map(({ key }) => key);
