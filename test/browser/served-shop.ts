import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { createTestHarness } from "wrangler";
import { createClient } from "../../cli/client.ts";
import { makeCatalogue } from "../../cli/demo/catalogue.ts";
import { seedDemo } from "../../cli/start/seed.ts";
import { warmUp } from "../../cli/start/warm.ts";
import type { LogLine } from "../../src/contract/event.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const TOKEN = "operator";
const SCOPES = ["catalogue", "release", "train", "read", "erase"];
// Nothing is fetched from or told to anyone.
Object.assign(process.env, { CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false" });

/** The demo shop in workerd, filled as `npm start` fills it, with a state of its own. */
export async function serveShop() {
	const server = createTestHarness({
		root: ROOT,
		workers: [
			{
				configPath: resolve(ROOT, "test/browser/shop.wrangler.toml"),
				secrets: {
					SIGNING_KEY: Buffer.alloc(32, 1).toString("base64"),
					LOG_KEYS: JSON.stringify({ current: "k1", keys: { k1: Buffer.alloc(32, 2).toString("base64") } }),
					ADMIN_TOKENS: JSON.stringify([{ name: "test", sha256: createHash("sha256").update(TOKEN).digest("hex"), scopes: SCOPES }]),
				},
			},
		],
	});
	const { url } = await server.listen();
	await server.getWorker().applyD1Migrations("DB");
	const client = createClient(url.href, { token: TOKEN });
	const catalogue = makeCatalogue();
	await seedDemo(client, catalogue);
	await warmUp(
		client,
		catalogue.slice(0, 2).map(({ product }) => ({ item: product.id })),
	);
	return {
		origin: url.origin,
		/** Opens all admin routes. */
		token: TOKEN,
		catalogue,
		/** All that the log holds, in order of receipt. */
		async log(): Promise<LogLine[]> {
			const answer = await server.fetch("/admin/events", { headers: { authorization: `Bearer ${TOKEN}` } });
			return ((await answer.json()) as { lines: LogLine[] }).lines;
		},
		close: () => server.close(),
	};
}
