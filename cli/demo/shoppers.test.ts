import { createHash } from "node:crypto";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { LogLine } from "../../src/contract/event.ts";
import { makeCatalogue } from "./catalogue.ts";
import { COMPLEMENTS } from "./complements.ts";
import { LOG_FROM, LOG_UNTIL, SESSIONS, simulateLog } from "./shoppers.ts";

const catalogue = makeCatalogue();
const log = simulateLog(catalogue);
const traitsOf = new Map(catalogue.map((each) => [each.product.id, each]));
const sessions = Map.groupBy(log, ({ session }) => session);
const views = log.filter(({ type }) => type === "view");

/** Products in the order in which a session viewed them, each once. */
const paths = [...sessions.values()].map((lines) => [
	...new Set(lines.filter(({ type }) => type === "view").map(({ item }) => item ?? "")),
]);
const steps = paths.flatMap((path) => path.slice(1).map((to, i) => [traitsOf.get(path[i] as string), traitsOf.get(to)] as const));
const shareOf = (isSo: (from: (typeof catalogue)[number], to: (typeof catalogue)[number]) => boolean, pairs = steps) =>
	pairs.filter(([from, to]) => from !== undefined && to !== undefined && isSo(from, to)).length / pairs.length;
/** The same steps with their ends dealt out anew: what chance alone would give. */
const shuffledSteps = steps.map(([from], i) => [from, steps[(i + 4099) % steps.length]?.[1]] as const);

describe("the simulated log", () => {
	test("is the same each time, byte for byte, and another for another seed", () => {
		const digest = (lines: readonly LogLine[]) => createHash("sha256").update(JSON.stringify(lines)).digest("hex");
		const [once, again, other] = ["one", "one", "other"].map((seed) => digest(simulateLog(catalogue, seed, 300)));
		expect(again).toBe(once);
		expect(other).not.toBe(once);
	});

	test("is of lines that the trainer and the Worker agree on, in order of time, within its 28 days, each id once", () => {
		for (const line of log.filter((_, i) => i % 50 === 0)) expect(v.safeParse(LogLine, line).issues).toBeUndefined();
		expect(log.map(({ at }) => at)).toEqual(log.map(({ at }) => at).toSorted((a, b) => a - b));
		expect(log[0]?.at).toBeGreaterThanOrEqual(LOG_FROM);
		expect(log.at(-1)?.at).toBeLessThan(LOG_UNTIL);
		expect(new Set(log.map(({ id }) => id)).size).toBe(log.length);
	});

	test("has about 60,000 events in 9,000 sessions", () => {
		expect(log.length).toBeGreaterThan(54_000);
		expect(log.length).toBeLessThan(66_000);
		expect(sessions.size).toBe(SESSIONS);
	});

	test("narrows from views over carts to purchases, and nothing is bought that was not put into the cart", () => {
		const count = (type: string) => log.filter((line) => line.type === type).length;
		expect(count("view")).toBeGreaterThan(3 * count("cart"));
		expect(count("cart")).toBeGreaterThan(count("purchase"));
		for (const lines of sessions.values()) {
			const carted = new Set(lines.filter(({ type }) => type === "cart").map(({ item }) => item));
			for (const { type, item } of lines) if (type === "purchase") expect(carted).toContain(item);
		}
	});

	test("never puts a sold-out product into a cart", () => {
		const carted = log.filter(({ type }) => type === "cart").map(({ item }) => traitsOf.get(item ?? "")?.product.stock);
		expect(carted).not.toContain(0);
	});

	test("leads from a category to its complements at least twice as often as chance", () => {
		const isComplement: Parameters<typeof shareOf>[0] = (from, to) => COMPLEMENTS[from.category.key]?.includes(to.category.key) ?? false;
		expect(shareOf(isComplement)).toBeGreaterThan(2 * shareOf(isComplement, shuffledSteps));
	});

	test("stays with style, brand and design more often than chance", () => {
		for (const isSame of [
			(from, to) => from.style === to.style,
			(from, to) => from.brand === to.brand,
			(from, to) => from.product.group === to.product.group,
		] satisfies Parameters<typeof shareOf>[0][])
			expect(shareOf(isSame)).toBeGreaterThan(1.3 * shareOf(isSame, shuffledSteps));
	});

	test("has a head and a long tail: a tenth of the products takes at least a quarter of the views", () => {
		const counts = [...Map.groupBy(views, ({ item }) => item).values()].map((lines) => lines.length).sort((a, b) => b - a);
		const head = counts.slice(0, Math.floor(catalogue.length / 10)).reduce((sum, n) => sum + n, 0);
		expect(head / views.length).toBeGreaterThan(0.25);
	});

	test("turns from summer to autumn: coats gain on dresses between the first and the last week", () => {
		const ratio = (from: number) => {
			const week = views.filter(({ at }) => at >= from && at < from + 7 * 86_400).map(({ item }) => traitsOf.get(item ?? "")?.category.key);
			return week.filter((key) => key === "coats").length / week.filter((key) => key === "dresses").length;
		};
		expect(ratio(LOG_UNTIL - 7 * 86_400)).toBeGreaterThan(1.5 * ratio(LOG_FROM));
	});
});
