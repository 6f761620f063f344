import type { Status } from "../answers.ts";
import type { View } from "../context.ts";
import { daysOf, type Group, groupHours, lastHours, percentileOf, ratioOf } from "../figures.ts";
import { count, figure, hour, NOTHING, share, short, time } from "../format.ts";
import { card, empty, facts, loaded, note, table, tag } from "../parts.ts";
import { lines, stackedBars } from "../plots/bars.ts";

/** Rungs, best first: the order of the colours. */
const RUNGS = ["personal", "session", "popular", "static"];
const PERCENTILES = [0.5, 0.9, 0.99];

/** What serves, how much is asked and how fast it is answered, and what shoppers do. */
export const overview: View = ({ api }) => [
	loaded(
		async () => (await api.ask<Status>("GET", "/admin/status")).value,
		(status) => [serving(status), requests(status), latency(status), events(status), activations(status)],
	),
];

function serving({ serving: now, pointer, catalogue, lastHour, deadLetters }: Status) {
	const { fault } = now;
	return card(
		"Serving now",
		facts([
			["Release", now.release ?? "none"],
			["Rung", tag(now.rung, now.rung === "personal" ? "good" : "warn")],
			["Fault", fault === null ? tag("none", "good") : tag(`${fault.file} of ${fault.release}: ${fault.message}`, "bad")],
			["Canary", pointer?.canary ? `${pointer.canary}, ${share(pointer.canaryShare)} of visitors` : "none"],
			["Catalogue", `${count(catalogue.products)} products, version ${catalogue.version}`],
			["Catalogue version served", now.catalogueVersion === null ? NOTHING : String(now.catalogueVersion)],
			["Requests in the last hour", count(lastHour.requests)],
			["Dead letters", deadLetters === 0 ? tag("0", "good") : tag(count(deadLetters), "bad")],
		]),
		now.release !== (pointer?.active ?? null)
			? note(`Active is ${pointer?.active ?? "no release"}: this isolate has yet to follow.`)
			: null,
	);
}

function requests({ metrics: { hours, edgesMs } }: Status) {
	if (hours.length === 0) return card("Requests", empty("No request in the last 24 hours. Figures come with a delay of some seconds."));
	const places = lastHours(Date.now() / 1000);
	const rungs = RUNGS.filter((rung) => hours.some(({ source }) => source === rung));
	const series = rungs.map((name) => ({
		name,
		values: places.map((from) =>
			hours.filter((each) => each.from === from && each.source === name).reduce((n, each) => n + each.requests, 0),
		),
	}));
	const shareOf = (group: Group, rung: string) =>
		hours.filter((each) => each.surface === group.name && each.source === rung).reduce((n, each) => n + each.requests, 0) / group.requests;
	return card(
		"Requests",
		note("By hour (UTC) and by the rung that answered, over the last 24 hours."),
		stackedBars(series, { label: "Requests by hour and rung", x: places.map(hour) }),
		table<Group>(
			"Requests by surface",
			[
				["Surface", ({ name }) => name],
				["Requests", (group) => count(group.requests), "number"],
				...rungs.map((rung) => [rung, (group: Group) => share(shareOf(group, rung)), "number"] as const),
				...PERCENTILES.map((q) => [`p${q * 100}, ms`, (group: Group) => milliseconds(group.latency, edgesMs, q), "number"] as const),
			],
			groupHours(hours, ({ surface }) => surface),
		),
	);
}

function latency({ metrics: { hours, edgesMs } }: Status) {
	if (!hours.some((each) => each.latency.some((n) => n > 0)))
		return card("Latency", empty("No times: deployed, the platform's clock stands still while no input or output is under way."));
	const places = lastHours(Date.now() / 1000);
	const byHour = new Map(groupHours(hours, ({ from }) => String(from)).map((group) => [group.name, group.latency]));
	const series = PERCENTILES.map((q) => ({
		name: `p${q * 100}`,
		values: places.map((from) => percentileOf(byHour.get(String(from)) ?? [], edgesMs, q)),
	}));
	return card(
		"Latency",
		note("Time in the Worker by hour (UTC), milliseconds, read off a histogram; beyond the last edge it shows the edge."),
		lines(series, { label: "Latency percentiles by hour, milliseconds", x: places.map(hour), format: (n) => short(n) }),
	);
}

const milliseconds = (latencies: readonly number[], edges: readonly number[], q: number) => figure(percentileOf(latencies, edges, q), 1);

function events({ events: byDay, terms }: Status) {
	const days = daysOf(byDay);
	if (days.length === 0)
		return card("Events", empty(`No type of event was sent by ${terms.crowd} visitors of one day yet; below that nothing is told.`));
	const types = [...new Set(days.flatMap(([, counts]) => Object.keys(counts)))];
	return card(
		"Events",
		note(`By day (UTC) and type, of types that at least ${terms.crowd} visitors sent on the day.`),
		stackedBars(
			types.map((name) => ({ name, values: days.map(([, counts]) => counts[name] ?? 0) })),
			{ label: "Events by day and type", x: days.map(([day]) => day.slice(5)) },
		),
		table(
			"Events by day",
			[
				["Day", ([day]) => day],
				...types.map(
					(type) =>
						[type, ([, counts]: (typeof days)[number]) => (counts[type] === undefined ? NOTHING : count(counts[type])), "number"] as const,
				),
				["Clicks to impressions", ([, counts]) => share(ratioOf(counts, "click", "impression")), "number"],
				["Carts to views", ([, counts]) => share(ratioOf(counts, "cart", "view")), "number"],
				["Purchases to views", ([, counts]) => share(ratioOf(counts, "purchase", "view")), "number"],
			],
			days.toReversed(),
		),
	);
}

function activations({ activations: all }: Status) {
	if (all.length === 0) return card("Latest activations", empty("No release was activated yet."));
	return card(
		"Latest activations",
		table(
			"Latest activations",
			[
				["When", ({ at }) => time(at)],
				["What", ({ action }) => tag(action, action === "refuse" ? "bad" : "")],
				["Release", ({ release }) => release],
				["Share", (each) => share(each.share), "number"],
				["By", ({ by, token }) => `${by} (${token})`],
				["Note", (each) => each.note ?? NOTHING],
			],
			all,
		),
	);
}
