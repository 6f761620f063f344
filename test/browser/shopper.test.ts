import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { COMPLEMENTS } from "../../cli/demo/complements.ts";
import { launchChromium } from "./chromium.ts";
import { serveShop } from "./served-shop.ts";
import { meetShopper } from "./shopper.ts";

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

const shopper = (options = {}) => meetShopper(browser, shop.origin, options);
const categoryOf = (id: string) => shop.catalogue.find(({ product }) => product.id === id)?.category.key ?? "";
const productsOf = (key: string) => {
	const groups = new Set<string>();
	const all = shop.catalogue.filter(({ category }) => category.key === key).map(({ product }) => product);
	return all.filter(({ group, stock }) => stock !== 0 && !groups.has(group ?? "") && groups.add(group ?? "")).map(({ id }) => id);
};
/** Products of a category or of what is bought with it. */
const related = (ids: readonly string[], key: string) =>
	ids.filter((id) => categoryOf(id) === key || COMPLEMENTS[key]?.includes(categoryOf(id)));
/** Asks until it holds; a shelf needs a moment to follow. */
const eventually = (holds: () => Promise<void>) => vi.waitFor(holds, { timeout: 20_000, interval: 200 });
test("five products of one category bring it to the home shelf", async () => {
	const { page, open, shelf, leave } = await shopper();
	await open("/");
	expect(related(await shelf().ids(), "tents").length).toBeLessThanOrEqual(2);
	await page.locator(".menu a", { hasText: "Outdoors" }).click();
	await page.locator(".chips a", { hasText: "Tents" }).click();
	for (let n = 0; n < 5; n++) {
		await page.locator(".grid .card a").nth(n).click();
		await page.locator(".product").waitFor();
		await page.goBack();
	}
	await page.locator(".logo").click();
	const ids = await shelf().ids();
	expect(ids).toHaveLength(10);
	expect(related(ids, "tents").length).toBeGreaterThanOrEqual(5);
	await leave();
});

test("what is put into the cart decides what is bought together", async () => {
	const { page, open, follow, shelf, leave } = await shopper();
	const [coat = "", boots = ""] = [productsOf("coats")[0], productsOf("boots")[0]];
	await open(`/?item=${coat}`);
	await page.locator("#add").click();
	await follow("/?cart");
	const withCoat = await shelf("bought-together").ids();
	expect(related(withCoat, "coats").length).toBeGreaterThanOrEqual(5);
	expect(withCoat.slice(0, 5).filter((id) => categoryOf(id) === "boots")).toEqual([]);
	await follow(`/?item=${boots}`);
	await page.locator("#add").click();
	await follow("/?cart");
	expect(await page.locator(".cart-lines li").count()).toBe(2);
	const withBoth = await shelf("bought-together").ids();
	expect(withBoth.slice(0, 5).filter((id) => categoryOf(id) === "boots").length).toBeGreaterThan(0);
	expect(withBoth).not.toContain(coat);
	await page.locator(".cart-lines .link").first().click();
	await page.locator(".cart-lines .link").first().click();
	await page.getByText("Your cart is empty").waitFor();
	await leave();
});

test("a product that is dismissed stays away with its variants, from shelf to shelf and after loading again", async () => {
	const { page, open, consent, follow, shelf, leave } = await shopper();
	await open("/");
	await consent("yes");
	const [first = ""] = await shelf().ids();
	const groupOf = (id: string) => shop.catalogue.find(({ product }) => product.id === id)?.product.group;
	const card = shelf().cards.first();
	await card.hover();
	await card.getByRole("button").click();
	await eventually(async () => expect((await shelf().ids()).map(groupOf)).not.toContain(groupOf(first)));
	await open("/");
	expect((await shelf().ids()).map(groupOf)).not.toContain(groupOf(first));
	await follow(`/?category=${shop.catalogue.find(({ product }) => product.id === first)?.product.category}`);
	expect((await shelf("trending").ids()).map(groupOf)).not.toContain(groupOf(first));
	// Taken back in the panel, it may come again.
	await page.locator("#open-panel").click();
	await page.locator(".panel").getByRole("button", { name: /again/ }).click();
	await page.locator(".panel").getByRole("button", { name: "Close" }).click();
	await follow("/");
	await eventually(async () => expect(await shelf().ids()).toContain(first));
	await leave();
});

test("consent off: nothing is sent, nothing is stored, and the shelves are those that everybody sees", async () => {
	const { page, open, consent, follow, shelf, requests, stored, leave } = await shopper();
	await open(`/?item=${productsOf("lamps")[0]}`);
	await consent("yes");
	await follow(`/?item=${productsOf("lamps")[1]}`);
	await page.waitForRequest((request) => request.url().endsWith("/v1/events"));
	expect(Object.keys(await stored())).toEqual(expect.arrayContaining(["edgeshelf.consent", "edgeshelf.history"]));

	await page.locator("#open-panel").click();
	await page.locator("#word-no").check();
	await page.locator(".panel").getByRole("button", { name: "Close" }).click();
	requests.length = 0;
	await follow(`/?item=${productsOf("cups")[0]}`);
	await page.locator("#add").click();
	await follow("/?category=Cups");
	await page.locator(".grid .card").first().waitFor();
	await follow("/?cart");
	await shelf("bought-together").ids();
	await follow("/");
	const home = await shelf().ids();
	await shelf().cards.first().getByRole("button").click();
	await page.locator("#open-panel").click();
	expect(await stored()).toEqual({});
	await page.goto("about:blank");
	expect(requests.filter((request) => request.method() !== "GET").map((request) => request.url())).toEqual([]);
	const other = await shopper();
	await other.open("/");
	expect(home).toEqual(await other.shelf().ids());
	await other.leave();
	await leave();
});

test("Global Privacy Control: as if the shopper had said no, whatever was said", async () => {
	const { context, page, open, shelf, requests, stored, leave } = await shopper({ extraHTTPHeaders: { "sec-gpc": "1" } });
	await context.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
	await open(`/?item=${productsOf("lamps")[0]}`);
	await shelf("similar").ids();
	expect(await page.locator(".consent").count()).toBe(0);
	expect(await stored()).toEqual({});
	expect(requests.filter((request) => request.method() !== "GET").map((request) => request.url())).toEqual([]);
	await leave();
});

test("offline and back: every event is in the log, once", async () => {
	const known = new Set((await shop.log()).map(({ id }) => id));
	const { context, page, open, consent, follow, leave } = await shopper();
	await open("/");
	await consent("yes");
	const viewed = productsOf("scarves").slice(0, 6);
	/** The log, once it holds so many views of them. */
	const scarvesSeen = async (count: number) => {
		let lines = await shop.log();
		await eventually(async () => {
			lines = await shop.log();
			const views = lines.filter(({ type, item, id }) => type === "view" && viewed.includes(item ?? "") && !known.has(id));
			expect(views.length).toBeGreaterThanOrEqual(count);
		});
		return lines;
	};
	await follow(`/?item=${viewed[0]}`);
	await scarvesSeen(1);
	await context.setOffline(true);
	for (const id of viewed.slice(1, 4)) await follow(`/?item=${id}`);
	await page.locator("#add").click();
	// One attempt without a network is lost, and seen to be.
	await page.waitForEvent("requestfailed", (request) => request.url().endsWith("/v1/events"));
	await context.setOffline(false);
	await follow(`/?item=${viewed[4]}`);
	await page.waitForResponse((response) => response.url().endsWith("/v1/events") && response.status() === 202);
	// The page is left without a network: the next visit brings what it left.
	await context.setOffline(true);
	await follow(`/?item=${viewed[5]}`);
	await page.goto("about:blank");
	await context.setOffline(false);
	await open("/?cart");
	const seen = await scarvesSeen(6);
	// Late lines of another test's visit are none of this one's.
	const lines = seen.filter(({ id, item }) => !known.has(id) && viewed.includes(item ?? ""));
	const of = (type: string) => lines.filter((line) => line.type === type).map(({ item }) => item);
	expect(of("view").sort()).toEqual([...viewed].sort());
	expect(of("cart")).toEqual([viewed[3]]);
	expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
	await leave();
});

test("only what was truly seen is told as seen, and each product once", async () => {
	const { page, open, consent, shelf, requests, leave } = await shopper({ viewport: { width: 1280, height: 1000 } });
	await open("/?cart");
	await consent("yes");
	const ids = await shelf().ids();
	const request = await page.waitForRequest((each) => each.url().endsWith("/v1/events") && (each.postData() ?? "").includes("impression"));
	const events = (JSON.parse(request.postData() ?? "") as { events: { type: string; item: string; position: number }[] }).events;
	const seen = events.filter(({ type }) => type === "impression");
	const columns = await shelf().cards.evaluateAll(
		(cards) => cards.filter((card) => card.getBoundingClientRect().right <= innerWidth).length,
	);
	expect(columns).toBeLessThan(ids.length);
	expect(seen.map(({ item }) => item)).toEqual(ids.slice(0, columns));
	expect(seen.map(({ position }) => position)).toEqual(seen.map((_, at) => at));
	expect(requests.filter((each) => (each.postData() ?? "").includes("impression"))).toHaveLength(1);
	await leave();
});

test("the line under a product is the server's reason, in the page's language, and follows a change of it", async () => {
	const { page, open, follow, leave } = await shopper();
	const viewed = shop.catalogue.find(({ product }) => product.id === productsOf("coats")[0])?.product;
	await open(`/?item=${viewed?.id}`);
	await page.locator(".product").waitFor();
	await follow("/");
	const lines = () => page.locator("edge-shelf [part=reason]").allTextContents();
	await eventually(async () => expect(await lines()).toContain(`Because you viewed ${viewed?.title}`));
	await follow("/?lang=zh");
	await eventually(async () => expect(await lines()).toContain(`因为您看过${viewed?.titles?.zh}`));
	await leave();
});

test("a search finds what the words name, and suggestions can be walked by keyboard", async () => {
	const { page, open, leave } = await shopper();
	await open("/");
	await page.locator("#search").fill("tea");
	await page.locator("#suggestions [role=option]").first().waitFor();
	await page.keyboard.press("ArrowDown");
	const chosen = await page.locator("#suggestions [aria-selected=true]").textContent();
	expect(await page.locator("#search").getAttribute("aria-activedescendant")).toBe("suggestion-0");
	await page.keyboard.press("Enter");
	await page.locator(".grid .card").first().waitFor();
	expect(new URL(page.url()).searchParams.get("search")).toBe(chosen);
	await leave();
});

test("a search with a typo finds what was meant, and says so", async () => {
	const { page, open, leave } = await shopper();
	await open("/?search=teepot");
	await page.locator(".grid .card").first().waitFor();
	expect(await page.locator(".note").textContent()).toContain("teapot");
	expect(await page.locator(".grid .card .card-title").first().textContent()).toMatch(/teapot/i);
	await leave();
});
