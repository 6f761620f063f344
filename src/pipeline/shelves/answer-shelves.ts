import type { Reason, RecommendedItem, Source } from "../../contract/recommendation.ts";
import type { Shelf } from "../../contract/shelf.ts";
import { composePage } from "../../rank/compose-page.ts";
import { byScore, reciprocalRankFusion } from "../../rank/reciprocal-rank-fusion.ts";
import { withPins, withRules } from "../../rank/rules.ts";
import type { OnFault } from "../answer.ts";
import { effectsOf, lifted, liftOf, maskPinned, named, type PinnedRow, pinnedItems, pinnedRows } from "../apply-rules.ts";
import type { OverlaidRelease } from "../overlaid-release.ts";
import { popularRows } from "../popular-items.ts";
import type { HotLists } from "../ports.ts";
import { prepareMask, productOf } from "../prepare-mask.ts";
import { boughtTogetherPool } from "./bought-together.ts";
import { buyAgainPool, recentlyViewedPool } from "./from-history.ts";
import { newPool, popularPool, trendingPool } from "./lists.ts";
import { personalPool } from "./personal.ts";
import { EMPTY_POOL, isFromHistory, type MakePool, maskSubjects, type ShelfFrame, type ShelfSpec } from "./pool.ts";
import { type Shopper, scoresFor } from "./shopper.ts";
import { similarPool } from "./similar.ts";

export type AnsweredShelf = {
	/** Place of the shelf among those asked for. */
	readonly asked: number;
	readonly shelf: Shelf;
	readonly source: Source;
	readonly rules?: string[];
	readonly items: RecommendedItem[];
	readonly expected: number;
};

const POOLS: Readonly<Record<Shelf, MakePool>> = {
	personal: personalPool,
	similar: similarPool,
	"bought-together": boughtTogetherPool,
	trending: trendingPool,
	popular: popularPool,
	new: newPool,
	"recently-viewed": recentlyViewedPool,
	"buy-again": buyAgainPool,
};

/** Entries of a pool for each place of its shelf: room for variants, for other shelves and for a history's own order. */
const POOL_PER_PLACE = 3;
/** Least and most entries of a pool. */
const POOL_MIN = 30;
const POOL_MAX = 1000;

/** A pool after the history had its say. */
type OrderedPool = {
	readonly rows: readonly number[];
	readonly scores: readonly number[];
	readonly reasons: readonly Reason[] | null;
	readonly source: Source;
};

/**
 * Answers the shelves of one request: each one's pool, re-ordered for the shopper, with no product twice, ordered by
 * expected value, filled up with what is popular. One shelf is a page of one. A pool that fails is told of and is empty.
 * Never pauses, so that the overlay cannot change under it.
 */
export function answerShelves(
	release: OverlaidRelease,
	frame: ShelfFrame,
	specs: readonly ShelfSpec[],
	shopper: Shopper,
	hot: HotLists | null,
	onFault: OnFault,
): AnsweredShelf[] {
	const wanted = specs.reduce((sum, { limit }) => sum + limit, 0);
	const pins = specs.map((spec) => {
		if (spec.rules.pins.length === 0) return [];
		prepareMask(release, maskOf(frame, spec), shopper.history);
		return pinnedRows(release, spec.rules, spec.limit);
	});
	// A product that one shelf pins is not on another.
	const pinned = oncePerPage(release, pins);
	const allPinned = pinned.flat();
	const pools = specs.map((spec) => {
		const most = Math.min(POOL_MAX, Math.max(POOL_MIN, POOL_PER_PLACE * spec.limit) + wanted - spec.limit);
		try {
			prepareMask(release, maskOf(frame, spec), shopper.history);
			maskPinned(release, allPinned);
			const pool = POOLS[spec.shelf]({ release, spec, shopper, hot, most });
			return { ...pool, reasons: frame.explain ? pool.rows.map(pool.reasonOf) : null };
		} catch (error) {
			onFault("session", error);
			return { ...EMPTY_POOL, reasons: null };
		}
	});
	const all = pools.flatMap(({ rows }) => rows);
	const scores = scoresOrNull(release, shopper, all, onFault);
	const ordered = pools.map((pool, n): OrderedPool => {
		const { shelf, rules } = specs[n] as ShelfSpec;
		if (isFromHistory(shelf) || shelf === "personal") return { ...pool, source: pool.rung };
		const lift = liftOf(release, rules);
		// Where it was fitted to baskets, the history had its say already.
		const isFitted = shelf === "bought-together" && release.loaded.fusion.baskets !== undefined;
		if (scores === null || isFitted) return { ...inOrder(pool, lifted(pool.rows, lift)), source: pool.rung };
		const own = lift === null ? scores : new Map(pool.rows.map((row) => [row, (scores.get(row) as number) + lift(row)]));
		return { ...reordered(pool, own), source: shopper.query === null ? "session" : "personal" };
	});
	const chances = chancesOf(release, all, scores);
	const page = composePage(
		ordered.map(({ rows }, n) => ({
			limit: (specs[n] as ShelfSpec).limit,
			products: rows.map((row) => productOf(release, row)),
			chances: rows.map((row) => chances.get(row) as number),
		})),
	);
	const taken = new Set(
		page.flatMap(({ list, entries }) => entries.map((entry) => productOf(release, ordered[list]?.rows[entry] as number))),
	);
	for (const { row } of allPinned) taken.add(productOf(release, row));
	return page.map(({ list, entries, expected }) => {
		const [spec, { rows, scores: own, reasons, source }] = [specs[list] as ShelfSpec, ordered[list] as OrderedPool];
		const effects = isFromHistory(spec.shelf) ? () => [] : effectsOf(release, spec.rules);
		const items = entries.map((entry): RecommendedItem => {
			const [row, reason] = [rows[entry] as number, reasons?.[entry]];
			const told = reason === undefined ? {} : { reason: withRules(reason, effects(row)) };
			return { id: release.idOf(row), score: own[entry] as number, ...told };
		});
		const missing = isFromHistory(spec.shelf) ? 0 : spec.limit - items.length;
		const about = pools[list]?.about ?? [];
		const filled = missing === 0 ? [] : fill(release, frame, spec, about, shopper, hot, taken, missing);
		return {
			asked: list,
			shelf: spec.shelf,
			source: items.length === 0 && filled.length > 0 ? "popular" : source,
			...named(spec.rules),
			items: withPins([...items, ...filled], pinnedItems(release, pinned[list] ?? [], frame.explain), spec.limit),
			expected,
		};
	});
}

/** Pinned rows by shelf, each product on the first shelf that pins it. */
function oncePerPage(release: OverlaidRelease, pins: readonly (readonly PinnedRow[])[]): PinnedRow[][] {
	const taken = new Set<number>();
	return pins.map((rows) =>
		rows.filter(({ row }) => {
			const product = productOf(release, row);
			if (taken.has(product)) return false;
			taken.add(product);
			return true;
		}),
	);
}

/** A pool in another order. */
function inOrder(pool: Omit<OrderedPool, "source">, order: readonly number[]): Omit<OrderedPool, "source"> {
	if (order === pool.rows) return pool;
	const placeOf = new Map(pool.rows.map((row, place) => [row, place]));
	const places = order.map((row) => placeOf.get(row) as number);
	return {
		rows: order,
		scores: places.map((place) => pool.scores[place] as number),
		reasons: pool.reasons === null ? null : places.map((place) => pool.reasons?.[place] as Reason),
	};
}

/** What may be on a shelf; its own product and the cart never are. */
function maskOf({ exclude, excludeSeen }: ShelfFrame, { shelf, item, items, filter }: ShelfSpec) {
	return { filter, exclude: [...exclude, ...items], item, excludeSeen: excludeSeen && !isFromHistory(shelf) };
}

function fill(
	release: OverlaidRelease,
	frame: ShelfFrame,
	spec: ShelfSpec,
	about: readonly number[],
	{ history }: Shopper,
	hot: HotLists | null,
	taken: Set<number>,
	limit: number,
): RecommendedItem[] {
	prepareMask(release, maskOf(frame, spec), history);
	maskSubjects(release, about);
	return popularRows(release, spec, hot, taken, limit).map((row) => ({
		id: release.idOf(row),
		score: 0,
		...(frame.explain && { reason: { kind: "popular" as const } }),
	}));
}

function scoresOrNull(release: OverlaidRelease, shopper: Shopper, rows: readonly number[], onFault: OnFault) {
	try {
		return scoresFor(release, shopper, rows);
	} catch (error) {
		onFault("session", error);
		return null;
	}
}

/** The shelf's own order and that of the history, fused; where they balance the history decides. */
function reordered(
	{ rows, reasons }: Pick<OrderedPool, "rows" | "reasons">,
	scores: ReadonlyMap<number, number>,
): Omit<OrderedPool, "source"> {
	const personal = rows.toSorted((a, b) => (scores.get(b) as number) - (scores.get(a) as number));
	const fused = reciprocalRankFusion([personal, rows]);
	const order = byScore(fused);
	const reasonOf = new Map(rows.map((row, place) => [row, reasons?.[place]]));
	return {
		rows: order,
		scores: order.map((row) => fused.get(row) as number),
		reasons: reasons === null ? null : order.map((row) => reasonOf.get(row) as Reason),
	};
}

/**
 * Chance of each row among all that the page could show: softmax of the fused scores, whose weights were fitted to next
 * items; where no history speaks, its share of what was asked for over the release's time.
 */
function chancesOf(release: OverlaidRelease, rows: readonly number[], scores: ReadonlyMap<number, number> | null): Map<number, number> {
	const most = scores === null ? 0 : [...scores.values()].reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
	const weights = new Map(
		rows.map((row) => {
			const [table, at] = release.locate(row);
			return [row, scores === null ? (table.popularity[at] as number) : Math.exp((scores.get(row) as number) - most)];
		}),
	);
	const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
	return new Map(Array.from(weights, ([row, weight]) => [row, total > 0 ? weight / total : 0]));
}
