import { type Context, Hono } from "hono";
import * as v from "valibot";
import { RequestFailure } from "../contract/errors.ts";
import { ItemId } from "../contract/primitives.ts";
import { type Filter, RECOMMENDATION_BODY_MAX_BYTES } from "../contract/recommendation.ts";
import { PageRequest, PublicShelfQuery, SHELVES, type Shelf, ShelfRequest, type ShelfResponse } from "../contract/shelf.ts";
import type { Served } from "../pipeline/ports.ts";
import { spokenLanguageOf } from "../privacy/spoken-language.ts";
import { ANYONE, count, inOwnLanguage, PERSONAL, publicFor, refuseFutureEntries, sharedOr, timing } from "./answering.ts";
import type { AppEnv } from "./app-env.ts";
import { failureOf, readJson, readQuery } from "./body.ts";
import { createSharedAnswers, type SharedAnswers } from "./shared-answers.ts";

/** Shelves that need neither a product nor a history, by their public path. */
const PUBLIC_SHELVES = { "/v1/trending": "trending", "/v1/popular": "popular", "/v1/new": "new" } as const satisfies Record<string, Shelf>;
/** Shelves about one product, by the end of their public path. */
const ITEM_SHELVES = ["similar", "bought-together"] as const satisfies readonly Shelf[];

/**
 * Shelves for a shopper (`POST /v1/shelves/{shelf}`, `POST /v1/page`) and for anyone (the GET forms, cacheable).
 * Whatever is broken behind them, they answer 200 and say which rung answered.
 */
export function shelfRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();
	const shared = createSharedAnswers<Served<ShelfResponse>>();

	routes.post("/v1/shelves/:shelf", async function shelfForShopper(c) {
		const start = performance.now();
		const { recommender, now } = c.get("services");
		const shelf = SHELVES.find((name) => name === c.req.param("shelf"));
		if (shelf === undefined) throw new RequestFailure({ kind: "not_found", what: "such shelf" });
		const request = inOwnLanguage(c, await readJson(c, ShelfRequest, RECOMMENDATION_BODY_MAX_BYTES));
		refuseFutureEntries(request.history, now());
		const served = await recommender.shelf(shelf, request, c.get("sender"), (work) => c.executionCtx.waitUntil(work));
		count(c, request.surface ?? shelf, served.response.source, start);
		return c.json(served.response, 200, { ...PERSONAL, ...timing(served) });
	});

	routes.post("/v1/page", async function pageForShopper(c) {
		const start = performance.now();
		const { recommender, now } = c.get("services");
		const request = inOwnLanguage(c, await readJson(c, PageRequest, RECOMMENDATION_BODY_MAX_BYTES));
		refuseFutureEntries(request.history, now());
		const served = await recommender.page(request, c.get("sender"), (work) => c.executionCtx.waitUntil(work));
		for (const { asked, shelf, source } of served.response.shelves) count(c, request.shelves[asked]?.surface ?? shelf, source, start);
		return c.json(served.response, 200, { ...PERSONAL, ...timing(served) });
	});

	for (const [path, shelf] of Object.entries(PUBLIC_SHELVES)) {
		routes.get(path, function shelfForAnyone(c) {
			return answerAnyone(c, shared, shelf, null);
		});
	}
	for (const shelf of ITEM_SHELVES) {
		routes.get(`/v1/items/:id/${shelf}`, function itemShelfForAnyone(c) {
			const parsed = v.safeParse(v.object({ id: ItemId }), { id: c.req.param("id") }, { abortEarly: true });
			if (!parsed.success) throw new RequestFailure(failureOf(parsed.issues[0]));
			return answerAnyone(c, shared, shelf, parsed.output.id);
		});
	}
	return routes;
}

async function answerAnyone(
	c: Context<AppEnv>,
	shared: SharedAnswers<Served<ShelfResponse>>,
	shelf: Shelf,
	item: string | null,
): Promise<Response> {
	const start = performance.now();
	const { limit, explain = false, language: tag, ...query } = readQuery(c, PublicShelfQuery);
	const language = spokenLanguageOf(tag, null);
	const filter = filterOf(query);
	const { recommender, now } = c.get("services");
	const served = await sharedOr(shared, JSON.stringify([shelf, item, limit, filter, explain && language]), now(), () => {
		const request = { history: [], item, items: [], limit, exclude: [], excludeSeen: true, filter, explain, language };
		return recommender.shelf(shelf, request, ANYONE, (work) => c.executionCtx.waitUntil(work));
	});
	count(c, shelf, served.response.source, start);
	// A list that is shared has no place in any one visitor's log.
	const response = { ...served.response, recommendationId: null };
	return c.json(response, 200, { ...publicFor(response.source), ...timing(served) });
}

function filterOf({ category, priceFrom, priceTo, inStock }: Omit<PublicShelfQuery, "limit" | "explain" | "language">): Filter {
	const price = { ...(priceFrom !== undefined && { gte: priceFrom }), ...(priceTo !== undefined && { lte: priceTo }) };
	return {
		...(category !== undefined && { category: [category] }),
		...(Object.keys(price).length > 0 && { price }),
		...(inStock !== undefined && { inStock }),
	};
}
