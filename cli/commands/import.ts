import { appendFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { choiceOf, existingPathOf, parseArguments, pathOf, SERVER_OPTIONS } from "../arguments.ts";
import { CACHE_FOLDER } from "../cache.ts";
import { createClient } from "../client.ts";
import { checkpointFor } from "../feed/checkpoint.ts";
import type { BadRow } from "../feed/chunk.ts";
import { type ImportOutcome, importFeed } from "../feed/import-feed.ts";
import { mappingOf } from "../feed/mapping.ts";
import type { Command } from "../outcome.ts";
import { createProgress, type Progress } from "../progress.ts";

/** Bad rows shown on the terminal; a report file has them all. */
const BAD_ROWS_SHOWN = 20;

const help = `edgeshelf import FILE [options]

Puts a product feed into the catalogue: NDJSON, CSV or TSV, plain or gzip. An import that was cut goes on where the
server last confirmed; bad rows are reported and the good ones kept (exit code 1 when some were bad).

  --to URL                 the Worker (default http://127.0.0.1:8787)
  --map FIELD=COLUMN       take a field from this column first; may be repeated. Fields: id, title, description, category,
                           brand, price, currency, stock, image, url, group, attributes.NAME, titles.LANGUAGE
  --price-unit major|minor what prices are in; by default whole numbers are minor units (cents), decimals major ones
  --report FILE            all bad rows as NDJSON: line, id, field, message
  --restart                begin again at the first row`;

const OPTIONS = {
	...SERVER_OPTIONS,
	map: { type: "string", multiple: true, default: [] as string[] },
	"price-unit": { type: "string" },
	report: { type: "string" },
	restart: { type: "boolean", default: false },
} as const;

async function run(args: readonly string[]): Promise<number> {
	const { values, positionals } = parseArguments(args, OPTIONS, ["FILE"]);
	const path = existingPathOf(positionals[0] as string, "file");
	const mapping = mappingOf(values.map);
	const unit = values["price-unit"];
	const priceUnit = unit === undefined ? null : choiceOf("price-unit", unit, ["major", "minor"]);
	const progress = createProgress(`import ${basename(path)}`);
	const client = createClient(values.to, { onRetry: (reason) => progress.say(`${reason}; trying again`) });
	const checkpoint = checkpointFor(CACHE_FOLDER, path, client.address, JSON.stringify([values.map, priceUnit]));
	if (values.restart) checkpoint.clear();
	const before = checkpoint.read();
	if (before !== null)
		progress.say(`going on after line ${before.line}, which ${client.address.origin} has confirmed (--restart begins again)`);
	const report = values.report === undefined ? null : pathOf(values.report);
	if (report !== null && before === null) writeFileSync(report, "");
	try {
		const outcome = await importFeed({
			path,
			client,
			mapping,
			priceUnit,
			checkpoint,
			onBadRows: badRowReporter(progress, report, before?.bad ?? 0),
			onProgress: (fraction, { rows, bad }) => progress.show(fraction, `${rows} rows${bad > 0 ? `, ${bad} bad` : ""}`),
		});
		progress.end();
		return tell(outcome, report);
	} finally {
		progress.end();
	}
}

function badRowReporter(progress: Progress, report: string | null, countedBefore: number) {
	let count = countedBefore;
	return (rows: readonly BadRow[]) => {
		for (const row of rows) {
			if (++count <= BAD_ROWS_SHOWN) progress.say(`line ${row.line}: ${[row.field, row.message].filter(Boolean).join(": ")}`);
			if (count === BAD_ROWS_SHOWN + 1)
				progress.say(report === null ? "more bad rows follow; --report FILE takes them all" : `more in ${report}`);
		}
		if (report !== null && rows.length > 0) appendFileSync(report, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
	};
}

/** @returns the exit code */
function tell({ totals, notes, damage }: ImportOutcome, report: string | null): number {
	console.log(
		`${totals.upserted} products written, ${totals.unchanged} as they were, ${totals.bad} rows bad${report !== null && totals.bad > 0 ? ` (${report})` : ""}`,
	);
	if (notes.ignoredColumns.size > 0) console.log(`columns that were not used: ${[...notes.ignoredColumns].sort().join(", ")}`);
	if (notes.attributesDropped > 0)
		console.log(`${notes.attributesDropped} attribute values beyond the schema's limits (160 characters, 200 names) were left out`);
	if (notes.descriptionsCut > 0) console.log(`${notes.descriptionsCut} descriptions were cut to 20,000 characters`);
	if (notes.decimalPrices > 0 && notes.integerPrices > 0) {
		console.log(
			`prices: ${notes.integerPrices} whole numbers were read as minor units (cents) and ${notes.decimalPrices} decimals as major units; ` +
				"say --price-unit major if all are major",
		);
	}
	if (damage !== null) console.error(`edgeshelf import: ${damage} after line ${totals.line}; the rows up to there were kept`);
	return totals.bad > 0 || damage !== null ? 1 : 0;
}

export const importCommand: Command = { summary: "put a product feed into the catalogue", help, run };
