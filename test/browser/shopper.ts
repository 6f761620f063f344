import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page, Request } from "playwright-core";
import { expect } from "vitest";

const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/** Longest wait for anything; a machine with other work is slow, milliseconds. */
const PATIENCE_MS = 120_000;

export type Violation = { readonly id: string; readonly nodes: readonly { readonly target: unknown; readonly failureSummary: string }[] };

/** A person with a browser of their own, all of whose requests are noted. */
export async function meetShopper(browser: Browser, origin: string, options: BrowserContextOptions = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-IE", baseURL: origin, ...options });
	context.setDefaultTimeout(PATIENCE_MS);
	const page = await context.newPage();
	const requests: Request[] = [];
	const faults: string[] = [];
	context.on("request", (request) => requests.push(request));
	page.on("pageerror", (error) => faults.push(error.message));
	page.on("console", (message) => {
		if (/Content Security Policy|Refused to/.test(message.text())) faults.push(message.text());
	});
	return {
		context,
		page,
		requests,
		shelf: (place: number | string = 0) => shelfOf(page, place),
		consent: (word: "yes" | "no") => page.locator(`#consent-${word}`).click(),
		open: (path: string) => page.goto(path),
		/** Follows the shop's own links: the page is not loaded anew. */
		async follow(path: string) {
			await page.evaluate((to) => {
				const link = document.createElement("a");
				link.href = to;
				document.body.append(link);
				link.click();
				link.remove();
			}, path);
		},
		/** Keys and values in the browser's storage. */
		stored: () => page.evaluate(() => ({ ...localStorage, ...sessionStorage })),
		async violations(): Promise<Violation[]> {
			await page.evaluate(AXE);
			const { violations } = await page.evaluate(() =>
				(globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe.run(),
			);
			return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ target, failureSummary }) => ({ target, failureSummary })) }));
		},
		/** What holds of every visit: nothing broke, no request left the origin, no cookie was set. */
		async leave() {
			const away = requests.map((request) => new URL(request.url())).filter((url) => url.origin !== origin && url.protocol !== "data:");
			const cookies = await context.cookies();
			await context.close();
			expect({ faults, away: away.map(String), cookies }).toEqual({ faults: [], away: [], cookies: [] });
		},
	};
}
export type Shopper = Awaited<ReturnType<typeof meetShopper>>;

/** A shelf by its place on the page or its name, once it has answered. */
function shelfOf(page: Page, place: number | string) {
	const shelf = typeof place === "number" ? page.locator("edge-shelf").nth(place) : page.locator(`edge-shelf[shelf="${place}"]`);
	const cards = shelf.locator("li[data-id]");
	return {
		shelf,
		cards,
		/** Ids of the products shown, in order, once nothing is being asked. */
		async ids(): Promise<string[]> {
			await shelf.and(page.locator(":not([aria-busy])")).waitFor();
			await cards.first().waitFor();
			return cards.evaluateAll((all) => all.map((card) => (card as HTMLElement).dataset.id ?? ""));
		},
	};
}
