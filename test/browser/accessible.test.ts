import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { serveShop } from "./served-shop.ts";
import { meetShopper, type Shopper } from "./shopper.ts";

let browser: Browser;
let shop: Awaited<ReturnType<typeof serveShop>>;
beforeAll(async () => {
	browser = await launchChromium();
	shop = await serveShop();
});
afterAll(async () => {
	await browser?.close();
	await shop?.close();
});

/** Pages of the shop, and what must stand there before they are looked at. */
const PAGES: readonly (readonly [string, string, ((shopper: Shopper) => Promise<unknown>)?])[] = [
	["/", "edge-shelf li[data-id]"],
	["/?department=clothing", ".grid .card"],
	["/?category=Shoes", ".grid .card"],
	["/?item=shoes-01-black", "edge-shelf li[data-id]"],
	["/?cart", "edge-shelf li[data-id]"],
	["/?item=shoes-02-navy", ".added a", ({ page }) => page.locator("#add").click()],
	["/?cart", ".cart-lines li"],
	["/?search=blue+cup", ".grid .card"],
	["/?search=qqqq", "edge-shelf li[data-id]"],
	["/?search=", "edge-shelf li[data-id]"],
	["/?item=nothing", "edge-shelf li[data-id]"],
	["/?category=Shoes", ".panel[open] .told li", ({ page }) => page.locator("#open-panel").click()],
];

describe.each([
	["light", "en", 1440],
	["dark", "zh", 1440],
	["dark", "en", 360],
	["light", "zh", 360],
] as const)("in %s, %s, at %i px", (colorScheme, language, width) => {
	test("no page has an accessibility violation, and none is wider than the window", async () => {
		const shopper = await meetShopper(browser, shop.origin, { colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" });
		const { page, open, follow, violations, leave } = shopper;
		await open(`/?lang=${language}`);
		for (const [path, sign, first] of PAGES) {
			await follow(`${path}${path === "/" ? "?" : "&"}lang=${language}`);
			await first?.(shopper);
			await page.locator(sign).first().waitFor();
			expect([path, await violations()]).toEqual([path, []]);
			const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			expect([path, overflow]).toEqual([path, 0]);
		}
		await leave();
	});
});
