import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { expect, test } from "vitest";

const CLIENT = resolve(import.meta.dirname, "../../client");
/** Bytes after minifying and gzip: of the SDK, and of the web component that a page may add to it. */
const LIMITS = { "index.ts": 4000, "element.ts": 4000 };

test.each(Object.entries(LIMITS))("client/%s stays within %i bytes gzipped, in one file and with no dependency", async (file, limit) => {
	const built = await build({
		configFile: false,
		logLevel: "silent",
		build: { write: false, minify: true, target: "es2022", lib: { entry: resolve(CLIENT, file), formats: ["es"] } },
	});
	const [{ output }] = built as unknown as [{ output: { code: string; modules: Record<string, unknown> }[] }];
	expect(output).toHaveLength(1);
	expect(Object.keys(output[0]?.modules ?? {}).filter((path) => !path.startsWith(CLIENT))).toEqual([]);
	expect(gzipSync(output[0]?.code ?? "").length).toBeLessThan(limit);
});
