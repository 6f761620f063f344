import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Bundles the shop into `web/dist`, which the Worker serves as static assets. */
export async function buildWeb(): Promise<void> {
	await build({ configFile: fileURLToPath(new URL("../web/vite.config.ts", import.meta.url)) });
}
