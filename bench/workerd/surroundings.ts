import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Miniflare } from "miniflare";
import { unstable_readConfig } from "wrangler";
import { SCOPES, type Scope } from "../../src/contract/errors.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const config = unstable_readConfig({ config: join(ROOT, "wrangler.toml") });

/** Of the Worker itself and of what stands beside it. */
export const { compatibility_date: COMPATIBILITY_DATE = "" } = config;

const admits = (token: string, scopes: readonly Scope[]) => ({
	name: token,
	sha256: createHash("sha256").update(token).digest("hex"),
	scopes,
});

/** The settings of wrangler.toml, and secrets that are none. @param token of all scopes; with "-" and a scope after it, of that one */
export const settings = (token: string): Record<string, string> => ({
	...(config.vars as Record<string, string>),
	SIGNING_KEY: Buffer.alloc(32, 1).toString("base64"),
	LOG_KEYS: JSON.stringify({ current: "k1", keys: { k1: Buffer.alloc(32, 2).toString("base64") } }),
	ADMIN_TOKENS: JSON.stringify([admits(token, SCOPES), ...SCOPES.map((scope) => admits(`${token}-${scope}`, [scope]))]),
});

/** Brings an empty database to the schema of the Worker. */
export async function migrate(db: Awaited<ReturnType<Miniflare["getD1Database"]>>): Promise<void> {
	for (const file of globSync("migrations/*.sql", { cwd: ROOT }).sort()) {
		const statements = readFileSync(join(ROOT, file), "utf8").split("--> statement-breakpoint");
		await db.batch(statements.filter((sql) => sql.trim() !== "").map((sql) => db.prepare(sql)));
	}
}
