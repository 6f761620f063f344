import { CatalogueReport } from "../../src/contract/product.ts";
import { type Client, parseAnswer } from "../client.ts";
import type { CheckpointFile } from "./checkpoint.ts";
import { type BadRow, chunksOf, type FeedChunk } from "./chunk.ts";
import { checkHeader, type Mapping } from "./mapping.ts";
import type { PriceUnit } from "./price.ts";
import { openRows } from "./rows.ts";
import { createRowMapper, emptyNotes, type FeedNotes } from "./to-product.ts";

export type ImportTotals = {
	readonly rows: number;
	readonly line: number;
	readonly upserted: number;
	readonly unchanged: number;
	readonly bad: number;
};
export type ImportOutcome = {
	readonly totals: ImportTotals;
	readonly notes: FeedNotes;
	/** What is wrong with the file beyond `totals.line`; null when it was read to its end. */
	readonly damage: string | null;
};

type ImportJob = {
	readonly path: string;
	readonly client: Client;
	readonly mapping: Mapping;
	readonly priceUnit: PriceUnit;
	readonly checkpoint: CheckpointFile;
	readonly onBadRows: (rows: readonly BadRow[]) => void;
	readonly onProgress: (fraction: number, totals: ImportTotals) => void;
};

const NOTHING_YET: ImportTotals = { rows: 0, line: 0, upserted: 0, unchanged: 0, bad: 0 };

/**
 * Sends a feed to the catalogue, request by request in the file's order, going on after the checkpoint. The next request
 * is made ready while one is under way.
 * @throws CommandFailure when the server cannot take it; the checkpoint then holds what it did take
 */
export async function importFeed(job: ImportJob): Promise<ImportOutcome> {
	const { identity: _, ...before } = job.checkpoint.read() ?? { identity: "", ...NOTHING_YET };
	let totals: ImportTotals = before;
	const notes = emptyNotes();
	const { feed, rows } = await openRows(job.path, { skip: before.rows, onHeader: (columns) => checkHeader(columns, job.mapping) });
	const send = async (chunk: FeedChunk) => {
		const report = chunk.lines.length > 0 ? await putProducts(job.client, chunk.body) : { upserted: 0, unchanged: 0, rejected: [] };
		const refused = report.rejected.map(({ line, id, path, message }) => ({ line: chunk.lines[line - 1] ?? 0, id, field: path, message }));
		const bad = [...chunk.bad, ...refused].sort((a, b) => a.line - b.line);
		totals = {
			rows: totals.rows + chunk.rows,
			line: chunk.endLine,
			upserted: totals.upserted + report.upserted,
			unchanged: totals.unchanged + report.unchanged,
			bad: totals.bad + bad.length,
		};
		job.onBadRows(bad);
		job.checkpoint.write(totals);
		job.onProgress(feed.fractionRead(), totals);
	};
	let sending = Promise.resolve();
	for await (const chunk of chunksOf(rows, createRowMapper(job.mapping, job.priceUnit, notes))) {
		await sending;
		sending = send(chunk);
		// Awaited above or below; until then its failure must not count as unhandled.
		sending.catch(() => {});
	}
	await sending;
	job.checkpoint.clear();
	return { totals, notes, damage: await feed.damage() };
}

async function putProducts(client: Client, body: string) {
	const { bytes } = await client.send("PUT", "/admin/catalogue", { body, type: "application/x-ndjson" });
	return parseAnswer(CatalogueReport, "PUT /admin/catalogue", bytes);
}
