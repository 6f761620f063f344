import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RecommendationFields } from "../../src/contract/candidate.ts";
import { UNKNOWN_CONTEXT } from "../../src/contract/context.ts";
import type { LogLine } from "../../src/contract/event.ts";
import { drawnFrom } from "../../src/contract/policy.ts";
import { type Received, type Reply, type StandIn, startStandIn } from "../../test/unit/stand-in-server.ts";
import { randomFrom } from "../demo/random.ts";
import { CommandFailure } from "../outcome.ts";
import { estimateCommand } from "./estimate.ts";

/** Half of the answers draw both of their places from four ranks; the higher the rank, the likelier the click. */
const EXPLORATION = { share: 0.5, keep: 0, places: 2, reserve: 4, pinned: [] };
const POLICY = "fused-1-e5000-0-2-4";
const RANKED = ["a", "b", "c", "d"];
const RATES = [0.1, 0.2, 0.5, 0.8];

function simulatedLog(visitors: number) {
	const random = randomFrom("estimate command");
	const lines: LogLine[] = [];
	const fieldsOf: Record<string, RecommendationFields | null> = {};
	for (let visitor = 0; visitor < visitors; visitor++) {
		const seed = Math.floor(random() * 2 ** 32);
		const recommendationId = `id-${visitor}`;
		fieldsOf[recommendationId] = { release: "r", policy: POLICY, surface: "home", seed, at: 1000 };
		const line = (values: Partial<LogLine>): LogLine => ({
			v: 1,
			id: String(lines.length).padStart(16, "0"),
			type: "impression",
			item: null,
			query: null,
			order: null,
			quantity: null,
			surface: "home",
			recommendationId: null,
			position: null,
			value: null,
			currency: null,
			at: 1000,
			receivedAt: 1000,
			session: visitor.toString(16),
			context: UNKNOWN_CONTEXT,
			...values,
		});
		lines.push(line({ type: "view", item: "seed", at: 900 }));
		for (const [position, rank] of drawnFrom(seed, EXPLORATION).ranks.entries()) {
			const item = RANKED[rank] as string;
			lines.push(line({ item, recommendationId, position }));
			if (random() < (RATES[rank] as number)) lines.push(line({ type: "click", item, recommendationId, position }));
		}
	}
	return { lines, fieldsOf };
}

let server: StandIn;
let printed: string;
/** What the candidate shows to all. */
let list = ["d", "c", "b", "a"];
let { lines, fieldsOf } = simulatedLog(800);

function reply({ path, body }: Received): Reply {
	if (path === "/admin/events") return [200, { lines, cursor: null }];
	if (path === "/admin/recommendation-ids")
		return [200, { ids: (JSON.parse(body) as { ids: string[] }).ids.map((id) => fieldsOf[id] ?? null) }];
	if (path === "/admin/releases") {
		return [200, { releases: [], pointer: { active: "old", previous: null, canary: "new", canaryShare: 0, updatedAt: 0 } }];
	}
	const { requests } = JSON.parse(body) as { requests: unknown[] };
	const items = list.map((id) => ({ id, score: 1 }));
	return [200, { release: "new", answers: requests.map(() => ({ source: "personal", items })) }];
}

beforeEach(async () => {
	printed = "";
	vi.spyOn(console, "log").mockImplementation((text: string) => {
		printed += `${text}\n`;
	});
	server = await startStandIn(reply);
});
afterEach(async () => {
	vi.restoreAllMocks();
	await server.stop();
	list = ["d", "c", "b", "a"];
	({ lines, fieldsOf } = simulatedLog(800));
});
const estimate = (...args: string[]) => estimateCommand.run(["--to", server.url, ...args]);

test("the canary's value is told before anybody saw it, from the log alone", async () => {
	const json = join(mkdtempSync(join(tmpdir(), "estimate-")), "figures.json");
	expect(await estimate("--json", json)).toBe(0);
	const figures = JSON.parse(readFileSync(json, "utf8")) as {
		candidate: { release: string };
		places: number;
		dr: { lower: number; upper: number };
		gain: { dr: { lower: number } };
	};
	expect(figures).toMatchObject({ candidate: { release: "new" }, places: 1600 });
	// It puts "d" and "c" first: (.8 + .5) / 2.
	expect(figures.dr.lower).toBeLessThan(0.65);
	expect(figures.dr.upper).toBeGreaterThan(0.65);
	expect(figures.gain.dr.lower).toBeGreaterThan(0.2);
	expect(printed).toContain("doubly robust");
	const asked = server.received.filter(({ path }) => path === "/admin/releases/new/answers").map(({ body }) => JSON.parse(body) as object);
	// The same shopper as far as the log knows: one question, with her history and twice the list's length.
	const request = { history: [{ item: "seed", event: "view", at: 900 }], surface: "home", limit: 4, diversity: 0, novelty: 0 };
	expect(asked).toEqual([{ requests: [{ request, context: UNKNOWN_CONTEXT }] }]);
});

test("other rules and wishes are what the candidate is asked with, and a downloaded log is as good", async () => {
	const folder = mkdtempSync(join(tmpdir(), "estimate-"));
	const [rules, log] = [join(folder, "rules.json"), join(folder, "events.ndjson")];
	const action = { kind: "pin", items: ["d"], place: 1 };
	writeFileSync(rules, JSON.stringify({ rules: [{ id: "top", action, enabled: true, updatedAt: 5 }] }));
	writeFileSync(log, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
	expect(await estimate("--release", "old", "--rules", rules, "--diversity", "0.4", "--log", log)).toBe(0);
	expect(server.received.some(({ path }) => path === "/admin/events")).toBe(false);
	const body = JSON.parse(server.received.find(({ path }) => path === "/admin/releases/old/answers")?.body ?? "{}") as object;
	expect(body).toMatchObject({ rules: [{ id: "top", rule: { action } }], requests: [{ request: { diversity: 0.4 } }] });
});

test("a place that only scales rewards makes intervals narrower", async () => {
	const json = join(mkdtempSync(join(tmpdir(), "estimate-")), "figures.json");
	const widths: number[] = [];
	for (const places of ["any", "scales"]) {
		expect(await estimate("--places", places, "--json", json)).toBe(0);
		const { ips, effect } = JSON.parse(readFileSync(json, "utf8")) as { ips: { lower: number; upper: number }; effect: string };
		expect(effect).toBe(places);
		widths.push(ips.upper - ips.lower);
	}
	expect(widths[1]).toBeLessThan(0.9 * (widths[0] as number));
	await expect(estimate("--places", "none")).rejects.toThrow("--places must be any or scales");
});

test.each([
	["the ids are another's", () => Object.assign(fieldsOf, Object.fromEntries(Object.keys(fieldsOf).map((id) => [id, null]))), /not signed/],
	[
		"nothing was explored",
		() => {
			for (const id of Object.keys(fieldsOf)) if (drawnFrom(fieldsOf[id]?.seed ?? 0, EXPLORATION).isExplored) delete fieldsOf[id];
			lines = lines.filter(({ recommendationId }) => recommendationId === null || recommendationId in fieldsOf);
		},
		/none of the \d+ answers was explored/,
	],
	["the candidate shows what was never shown", () => (list = ["e", "f", "g", "h"]), /100\.0% of its products/],
	["there is too little of it", () => ({ lines, fieldsOf } = simulatedLog(30)), /weighs as much as/],
])("no figure is printed where %s", async (_, change, reason) => {
	change();
	await expect(estimate()).rejects.toThrow(CommandFailure);
	await expect(estimate()).rejects.toThrow(reason);
	expect(printed).not.toContain("doubly robust");
});

test("a log that is none is refused by its line", async () => {
	const log = join(mkdtempSync(join(tmpdir(), "estimate-")), "events.ndjson");
	writeFileSync(log, `${JSON.stringify(lines[0])}\n{"v":1}\n`);
	await expect(estimate("--log", log)).rejects.toThrow(/line 2: is not a line of a log/);
});
