import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { createTestHarness } from "wrangler";
import type { Scope } from "../../src/contract/errors.ts";

const secretOf = (byte: number): string => Buffer.alloc(32, byte).toString("base64");

/**
 * The Worker with a tap (tapped-worker.ts), not yet started.
 * @param token  admits with these scopes
 * @param keyed  the keyed mode is on
 */
export const createTapped = (token: string, scopes: readonly Scope[], keyed = false): ReturnType<typeof createTestHarness> =>
	createTestHarness({
		root: resolve(import.meta.dirname, "../.."),
		workers: [
			{
				configPath: resolve(import.meta.dirname, "tapped.wrangler.toml"),
				secrets: {
					SIGNING_KEY: secretOf(1),
					LOG_KEYS: JSON.stringify({ current: "k1", keys: { k1: secretOf(2) }, ...(keyed && { pseudonyms: secretOf(3) }) }),
					ADMIN_TOKENS: JSON.stringify([{ name: "test", sha256: createHash("sha256").update(token).digest("hex"), scopes }]),
				},
			},
		],
	});
