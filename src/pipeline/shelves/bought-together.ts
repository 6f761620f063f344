import { HISTORY_EVENTS, PARTS, type Reason } from "../../contract/recommendation.ts";
import { type BasketWeights, ownWeight } from "../../rank/baskets.ts";
import { addNeighbours, type Links, linkWeight, reachNeighbours } from "../../retrieve/neighbours.ts";
import { ordersOf } from "../../sequence/orders.ts";
import type { OverlaidRelease } from "../overlaid-release.ts";
import { productOf, variantsOf } from "../prepare-mask.ts";
import { EMPTY_POOL, type MakePool, maskSubjects, type PoolAsk, subjectOf } from "./pool.ts";

const BOUGHT = PARTS.indexOf("bought");
const TRANSITIONS = PARTS.indexOf("transitions");
const KIND_OF_CART = HISTORY_EVENTS.indexOf("cart") + 1;
/** What a link of another variant of a cart's product says, against one of the variant itself. */
const VARIANT_WEIGHT = 0.5;

/**
 * What is bought along with a cart. Every product of the cart counts alike, whatever its place, and its variants speak
 * for it with half a voice; what was bought together comes before what was only looked at next. Where the release was
 * fitted to baskets, what the shopper's own orders held counts too, if it may be shown at all.
 */
export const boughtTogetherPool: MakePool = (ask) => {
	const { release, most } = ask;
	const { candidates, top } = release.scratch();
	const { bought, transitions, fusion, table } = release.loaded;
	const cart = cartOf(ask);
	if (cart.length === 0) return EMPTY_POOL;
	maskSubjects(release, cart);
	const inCart = new Set(cart);
	const siblings = variantsOf(release, cart).filter((row) => !inCart.has(row));
	const rows = Int32Array.from([...siblings, ...cart]);
	// The newest has age 0: the cart itself stands at the end.
	const decay = Array.from(rows, (_, age) => (age < cart.length ? 1 : VARIANT_WEIGHT));
	candidates.clear();
	if (bought !== null && fusion.baskets !== undefined) reachBaskets(ask, bought, fusion.baskets, decay, rows);
	else if (bought !== null) reachNeighbours(bought, { tau: fusion.bought.tau, decay }, rows, table.masked, candidates, BOUGHT);
	const together = candidates.size;
	reachNeighbours(transitions, { tau: fusion.transitions.tau, decay }, rows, table.masked, candidates, TRANSITIONS);
	top.reset(most);
	for (let c = 0; c < candidates.size; c++) {
		const feature = (column: number) => candidates.features[c * candidates.columns + column] as number;
		// Below 1 and falling with what was only looked at next; candidates reached by purchases came first.
		const next = feature(TRANSITIONS) / (1 + feature(TRANSITIONS));
		top.offer(candidates.rows[c] as number, c < together ? 1 + feature(BOUGHT) : next);
	}
	const found = top.sorted();
	const reasonOf = (row: number): Reason => {
		const partner = partnerOf(release, row, cart, siblings);
		return partner === null ? { kind: "bought" } : { kind: "bought-together", item: release.idOf(partner) };
	};
	return { rows: [...found.rows], scores: [...found.scores], reasonOf, about: cart, rung: "session" };
};

/** Rows of the cart, each once: those sent, else the page's product, else what the history put in, else its newest. */
function cartOf({ release, spec, shopper: { history } }: PoolAsk): number[] {
	const sent = spec.items.map(release.rowOf).filter((row) => row !== -1);
	if (sent.length > 0) return [...new Set(sent)];
	const carted = history.entries.flatMap(({ row, kind }) => (kind === KIND_OF_CART && row !== null ? [row] : []));
	if (spec.item === null && carted.length > 0) return [...new Set(carted)];
	const subject = subjectOf(release, spec.item, history);
	return subject === -1 ? [] : [subject];
}

/** Sums what the cart says, and adds what the shopper's own orders do. */
function reachBaskets(
	{ release, shopper }: PoolAsk,
	bought: Links,
	weights: BasketWeights,
	decay: readonly number[],
	rows: Int32Array,
): void {
	const { candidates } = release.scratch();
	addNeighbours(bought, decay, rows, release.loaded.table.masked, candidates, BOUGHT);
	if (weights.own === 0) return;
	for (const [row, orders] of ordersOf(shopper.history.entries))
		if (!release.isMasked(row)) candidates.add(row, BOUGHT, ownWeight(weights, orders));
}

/** The cart's row that speaks most for a row, by itself or by a variant; null where none does. */
function partnerOf(release: OverlaidRelease, row: number, cart: readonly number[], siblings: readonly number[]): number | null {
	const { bought, transitions } = release.loaded;
	const partners = new Map(cart.map((partner) => [productOf(release, partner), partner]));
	let best: number | null = null;
	let most = 0;
	for (const table of [bought, transitions]) {
		if (table === null || most > 0) continue;
		const offer = (from: number, voice: number, partner: number): void => {
			const weight = voice * linkWeight(table, from, row);
			if (weight > most) [best, most] = [partner, weight];
		};
		for (const partner of cart) offer(partner, 1, partner);
		for (const from of siblings) offer(from, VARIANT_WEIGHT, partners.get(productOf(release, from)) as number);
	}
	return best;
}
