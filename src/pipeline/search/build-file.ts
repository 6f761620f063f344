import type { SearchedChange } from "../ports.ts";
import { buildSegment, type ReadProduct, readProduct } from "./segment.ts";
import { writeSegment } from "./segment-file.ts";

/** The index file of a whole catalogue. @param pages all products, deleted ones as such */
export async function buildSearchFile(pages: AsyncIterable<readonly SearchedChange[]>, version: number): Promise<Uint8Array<ArrayBuffer>> {
	const products: ReadProduct[] = [];
	for await (const page of pages) {
		for (const { id, product } of page) if (product !== null) products.push(readProduct(id, product));
	}
	return writeSegment(buildSegment(products), version);
}
