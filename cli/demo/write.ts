/** `node cli/demo/write.ts DIR`: the demo shop's catalogue and log, as the trainer reads them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { makeCatalogue } from "./catalogue.ts";
import { simulateLog } from "./shoppers.ts";

/** Version that the demo catalogue has when it is the first to be imported. */
const CATALOGUE_VERSION = 1;

/** Writes events.ndjson.gz, catalogue.ndjson.gz and catalogue.json. @returns how many lines each has */
export function writeDemoLog(directory: string): { readonly events: number; readonly products: number } {
	const catalogue = makeCatalogue();
	const events = simulateLog(catalogue);
	const products = catalogue.map(({ product }) => ({ ...product, version: CATALOGUE_VERSION }));
	const ndjson = (lines: readonly unknown[]) => gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
	mkdirSync(directory, { recursive: true });
	writeFileSync(join(directory, "events.ndjson.gz"), ndjson(events));
	writeFileSync(join(directory, "catalogue.ndjson.gz"), ndjson(products));
	writeFileSync(join(directory, "catalogue.json"), `${JSON.stringify({ version: CATALOGUE_VERSION })}\n`);
	return { events: events.length, products: products.length };
}

if (import.meta.main) {
	const directory = process.argv[2];
	if (directory === undefined) {
		console.error("usage: node cli/demo/write.ts DIR");
		process.exit(2);
	}
	const { events, products } = writeDemoLog(directory);
	console.log(`${directory}: ${events} events, ${products} products`);
}
