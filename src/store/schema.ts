import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The catalogue of record. A deleted product stays as a tombstone, so that the overlay can carry the deletion. */
export const products = sqliteTable(
	"products",
	{
		id: text().primaryKey(),
		/** The product as JSON, keys in the schema's order, so that equal products are equal text. */
		body: text().notNull(),
		deleted: integer({ mode: "boolean" }).notNull().default(false),
		/** Catalogue version that last changed the row; the overlay reads rows above the version it has. */
		version: integer().notNull(),
		/** Unix seconds. */
		updatedAt: integer().notNull(),
		/** When the catalogue first had the product, unix seconds; 0: before this was noted. */
		firstSeenAt: integer().notNull().default(0),
	},
	(table) => [index("products_version").on(table.version, table.id), index("products_first_seen").on(table.firstSeenAt, table.id)],
);

/** One row: which releases serve. */
export const pointer = sqliteTable("pointer", {
	id: integer().primaryKey(),
	active: text(),
	previous: text(),
	canary: text(),
	/** Share of visitors that get the canary, 0 to 1. */
	canaryShare: real().notNull().default(0),
	/** Unix seconds. */
	updatedAt: integer().notNull(),
});

export const releases = sqliteTable("releases", {
	id: text().primaryKey(),
	state: text({ enum: ["uploading", "ready", "refused"] }).notNull(),
	/** The manifest as JSON, once it was uploaded. */
	manifest: text(),
	/** Why it was refused, naming the file. */
	note: text(),
	uploadedAt: integer().notNull(),
	/** When the upload of a file of it began last, or it was last asked for to serve, unix seconds: its shards are in use for a while. */
	verifiedAt: integer(),
});

export const releaseFiles = sqliteTable(
	"release_files",
	{
		release: text().notNull(),
		name: text().notNull(),
		/** Empty while an upload is on its way or broke off: the release does not have the file. */
		sha256: text().notNull(),
		bytes: integer().notNull(),
		/**
		 * KV holds the content in order under the keys `release/<id>/<name>/<n>`, and none with an n of `shards` or more: it is
		 * raised before keys are written and lowered after they are deleted. With fewer than `bytes` need, the file is not whole.
		 */
		shards: integer().notNull(),
	},
	(table) => [primaryKey({ columns: [table.release, table.name] })],
);

/** History of what was made active, by whom and on what ground. Append only. */
export const activations = sqliteTable("activations", {
	seq: integer().primaryKey({ autoIncrement: true }),
	release: text().notNull(),
	action: text({ enum: ["activate", "canary", "rollback", "refuse"] }).notNull(),
	by: text({ enum: ["gate", "operator"] }).notNull(),
	/** Name of the admin token that asked. */
	token: text().notNull(),
	share: real().notNull(),
	run: text(),
	note: text(),
	at: integer().notNull(),
});

export const runs = sqliteTable(
	"runs",
	{
		id: text().primaryKey(),
		state: text({ enum: ["open", "claimed", "finished", "failed"] }).notNull(),
		reason: text({ enum: ["events", "age", "drift", "operator"] }).notNull(),
		openedAt: integer().notNull(),
		worker: text(),
		lease: text(),
		leaseUntil: integer(),
		attempts: integer().notNull().default(0),
		progress: real().notNull().default(0),
		stage: text(),
		finishedAt: integer(),
		release: text(),
		message: text(),
		/** The gate report as JSON. */
		gate: text(),
	},
	(table) => [index("runs_state").on(table.state, table.openedAt)],
);

/** Event ids of the last 7 days, each with the log object that counted it. */
export const eventIds = sqliteTable(
	"event_ids",
	{ id: text().primaryKey(), object: text().notNull(), receivedAt: integer().notNull() },
	(table) => [index("event_ids_received").on(table.receivedAt)],
);

/** Log objects that were counted, in order. `skip` lists the positions of lines that an earlier object already holds. */
export const logObjects = sqliteTable("log_objects", {
	seq: integer().primaryKey({ autoIncrement: true }),
	key: text().notNull().unique(),
	keyId: text().notNull(),
	lines: integer().notNull(),
	/** JSON array of 0-based line positions. */
	skip: text().notNull(),
	receivedAt: integer().notNull(),
});

/** Events by UTC day (YYYY-MM-DD, of receipt) and type. */
export const eventCounts = sqliteTable(
	"event_counts",
	{ day: text().notNull(), type: text().notNull(), n: integer().notNull() },
	(table) => [primaryKey({ columns: [table.day, table.type] })],
);

/**
 * Keyed hashes of who shares a value on a UTC day: of each value the CROWD_MIN_VISITORS smallest, deleted with the day's
 * salt. `value` is a keyed hash too: a value's name is nowhere here before enough visitors share it.
 */
export const visitorMarks = sqliteTable(
	"visitor_marks",
	{ day: text().notNull(), value: text().notNull(), mark: integer().notNull() },
	(table) => [primaryKey({ columns: [table.day, table.value, table.mark] })],
);

/** Distinct visitors by UTC day of values that CROWD_MIN_VISITORS or more shared, an estimate; no other value is here. */
export const crowdCounts = sqliteTable(
	"crowd_counts",
	{ day: text().notNull(), kind: text().notNull(), name: text().notNull(), n: integer().notNull() },
	(table) => [primaryKey({ columns: [table.day, table.kind, table.name] })],
);

/** Lists of categories that reports speak of, each with its channel. */
export const reportDomains = sqliteTable("report_domains", {
	/** SHA-256 of the rest, hex, 16 digits. */
	id: text().primaryKey(),
	epsilon: real().notNull(),
	/** JSON array of categories; the last, null, stands for all others. */
	categories: text().notNull(),
});

/** Reports by UTC day and list: how many held each place; place -1 counts the reports themselves. */
export const reportCounts = sqliteTable(
	"report_counts",
	{ day: text().notNull(), domain: text().notNull(), place: integer().notNull(), n: integer().notNull() },
	(table) => [primaryKey({ columns: [table.day, table.domain, table.place] })],
);

/** Requests by minute, surface and rung, with the latency histogram as columns of one JSON array. */
export const metricRollups = sqliteTable(
	"metric_rollups",
	{
		minute: integer().notNull(),
		surface: text().notNull(),
		source: text().notNull(),
		/** Index into LATENCY_EDGES_MS; -1 counts the requests themselves. */
		bucket: integer().notNull(),
		n: integer().notNull(),
	},
	(table) => [primaryKey({ columns: [table.minute, table.surface, table.source, table.bucket] })],
);

/** Rules of the shop's merchandisers. */
export const rules = sqliteTable("rules", {
	id: text().primaryKey(),
	/** JSON, as `src/contract/rule.ts` has it. */
	rule: text().notNull(),
	updatedAt: integer().notNull(),
});

/** Synonyms of the shop's, each change a whole list; the latest is in force. Append only, but for the oldest. */
export const synonymLists = sqliteTable("synonym_lists", {
	version: integer().primaryKey({ autoIncrement: true }),
	/** JSON array, as `src/contract/synonym.ts` has it. */
	synonyms: text().notNull(),
	/** Name of the admin token that put it. */
	token: text().notNull(),
	at: integer().notNull(),
});

/** Named totals, such as dead letters. */
export const counters = sqliteTable("counters", { name: text().primaryKey(), n: integer().notNull() });

/**
 * Lists that answer while a release is not at hand: `popular` and `popular:<category>`; and those that only the counts
 * know: `trending` and `trending:<category>`, and `queries`.
 */
export const hotLists = sqliteTable("hot_lists", {
	name: text().primaryKey(),
	/** JSON array of item ids, best first; of `queries`, of words of the catalogue. */
	items: text().notNull(),
	updatedAt: integer().notNull(),
});
