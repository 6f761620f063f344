import { Hono } from "hono";
import * as v from "valibot";
import { RequestFailure } from "../contract/errors.ts";
import { CATALOGUE_BODY_MAX_BYTES, type CatalogueReport } from "../contract/product.ts";
import type { AppEnv } from "./app-env.ts";
import { requireScope } from "./auth.ts";
import { readBytes, readQuery } from "./body.ts";
import { parseProductLines, REJECTED_MAX } from "./product-lines.ts";

/** Products a page holds at most, and unless told. */
export const CATALOGUE_PAGE_MAX = 1000;
const CATALOGUE_PAGE_DEFAULT = 500;

const PageQuery = v.strictObject({
	cursor: v.optional(v.pipe(v.string(), v.regex(/^\d{1,15}:.{1,128}$/su, "must be a cursor of an earlier page"))),
	limit: v.optional(
		v.pipe(
			v.string(),
			v.regex(/^\d{1,4}$/, "must be a whole number"),
			v.transform(Number),
			v.minValue(1, "must be at least 1"),
			v.maxValue(CATALOGUE_PAGE_MAX, `must be at most ${CATALOGUE_PAGE_MAX}`),
		),
		String(CATALOGUE_PAGE_DEFAULT),
	),
});

/** The catalogue of record: import, pages in order of last change, deletion. */
export function adminCatalogueRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();

	routes.put("/admin/catalogue", requireScope("catalogue"), async function takeProducts(c) {
		const { catalogue, now } = c.var.services;
		const parsed = parseProductLines(await readBytes(c.req.raw, CATALOGUE_BODY_MAX_BYTES));
		if (parsed === null) {
			throw new RequestFailure({ kind: "invalid_field", path: "", message: `has more than ${REJECTED_MAX} bad lines; nothing was taken` });
		}
		const { products, rejected } = parsed;
		const report: CatalogueReport = { ...(await catalogue.upsert(products, now())), rejected: [...rejected] };
		return c.json(report, 200, { "cache-control": "no-store" });
	});

	routes.get("/admin/catalogue", requireScope("read"), async function pageOfProducts(c) {
		const { cursor, limit } = readQuery(c, PageQuery);
		return c.json(await c.var.services.catalogue.page(cursor ?? null, limit), 200, { "cache-control": "no-store" });
	});

	routes.delete("/admin/catalogue/:id", requireScope("catalogue"), async function removeProduct(c) {
		const { catalogue, now } = c.var.services;
		if (!(await catalogue.remove(c.req.param("id"), now()))) throw new RequestFailure({ kind: "not_found", what: "such product" });
		return c.body(null, 204);
	});

	return routes;
}
