import { Hono } from "hono";
import * as v from "valibot";
import { RequestFailure } from "../contract/errors.ts";
import { RECOMMENDATION_BODY_MAX_BYTES } from "../contract/recommendation.ts";
import { RULE_BODY_MAX_BYTES, RULES_MAX, Rule, RuleId, RulePreviewRequest } from "../contract/rule.ts";
import { refuseFutureEntries } from "./answering.ts";
import type { AppEnv } from "./app-env.ts";
import { requireScope } from "./auth.ts";
import { failureOf, readJson } from "./body.ts";

const NO_STORE = { "cache-control": "no-store" } as const;

/** What merchandisers say: stored, listed, tried out on one answer. Isolates obey within the time of a poll. */
export function adminRuleRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();

	routes.get("/admin/rules", requireScope("read"), async function listRules(c) {
		return c.json({ rules: await c.var.services.rules.list() }, 200, NO_STORE);
	});

	routes.put("/admin/rules/:id", requireScope("catalogue"), async function putRule(c) {
		const { rules, now } = c.var.services;
		const id = ruleIdOf(c.req.param("id"));
		const rule = await readJson(c, Rule, RULE_BODY_MAX_BYTES);
		if (!(await rules.put(id, rule, now()))) {
			throw new RequestFailure({ kind: "conflict", message: `There are ${RULES_MAX} rules already; delete one first` });
		}
		return c.json({ ...rule, id }, 200, NO_STORE);
	});

	routes.delete("/admin/rules/:id", requireScope("catalogue"), async function deleteRule(c) {
		const removed = await c.var.services.rules.remove(ruleIdOf(c.req.param("id")));
		if (!removed) throw new RequestFailure({ kind: "not_found", what: "such rule" });
		return c.body(null, 204);
	});

	routes.post("/admin/rules/preview", requireScope("read"), async function previewRule(c) {
		const { recommender, now } = c.var.services;
		const request = await readJson(c, RulePreviewRequest, RECOMMENDATION_BODY_MAX_BYTES + RULE_BODY_MAX_BYTES);
		refuseFutureEntries(request.request.history, now());
		const preview = await recommender.preview(request, (work) => c.executionCtx.waitUntil(work));
		return c.json(preview, 200, NO_STORE);
	});

	return routes;
}

function ruleIdOf(text: string): string {
	const parsed = v.safeParse(v.object({ id: RuleId }), { id: text }, { abortEarly: true });
	if (!parsed.success) throw new RequestFailure(failureOf(parsed.issues[0]));
	return parsed.output.id;
}
