import { CROWD_MIN_VISITORS } from "../contract/crowd.ts";
import { REPORT_MAX_VALUES, type Report } from "../contract/event.ts";
import type { ReportDomain } from "../feedback/ports.ts";
import type { Channel } from "../privacy/ports.ts";
import { jsonParts } from "./json-parts.ts";
import { utcDay } from "./utc-day.ts";

/** Time for which an isolate holds the list of categories, seconds. */
const DOMAIN_SECONDS = 3600;

const LARGEST = `
SELECT body ->> 'category' AS category FROM products
WHERE NOT deleted AND body ->> 'category' IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${REPORT_MAX_VALUES - 1}`;

/** How a channel and its estimates are made; both are pure and lie in `src/privacy`. */
export type ChannelMaker = {
	readonly channelFor: (k: number, epsilon: number) => Channel;
	readonly estimatesOf: (channel: Channel, counts: readonly number[], reports: number) => number[];
};

/**
 * The list of categories that reports speak of: the largest of the catalogue, which is public, and one place for all
 * others. A list is entered before anyone reports by it.
 */
export function createReportDomain(db: D1Database, epsilon: number, { channelFor }: ChannelMaker): (now: number) => Promise<ReportDomain> {
	let held: { readonly domain: ReportDomain; readonly at: number } | null = null;
	return async function domain(now) {
		if (held !== null && now - held.at < DOMAIN_SECONDS) return held.domain;
		const { results } = await db.prepare(LARGEST).all<{ category: string }>();
		const categories = [...results.map(({ category }) => category).sort(), null];
		const text = JSON.stringify(categories);
		const id = await shortHash(`${epsilon} ${text}`);
		await db.prepare("INSERT OR IGNORE INTO report_domains (id, epsilon, categories) VALUES (?1, ?2, ?3)").bind(id, epsilon, text).run();
		held = { domain: { id, categories, channel: channelFor(categories.length, epsilon) }, at: now };
		return held.domain;
	};
}

async function shortHash(text: string): Promise<string> {
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
	return Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A visitor's first report of the day takes the place; ?2: this attempt. A report: [id, day, domain, places]. */
const CLAIM = `
INSERT OR IGNORE INTO event_ids (id, object, receivedAt)
SELECT value ->> 0, ?2 || '/' || key, ?3 FROM json_each(?1)`;

const COUNT = `
INSERT INTO report_counts (day, domain, place, n)
SELECT report.value ->> 1, report.value ->> 2, place.value, count(*)
FROM json_each(?1) AS report JOIN event_ids ON event_ids.id = report.value ->> 0, json_each(report.value -> 3) AS place
WHERE event_ids.object = ?2 || '/' || report.key
GROUP BY 1, 2, 3
ON CONFLICT (day, domain, place) DO UPDATE SET n = n + excluded.n`;

/** Statements for the consumer's transaction: one report a visitor and day counts, however often it is delivered. */
export function reportStatements(db: D1Database, reports: readonly Report[], now: number): D1PreparedStatement[] {
	// "/" cannot be in an event's id: nobody can take a report's place.
	const rows = reports.map(({ visitor, receivedAt, domain, values }) => {
		const day = utcDay(receivedAt);
		return [`report/${day}/${visitor}`, day, domain, [-1, ...values]];
	});
	return jsonParts(rows).flatMap(({ json }) => {
		const attempt = `report/${crypto.randomUUID()}`;
		return [db.prepare(CLAIM).bind(json, attempt, now), db.prepare(COUNT).bind(json, attempt)];
	});
}

const COUNTED = `
SELECT counts.day AS day, domains.epsilon AS epsilon, domains.categories AS categories,
  json_group_array(json_array(counts.place, counts.n)) AS cells
FROM report_counts AS counts JOIN report_domains AS domains ON domains.id = counts.domain
WHERE counts.day >= ?1 GROUP BY counts.day, counts.domain`;

type CountedRow = { readonly day: string; readonly epsilon: number; readonly categories: string; readonly cells: string };

/**
 * Enters what reports say of categories among the counts of visitors: of today and yesterday, where a crowd reported, and
 * of categories that by the estimate have one.
 */
export async function settleReports(db: D1Database, { channelFor, estimatesOf }: ChannelMaker, now: number): Promise<void> {
	const { results } = await db
		.prepare(COUNTED)
		.bind(utcDay(now - 86_400))
		.all<CountedRow>();
	const totals = new Map<string, number>();
	for (const { day, epsilon, categories, cells } of results) {
		const names = JSON.parse(categories) as (string | null)[];
		const counted = new Map(JSON.parse(cells) as [place: number, n: number][]);
		const reports = counted.get(-1) ?? 0;
		if (reports < CROWD_MIN_VISITORS) continue;
		const counts = names.map((_, place) => counted.get(place) ?? 0);
		for (const [place, estimate] of estimatesOf(channelFor(names.length, epsilon), counts, reports).entries()) {
			const name = names[place] ?? null;
			if (name !== null) totals.set(JSON.stringify([day, name]), (totals.get(JSON.stringify([day, name])) ?? 0) + estimate);
		}
	}
	const rows = [...totals]
		.map(([key, n]) => [...(JSON.parse(key) as [string, string]), Math.round(n)])
		.filter(([, , n]) => Number(n) >= CROWD_MIN_VISITORS);
	for (const { json } of jsonParts(rows)) {
		await db
			.prepare(
				`INSERT INTO crowd_counts (day, kind, name, n)
				SELECT value ->> 0, 'category', value ->> 1, value ->> 2 FROM json_each(?1) WHERE true
				ON CONFLICT (day, kind, name) DO UPDATE SET n = excluded.n`,
			)
			.bind(json)
			.run();
	}
}
