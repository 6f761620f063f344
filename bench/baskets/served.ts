import { UNKNOWN_CONTEXT } from "../../src/contract/context.ts";
import { HISTORY_MAX_ENTRIES, type HistoryEntry } from "../../src/contract/recommendation.ts";
import { CART_MAX_ITEMS, type Shelf } from "../../src/contract/shelf.ts";
import type { OverlaidRelease } from "../../src/pipeline/overlaid-release.ts";
import { answerShelves } from "../../src/pipeline/shelves/answer-shelves.ts";
import { meetShopper } from "../../src/pipeline/shelves/shopper.ts";
import { createStopwatch } from "../../src/pipeline/stopwatch.ts";
import { NO_RULES } from "../../src/rank/rules.ts";
import type { Case, Task } from "./cases.ts";
import type { Retail } from "./retail.ts";

const LISTED = 10;
/** The demand of the last days is known to a Worker, not here. */
const NO_HOT_LISTS = null;

/**
 * What the Worker's own pipeline answers to a request as a browser sends it: the newest 512 purchases and up to 100
 * products of a cart. `completion` asks for `bought-together` with what was seen left in; `next` asks a page for `buy-again`
 * and, to fill it up, for what goes along with the last order.
 */
export function servedBy(release: OverlaidRelease, { items }: Retail): (task: Task, asked: Case) => number[] {
	const placeOf = new Map(items.map((id, place) => [id, place]));
	const idsOf = (places: readonly number[]) => places.map((place) => items[place] as string);
	return (task, { earlier, cart, at }) => {
		const history = earlier
			.flatMap((order) => idsOf(order.items).map((item): HistoryEntry => ({ item, event: "purchase", at: order.at })))
			.slice(-HISTORY_MAX_ENTRIES);
		const frame = { history, exclude: [], excludeSeen: task === "next", explain: false };
		const onFault = (_: unknown, error: unknown) => {
			throw error;
		};
		const shopper = meetShopper(
			release,
			frame,
			UNKNOWN_CONTEXT,
			at,
			createStopwatch(() => 0),
			onFault,
		);
		const spec = (shelf: Shelf, about: readonly number[]) => ({
			shelf,
			item: null,
			items: idsOf(about.slice(-CART_MAX_ITEMS)),
			limit: LISTED,
			filter: {},
			rules: NO_RULES,
		});
		const specs =
			task === "next" ? [spec("buy-again", []), spec("bought-together", earlier.at(-1)?.items ?? [])] : [spec("bought-together", cart)];
		return answerShelves(release, frame, specs, shopper, NO_HOT_LISTS, onFault)
			.toSorted((a, b) => a.asked - b.asked)
			.flatMap((shelf) => shelf.items.map(({ id }) => placeOf.get(id) as number))
			.slice(0, LISTED);
	};
}
