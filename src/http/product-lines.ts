import * as v from "valibot";
import { ITEM_ID_MAX_LENGTH } from "../contract/primitives.ts";
import { type CatalogueReport, Product } from "../contract/product.ts";
import { failureOf } from "./body.ts";

type Rejected = CatalogueReport["rejected"][number];

/** Bad lines after which a body is taken for no product feed at all. */
export const REJECTED_MAX = 10_000;

const NEWLINE = 10;

/**
 * Reads products, one JSON object a line; blank lines are passed over.
 * @returns the good ones, of equal ids only the last, and what is wrong with each bad line; null beyond REJECTED_MAX
 */
export function parseProductLines(
	body: Uint8Array,
): { readonly products: readonly Product[]; readonly rejected: readonly Rejected[] } | null {
	const products = new Map<string, Product>();
	const rejected: Rejected[] = [];
	let line = 0;
	for (let start = 0; start < body.byteLength; ) {
		const found = body.indexOf(NEWLINE, start);
		const end = found === -1 ? body.byteLength : found;
		const parsed = parseLine(body.subarray(start, end));
		start = end + 1;
		line++;
		if (parsed === null) continue;
		if (parsed.ok) {
			// Again at the end of the map: it keeps the order of the lines that count.
			products.delete(parsed.product.id);
			products.set(parsed.product.id, parsed.product);
		} else if (rejected.push({ line, ...parsed.fault }) > REJECTED_MAX) return null;
	}
	return { products: [...products.values()], rejected };
}

type Line = { readonly ok: true; readonly product: Product } | { readonly ok: false; readonly fault: Omit<Rejected, "line"> };

function parseLine(bytes: Uint8Array): Line | null {
	let value: unknown;
	try {
		const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
		if (text.trim() === "") return null;
		value = JSON.parse(text);
	} catch {
		return { ok: false, fault: { id: null, path: "", message: "is not JSON in UTF-8" } };
	}
	const parsed = v.safeParse(Product, value, { abortEarly: true });
	if (parsed.success) return { ok: true, product: parsed.output };
	const failure = failureOf(parsed.issues[0]);
	const message = failure.kind === "unknown_field" ? "is not a known field" : failure.message;
	return { ok: false, fault: { id: idOf(value), path: failure.path, message } };
}

/** The id that a bad line gives, so that its product can be found; null when it gives none. */
function idOf(value: unknown): string | null {
	if (typeof value !== "object" || value === null || !("id" in value) || typeof value.id !== "string") return null;
	return value.id.slice(0, ITEM_ID_MAX_LENGTH);
}
