import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { launchChromium } from "./chromium.ts";
import { uploadSecondRelease } from "./second-release.ts";
import { serveShop } from "./served-shop.ts";
import { meetShopper, type Shopper } from "./shopper.ts";

/** What the second release's manifest says of it. */
const NDCG = 0.3215;

let browser: Browser;
let shop: Awaited<ReturnType<typeof serveShop>>;
let first: string;
let second: string;
beforeAll(async () => {
	browser = await launchChromium();
	shop = await serveShop();
	first = (await recommended()).release;
	second = await uploadSecondRelease(shop.origin, shop.token, NDCG);
});
afterAll(async () => {
	await browser?.close();
	await shop?.close();
});

type Told = { release: string; source: string; items: { id: string }[] };

/** What any shopper's page is answered now. */
async function recommended(): Promise<Told> {
	const body = JSON.stringify({ history: [{ item: "shoes-01-black" }], surface: "home", limit: 10 });
	return (await fetch(`${shop.origin}/v1/recommendations`, { method: "POST", body })).json() as Promise<Told>;
}
/** The shop obeys within 15 s. */
const soon = (holds: () => Promise<void>) => vi.waitFor(holds, { timeout: 15_000, interval: 250 });

/** An operator who has opened the console. */
async function operator(options = {}): Promise<Shopper> {
	const shopper = await meetShopper(browser, shop.origin, options);
	await shopper.open("/console/");
	await shopper.page.getByLabel("Token", { exact: true }).fill(shop.token);
	await shopper.page.getByRole("button", { name: "Open the console" }).click();
	await shopper.page.getByRole("navigation").waitFor();
	return shopper;
}
const view = async ({ page }: Shopper, name: string) => {
	await page.getByRole("navigation").getByRole("link", { name }).click();
	await page.getByRole("heading", { level: 1, name }).waitFor();
	await page.locator("[aria-busy]").first().waitFor({ state: "detached" });
};

test("a wrong token opens nothing, and is told of in one sentence", async () => {
	const { page, open, stored, leave } = await meetShopper(browser, shop.origin);
	await open("/console/");
	await page.getByLabel("Token", { exact: true }).fill("guessed");
	await page.getByRole("button", { name: "Open the console" }).click();
	expect(await page.getByRole("alert").textContent()).toBe("The server does not know this token.");
	expect(await page.getByRole("navigation").count()).toBe(0);
	expect(await stored()).toEqual({});
	await leave();
});

test("an operator sees what serves, compares two releases, activates the other, sees the shop follow, and rolls back", async () => {
	const visit = await operator();
	const { page, leave } = visit;
	const fact = (term: string) =>
		page
			.locator(".facts > div", { has: page.locator("dt", { hasText: term }) })
			.locator("dd")
			.first();
	await fact("Rung").waitFor();
	expect(await fact("Release").textContent()).toBe(first);
	expect(await fact("Rung").textContent()).toBe("personal");

	await view(visit, "Releases");
	await page.getByLabel("Left", { exact: true }).selectOption(first);
	await page.getByLabel("Right", { exact: true }).selectOption(second);
	const compared = page.getByRole("region", { name: "Two releases compared" }).getByRole("row", { name: /^NDCG@10/ });
	await compared.waitFor();
	expect(await compared.locator("td").allTextContents()).toEqual(["0.2893", "0.3215", "+11.1%"]);

	await page.getByRole("button", { name: `Activate ${second}` }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Activate" }).click();
	await soon(async () => expect(await fact("Active").textContent()).toBe(second));
	await soon(async () => expect(await fact("Answers come from").textContent()).toBe(`${second} follows the pointer`));
	await soon(async () => expect(await recommended()).toMatchObject({ release: second, source: "personal" }));

	await page.getByRole("button", { name: "Roll back" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
	await soon(async () => expect(await recommended()).toMatchObject({ release: first, source: "personal" }));
	await soon(async () => expect(await fact("Active").textContent()).toBe(first));
	await leave();
});

test("a pin is tried out, stored, acts on what shoppers are answered, and ends with the rule", async () => {
	const visit = await operator();
	const { page, leave } = visit;
	const pinned = shop.catalogue.find(({ category, product }) => category.key === "plates" && product.stock !== 0)?.product.id ?? "";
	expect((await recommended()).items.map(({ id }) => id)).not.toContain(pinned);
	await view(visit, "Rules");
	await page.getByLabel("Id", { exact: true }).fill("plates-first");
	await page.getByLabel("Products", { exact: true }).fill(pinned);
	await page.getByLabel("History, oldest first").fill("shoes-01-black");
	await page.getByRole("button", { name: "Preview" }).click();
	expect(await page.locator(".moved").first().textContent()).toBe(`${pinned} new`);
	expect((await recommended()).items.map(({ id }) => id)).not.toContain(pinned);

	await page.getByRole("button", { name: "Save" }).click();
	await page.getByRole("button", { name: "Disable plates-first" }).waitFor();
	await soon(async () => expect((await recommended()).items[0]?.id).toBe(pinned));
	await page.getByRole("button", { name: "Disable plates-first" }).click();
	await page.getByRole("button", { name: "Enable plates-first" }).waitFor();
	await soon(async () => expect((await recommended()).items.map(({ id }) => id)).not.toContain(pinned));
	await page.getByRole("button", { name: "Delete plates-first" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
	await page.getByText("There is no rule").waitFor();
	await leave();
});

test("synonyms are put as lines, refused in words, and obeyed by search", async () => {
	const visit = await operator();
	const { page, leave } = visit;
	const found = async () => {
		const body = JSON.stringify({ query: "chaise", limit: 1 });
		const answer = await fetch(`${shop.origin}/v1/search`, { method: "POST", body });
		return ((await answer.json()) as { total: number }).total;
	};
	expect(await found()).toBe(0);
	await view(visit, "Synonyms");
	const lines = page.getByLabel("One entry a line");
	await lines.fill("chaise");
	await page.getByRole("button", { name: "Save" }).click();
	await page.getByRole("alert").waitFor();
	await lines.fill("chaise => teapot, 茶壶\nmug, beaker");
	await page.getByRole("button", { name: "Save" }).click();
	await page.getByRole("region", { name: "Changes, the latest first" }).waitFor();
	expect(await lines.inputValue()).toBe("chaise => teapot, 茶壶\nmug, beaker");
	await soon(async () => expect(await found()).toBeGreaterThan(0));
	await leave();
});

/** Views, and what is done in each before it is looked at. */
const VIEWS: readonly (readonly [string, ((shopper: Shopper) => Promise<unknown>)?])[] = [
	["Overview"],
	["Releases"],
	["Runs"],
	[
		"Rules",
		async ({ page }) => {
			await page.getByLabel("Products", { exact: true }).fill("plates-05-rose");
			await page.getByRole("button", { name: "Preview" }).click();
			await page.locator(".places").first().waitFor();
		},
	],
	["Synonyms"],
	[
		"Inspector",
		async ({ page }) => {
			await page.getByLabel("History").fill("shoes-01-black\nshoes-02-navy cart");
			await page.getByRole("button", { name: "Inspect" }).click();
			await page.getByRole("region", { name: "Items with score" }).waitFor();
		},
	],
	["Privacy"],
];

describe.each([
	["light", 1440],
	["dark", 1440],
	["light", 360],
	["dark", 360],
] as const)("in %s at %i px", (colorScheme, width) => {
	test("no view has an accessibility violation, and none is wider than the window", async () => {
		const visit = await operator({ colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" });
		const { page, violations, leave } = visit;
		for (const [name, act] of VIEWS) {
			await view(visit, name);
			await act?.(visit);
			expect([name, await violations()]).toEqual([name, []]);
			const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			expect([name, overflow]).toEqual([name, 0]);
		}
		await page.getByRole("button", { name: "Sign out" }).click();
		await page.getByLabel("Token", { exact: true }).waitFor();
		expect(["the door", await violations()]).toEqual(["the door", []]);
		await leave();
	});
});
