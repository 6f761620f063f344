import { readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";

/** One invoice of a known customer, without what was cancelled, given back or given away. */
export type Order = {
	readonly id: string;
	readonly customer: string;
	/** Unix seconds. */
	readonly at: number;
	/** Distinct items, as places in `Retail.items`, in the order of the file. */
	readonly items: readonly number[];
};

export type Retail = {
	readonly items: readonly string[];
	/** Oldest first. */
	readonly orders: readonly Order[];
};

/** Reads Online Retail: online_retail.csv.gz of the UCI repository, cleaned as its papers do. */
export function readRetail(file: string): Retail {
	const lines = parse(gunzipSync(readFileSync(file)), { columns: true, relax_quotes: true }) as Record<string, string>[];
	const places = new Map<string, number>();
	const orders = new Map<string, { id: string; customer: string; at: number; items: Set<number> }>();
	for (const { InvoiceNo = "", StockCode = "", Quantity, InvoiceDate = "", UnitPrice, CustomerID = "" } of lines) {
		if (CustomerID === "" || InvoiceNo.startsWith("C") || !(Number(Quantity) > 0) || !(Number(UnitPrice) > 0)) continue;
		const at = Date.parse(InvoiceDate) / 1000;
		const order = orders.get(InvoiceNo) ?? { id: InvoiceNo, customer: CustomerID, at, items: new Set() };
		order.at = Math.min(order.at, at);
		if (!places.has(StockCode)) places.set(StockCode, places.size);
		order.items.add(places.get(StockCode) as number);
		orders.set(InvoiceNo, order);
	}
	const sorted = [...orders.values()].map((order) => ({ ...order, items: [...order.items] }));
	return { items: [...places.keys()], orders: sorted.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)) };
}

/** The orders as a shop's own event log, gzipped NDJSON: a session an order, and a key of the customer for good. */
export function eventLogOf({ items, orders }: Retail): Uint8Array {
	const lines = orders.flatMap((order) =>
		order.items.map((place) =>
			JSON.stringify({
				id: `${order.id}/${items[place]}`,
				type: "purchase",
				item: items[place],
				at: order.at,
				session: order.id,
				visitor: order.customer,
				order: order.id,
			}),
		),
	);
	return gzipSync(`${lines.join("\n")}\n`);
}
