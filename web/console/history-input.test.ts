import { expect, test } from "vitest";
import { historyOf } from "./history-input.ts";

test("a line is an entry: an id, an id and an event, or words that were searched", () => {
	expect(historyOf("a-1\n\n  b cart \n? red shoes\nthe view dismiss\nold town")).toEqual([
		{ item: "a-1", event: "view" },
		{ item: "b", event: "cart" },
		{ query: "red shoes", event: "search" },
		{ item: "the view", event: "dismiss" },
		{ item: "old town", event: "view" },
	]);
	expect(historyOf(" \n")).toEqual([]);
});
