import { createThesaurus, type Thesaurus } from "../../text/thesaurus.ts";
import type { SearchSource, WaitUntil } from "../ports.ts";
import { POLL_SECONDS } from "../release-keeper.ts";
import { type CatalogueIndex, createCatalogueIndex } from "./catalogue-index.ts";
import { readSegment } from "./segment-file.ts";

/** Least time between two looks for a newer file, seconds. */
const FILE_SECONDS = 60;
/** Changes read at once. */
const PAGE_ROWS = 1000;
/** Age at which a reading that never ended is given up, seconds: its request may have been cancelled. */
const ABANDONED_SECONDS = 60;

/** Holds the index and keeps it fresh, off the path of requests: a query reads no database. */
export interface SearchKeeper {
	/** Starts what is due under `waitUntil`. @param answered resolves once this request is answered */
	tend(now: number, waitUntil: WaitUntil, answered: Promise<void>): void;
	isDue(now: number): boolean;
	readonly index: CatalogueIndex | null;
	/** null: the shop has no synonyms, as far as is known. */
	readonly thesaurus: Thesaurus | null;
}

/** @param onFault told why a file was refused */
export function createSearchKeeper(source: SearchSource, onFault: (message: string) => void): SearchKeeper {
	let index: CatalogueIndex | null = null;
	let said: { readonly version: number; readonly thesaurus: Thesaurus } | null = null;
	let triedAt = Number.NEGATIVE_INFINITY;
	let fileTriedAt = Number.NEGATIVE_INFINITY;
	let readingSince: number | null = null;

	async function catchUp(of: CatalogueIndex): Promise<void> {
		for (;;) {
			const changes = await source.changes(of.cursor, PAGE_ROWS);
			of.apply(changes);
			if (changes.length < PAGE_ROWS) return;
		}
	}

	async function readSynonyms(): Promise<void> {
		const list = await source.synonyms(said?.version ?? 0);
		if (list !== null) said = { version: list.version, thesaurus: createThesaurus(list.synonyms) };
	}

	/** A newer file is loaded beside the index that serves, and takes its place once it has caught up. */
	async function read(now: number, answered: Promise<void>): Promise<void> {
		// Without them search is what it was.
		await readSynonyms().catch(() => {});
		if (now - fileTriedAt >= FILE_SECONDS) {
			fileTriedAt = now;
			const file = await source.file(index?.fileVersion ?? null);
			await answered;
			const loaded = file === null ? null : readSegment(file.bytes);
			if (loaded?.ok === false) onFault(loaded.error);
			if (loaded?.ok) {
				const next = createCatalogueIndex(loaded.value);
				await catchUp(next);
				index = next;
				return;
			}
		}
		const held = index ?? createCatalogueIndex(null);
		await catchUp(held);
		index = held;
	}

	function isDue(now: number): boolean {
		const isReading = readingSince !== null && now - readingSince < ABANDONED_SECONDS;
		return !isReading && now - triedAt >= POLL_SECONDS;
	}

	return {
		isDue,
		tend(now, waitUntil, answered) {
			if (!isDue(now)) return;
			readingSince = now;
			triedAt = now;
			waitUntil(
				read(now, answered)
					// The store is out of reach: the last good index serves. The next reading tries again.
					.catch(() => {})
					.finally(() => {
						readingSince = null;
					}),
			);
		},
		get index() {
			return index !== null && index.segments.length > 0 ? index : null;
		},
		get thesaurus() {
			return said?.thesaurus ?? null;
		},
	};
}
