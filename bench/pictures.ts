/**
 * `npm run pictures`: every page of the demo shop at 360 and 1440 px, light and dark, in both languages, into `out/pictures`;
 * and the README's own two, into `bench/pictures`. Names each text that does not fit its place, and then exits with 1.
 */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { launchChromium } from "../test/browser/chromium.ts";
import { serveShop } from "../test/browser/served-shop.ts";
import { meetShopper, type Shopper } from "../test/browser/shopper.ts";

const OUT = fileURLToPath(new URL("../out/pictures/", import.meta.url));
const README = fileURLToPath(new URL("./pictures/", import.meta.url));
const WIDTHS = [360, 1440] as const;
const SCHEMES = ["light", "dark"] as const;
const LANGUAGES = ["en", "zh"] as const;

type Step = readonly [name: string, path: string, first?: (shopper: Shopper) => Promise<unknown>];
/** In this order, since what is done on one page shows on the next. */
const STEPS: readonly Step[] = [
	["home", "/"],
	["department", "/?department=kitchen"],
	["category", "/?category=Coats"],
	["product", "/?item=coats-08-mustard", ({ page }) => page.locator("#add").click()],
	["product-sizes", "/?item=tea-02-100g"],
	["home-known", "/"],
	["cart", "/?cart"],
	["search", "/?search=coat"],
	["search-none", "/?search=qqqq"],
	["panel", "/?category=Coats", ({ page }) => page.locator("#open-panel").click()],
];

/** Loads what is loaded when it comes into sight, and returns to the top. */
async function lookThrough(page: Page) {
	await page.locator("edge-shelf[aria-busy], .waiting").first().waitFor({ state: "detached" });
	await page.evaluate(async () => {
		for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
			scrollTo(0, y);
			await new Promise((resolve) => setTimeout(resolve, 60));
		}
		scrollTo(0, 0);
	});
	await page.waitForLoadState("networkidle");
}

/** Texts that are wider than their place, and controls that lie over one another. */
const misfits = (page: Page): Promise<string[]> =>
	page.evaluate(() => {
		const all = [...document.querySelectorAll("*")].flatMap((each) => [each, ...(each.shadowRoot?.querySelectorAll("*") ?? [])]);
		const shown = all.filter((each) => each.checkVisibility() && each.textContent?.trim() && each.childElementCount === 0);
		const clipped = shown.filter((each) => {
			const { overflowX, clipPath } = getComputedStyle(each);
			return clipPath === "none" && overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1;
		});
		return clipped.map((each) => `${each.localName} "${each.textContent?.trim()}"`);
	});

const browser = await launchChromium();
const shop = await serveShop();
mkdirSync(OUT, { recursive: true });
mkdirSync(README, { recursive: true });
let faults = 0;
for (const width of WIDTHS) {
	for (const colorScheme of SCHEMES) {
		for (const language of LANGUAGES) {
			const viewport = { width, height: width === 360 ? 740 : 900 };
			const shopper = await meetShopper(browser, shop.origin, { viewport, colorScheme, reducedMotion: "reduce" });
			const { page, open, follow, consent, leave } = shopper;
			await open(`/?lang=${language}`);
			await page.waitForLoadState("networkidle");
			await page.screenshot({ path: `${OUT}consent-${width}-${colorScheme}-${language}.png` });
			await consent("yes");
			for (const [name, path, first] of STEPS) {
				await follow(`${path}${path === "/" ? "?" : "&"}lang=${language}`);
				await first?.(shopper);
				await lookThrough(page);
				const file = `${name}-${width}-${colorScheme}-${language}.png`;
				await page.screenshot({ path: OUT + file, fullPage: name !== "panel" });
				if (name === "home-known" && (width === 1440) === (language === "en") && (width === 1440) === (colorScheme === "light"))
					await page.screenshot({ path: README + (width === 1440 ? "shop.png" : "shop-phone.png") });
				for (const text of await misfits(page)) {
					faults++;
					console.log(`${file}: ${text} does not fit`);
				}
			}
			await leave();
		}
	}
}
await browser.close();
await shop.close();
console.log(`${OUT}: ${WIDTHS.length * SCHEMES.length * LANGUAGES.length * (STEPS.length + 1)} pictures, ${faults} texts that do not fit`);
process.exit(faults === 0 ? 0 : 1);
