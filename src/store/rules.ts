import * as v from "valibot";
import { type NamedRule, RULES_MAX, Rule } from "../contract/rule.ts";
import type { RuleBook } from "../http/ports.ts";
import type { RuleSource } from "../pipeline/ports.ts";

type RuleRow = { readonly id: string; readonly rule: string; readonly updatedAt: number };

const Stored = v.pipe(v.string(), v.parseJson(), Rule);

/** The shop's rules in D1, each as one JSON object. One that this version cannot read is left out of answers, and stays. */
export function createRules(db: D1Database): RuleSource & RuleBook {
	async function rows(): Promise<readonly RuleRow[]> {
		return (await db.prepare("SELECT id, rule, updatedAt FROM rules ORDER BY id").all<RuleRow>()).results;
	}
	return {
		async rules() {
			return (await rows()).flatMap(({ id, rule }): NamedRule[] => {
				const parsed = v.safeParse(Stored, rule);
				return parsed.success ? [{ ...parsed.output, id }] : [];
			});
		},
		async list() {
			return (await rows()).map(({ id, rule, updatedAt }) => ({ ...(JSON.parse(rule) as Rule), id, updatedAt }));
		},
		async put(id, rule, now) {
			const { meta } = await db
				.prepare(
					`INSERT INTO rules (id, rule, updatedAt)
					SELECT ?1, ?2, ?3 WHERE (SELECT count(*) FROM rules WHERE id <> ?1) < ${RULES_MAX}
					ON CONFLICT (id) DO UPDATE SET rule = excluded.rule, updatedAt = excluded.updatedAt`,
				)
				.bind(id, JSON.stringify(rule), now)
				.run();
			return meta.changes > 0;
		},
		async remove(id) {
			return (await db.prepare("DELETE FROM rules WHERE id = ?1").bind(id).run()).meta.changes > 0;
		},
	};
}
