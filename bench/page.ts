/**
 * `npx node bench/page.ts`: what a shopper's browser goes through on each page of the demo shop, loaded anew: largest
 * contentful paint, layout shift, the longest task while the page and its shelves are scrolled, and the bytes of the SDK.
 * `--write` puts it into bench/results/page.json.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { build } from "vite";
import { machineOf } from "../cli/machine.ts";
import { formatTable } from "../cli/table.ts";
import { launchChromium } from "../test/browser/chromium.ts";
import { serveShop } from "../test/browser/served-shop.ts";
import { meetShopper } from "../test/browser/shopper.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
/** Loads of each page; the median is told, and the worst. */
const LOADS = 5;
const PAGES = ["/", "/?category=Shoes", "/?item=shoes-01-black", "/?search=blue+cup", "/?cart"] as const;

type Seen = { readonly paintMs: number; readonly shift: number; readonly longestTaskMs: number };

/** Runs in the page, before anything of it. */
function observe() {
	const seen = { paintMs: 0, shift: 0, longestTaskMs: 0 };
	Object.assign(globalThis, { seen });
	const watch = (type: string, take: (entry: PerformanceEntry) => void) =>
		new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
	watch("largest-contentful-paint", ({ startTime }) => {
		seen.paintMs = startTime;
	});
	watch("layout-shift", (entry) => {
		seen.shift += (entry as PerformanceEntry & { value: number }).value;
	});
}

async function visit(page: Page, path: string): Promise<Seen> {
	await page.goto(path);
	await page.waitForLoadState("networkidle");
	return page.evaluate(async () => {
		const seen = (globalThis as unknown as { seen: Seen & { longestTaskMs: number } }).seen;
		const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
		new PerformanceObserver((list) => {
			for (const { duration } of list.getEntries()) seen.longestTaskMs = Math.max(seen.longestTaskMs, duration);
		}).observe({ type: "longtask" });
		const rows = [...document.querySelectorAll("edge-shelf")].map((shelf) => shelf.shadowRoot?.querySelector("ul"));
		for (let y = 0; y < document.documentElement.scrollHeight; y += 80) {
			scrollTo(0, y);
			for (const row of rows) row?.scrollBy(40, 0);
			await frame();
		}
		return { ...seen };
	});
}

async function gzippedBytes(entry: string): Promise<number> {
	const built = await build({
		configFile: false,
		logLevel: "silent",
		build: { write: false, target: "es2022", lib: { entry: `${ROOT}client/${entry}`, formats: ["es"] } },
	});
	return gzipSync((built as unknown as [{ output: [{ code: string }] }])[0].output[0].code).length;
}

const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

const browser = await launchChromium();
const shop = await serveShop();
const rows: Record<string, string | number>[] = [];
for (const path of PAGES) {
	const loads: Seen[] = [];
	for (let load = 0; load < LOADS; load++) {
		const { context, page, leave } = await meetShopper(browser, shop.origin);
		await context.addInitScript(observe);
		loads.push(await visit(page, path));
		await leave();
	}
	rows.push({
		path,
		paintMs: Math.round(middle(loads.map(({ paintMs }) => paintMs))),
		worstPaintMs: Math.round(Math.max(...loads.map(({ paintMs }) => paintMs))),
		worstShift: Math.max(...loads.map(({ shift }) => shift)),
		worstTaskMs: Math.round(Math.max(...loads.map(({ longestTaskMs }) => longestTaskMs))),
	});
}
const bytes = { sdk: await gzippedBytes("index.ts"), component: await gzippedBytes("element.ts") };
await browser.close();
await shop.close();

const header = ["path", "paintMs", "worstPaintMs", "worstShift", "worstTaskMs"];
console.log(
	formatTable(
		header,
		rows.map((row) => header.map((name) => row[name] as string | number)),
	),
);
console.log(`Tasks: 0 means none over 50 ms. Gzipped: SDK ${bytes.sdk} bytes, component ${bytes.component}.`);
if (process.argv.includes("--write")) {
	const result = {
		loads: LOADS,
		rows,
		gzippedBytes: bytes,
		machine: machineOf(),
		date: new Date().toISOString().slice(0, 10),
		command: "npx node bench/page.ts --write",
	};
	writeFileSync(new URL("results/page.json", import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);
}
