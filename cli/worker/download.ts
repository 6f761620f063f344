import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type * as v from "valibot";
import { MANIFEST_FILE } from "../../src/contract/release.ts";
import { CataloguePageAnswer, LogPageAnswer, ReleaseAnswer, ReleasesAnswer } from "../answers.ts";
import type { Client } from "../client.ts";
import { CommandFailure } from "../outcome.ts";
import { readReleaseFolder } from "../release-folder.ts";

/** The most that a page may hold. */
const CATALOGUE_PAGE_PRODUCTS = 1000;

/** Writes the whole event log as `events.ndjson.gz`. @returns events written */
export async function downloadEvents(client: Client, folder: string, signal: AbortSignal): Promise<number> {
	let count = 0;
	async function* text() {
		for await (const { lines } of pagesOf(client, LogPageAnswer, "/admin/events", signal)) {
			count += lines.length;
			yield ndjsonOf(lines);
		}
	}
	await writeGzip(join(folder, "events.ndjson.gz"), text());
	return count;
}

/** Writes the catalogue as `catalogue.ndjson.gz` and its version as `catalogue.json`. @returns products written */
export async function downloadCatalogue(client: Client, folder: string, signal: AbortSignal): Promise<number> {
	let count = 0;
	let version = 0;
	async function* text() {
		for await (const page of pagesOf(client, CataloguePageAnswer, `/admin/catalogue?limit=${CATALOGUE_PAGE_PRODUCTS}`, signal)) {
			count += page.products.length;
			version = page.version;
			yield ndjsonOf(page.products.map(({ titles, ...product }) => ({ ...product, ...(titles !== null && { titles }) })));
		}
	}
	await writeGzip(join(folder, "catalogue.ndjson.gz"), text());
	writeFileSync(join(folder, "catalogue.json"), JSON.stringify({ version }));
	return count;
}

/**
 * Fetches the active release into a folder and checks it against its manifest.
 * @returns its id; null when none is active
 */
export async function downloadActiveRelease(client: Client, folder: string, signal: AbortSignal): Promise<string | null> {
	const { pointer } = await client.call(ReleasesAnswer, "GET", "/admin/releases");
	const id = pointer.active;
	if (id === null) return null;
	const { manifest } = await client.call(ReleaseAnswer, "GET", `/admin/releases/${id}`);
	if (manifest === null) throw new CommandFailure(`the active release ${id} has no manifest`);
	mkdirSync(folder, { recursive: true });
	for (const name of [...Object.keys(manifest.files), MANIFEST_FILE]) {
		signal.throwIfAborted();
		const { bytes } = await client.send("GET", `/admin/releases/${id}/${name}`);
		writeFileSync(join(folder, name), bytes);
	}
	return readReleaseFolder(folder).id;
}

/** All pages of a listing, in order. */
export async function* pagesOf<T extends { readonly cursor: string | null }>(
	client: Client,
	schema: v.GenericSchema<unknown, T>,
	path: string,
	signal: AbortSignal,
): AsyncGenerator<T> {
	let cursor: string | null = null;
	do {
		signal.throwIfAborted();
		const query: string = cursor === null ? "" : `${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;
		const page: T = await client.call(schema, "GET", `${path}${query}`);
		yield page;
		cursor = page.cursor;
	} while (cursor !== null);
}

const ndjsonOf = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join("");

const writeGzip = (path: string, text: AsyncIterable<string>): Promise<void> =>
	pipeline(Readable.from(text, { objectMode: false }), createGzip(), createWriteStream(path));
