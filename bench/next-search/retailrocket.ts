import { readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";

export type Visit = { readonly visitor: string; readonly at: number; readonly item: string; readonly category: string };
export type Visits = {
	/** By visitor, oldest first; equal times in the order of the file. */
	readonly visitors: readonly (readonly Visit[])[];
	/** The file's rows before a time, gzipped as the trainer reads them. */
	readonly before: (until: number) => Uint8Array;
};

/** Reads RetailRocket's events.csv.gz. */
export function readVisits(file: string): Visits {
	const lines = parse(gunzipSync(readFileSync(file))) as string[][];
	const [head = [], ...rows] = lines;
	const column = (name: string) => head.indexOf(name);
	const [at, visitor, item, category] = ["timestamp", "visitorid", "itemid", "categoryid"].map(column) as [number, number, number, number];
	const visits = rows.map(
		(row): Visit => ({
			visitor: row[visitor] as string,
			at: Number(row[at]),
			item: row[item] as string,
			category: row[category] as string,
		}),
	);
	return {
		visitors: [...Map.groupBy(visits, (visit) => visit.visitor).values()].map((own) => own.toSorted((a, b) => a.at - b.at)),
		before: (until) => gzipSync([head, ...rows.filter((row) => Number(row[at]) < until)].map((row) => `${row.join(",")}\n`).join("")),
	};
}
