import { fileURLToPath } from "node:url";

/** Where commands keep what they may lose: checkpoints, a worker's downloads. Git ignores it. */
export const CACHE_FOLDER = fileURLToPath(new URL("../.cache/edgeshelf", import.meta.url));
