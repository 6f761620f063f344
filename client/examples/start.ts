/** What a shop's page runs once, in the browser. */
import { defineEdgeShelf } from "../element.ts";
import { createEdgeshelf } from "../index.ts";
import type { Offer } from "./react.tsx";

export function start(endpoint: string, offerOf: (id: string) => Offer | undefined) {
	const edgeshelf = createEdgeshelf({ endpoint, remember: "device" });
	defineEdgeShelf(edgeshelf, { card: offerOf });
	// On a product's page: edgeshelf.track({ type: "view", item: "B004", surface: "product" });
	// When the shopper answers the question: edgeshelf.setConsent(true) or (false).
	return edgeshelf;
}
