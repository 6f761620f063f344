import type { DemoProduct } from "../../cli/demo/catalogue.ts";
import { CATEGORIES } from "../../cli/demo/categories/index.ts";
import { shelvesOf } from "../../cli/demo/choose-product.ts";
import { COMPLEMENTS } from "../../cli/demo/complements.ts";
import { pick, pickWeighted, type Random, randomFrom } from "../../cli/demo/random.ts";

/** One step of a shopper: a search or a view. */
export type SimulatedStep = { readonly at: number; readonly query: string | null; readonly item: string | null };
export type SimulatedSession = { readonly id: string; readonly steps: readonly SimulatedStep[] };

const DAY = 86_400;
/** 2026-10-05 00:00 UTC. */
export const SIMULATED_FROM = Date.UTC(2026, 9, 5) / 1000;
/** Shares out of 1. */
const RATES = { chinese: 0.3, search: 0.8, complement: 0.7, back: 0.1, form: 0.25, colour: 0.15, goOn: 0.75 };
const VIEWS_MAX = 3;
const CATEGORIES_MAX = 10;

/**
 * Sessions of simulated shoppers who search, in order of time. The rules, all drawn from one seed:
 *
 * - A session is of one shopper, who writes English (0.7) or Chinese (0.3), and begins with a category by its demand.
 * - It goes on (0.75) to another category, ten at most: a complement of the present one (0.7, the first of the list
 *   in `cli/demo/complements.ts` most likely, the n-th 1/n of it), the one before (0.1), else any by its demand (0.2).
 * - It searches for a category (0.8) before it looks at one to three of its products, else it only looks. A search is the
 *   category's name (0.6), the name of a form of it (0.25), or a colour and the name (0.15; in English, the name in Chinese).
 * - Sessions are spread evenly over the days; a step takes 20 to 60 seconds. No session is linked to another.
 */
export function simulateSearches(products: readonly DemoProduct[], seed: string, days: number, sessionsPerDay: number): SimulatedSession[] {
	const shelves = shelvesOf(products, "searches");
	return Array.from({ length: days * sessionsPerDay }, (_, number): SimulatedSession => {
		const id = `${seed} ${number}`;
		const random = randomFrom(id);
		let at = SIMULATED_FROM + Math.floor(number / sessionsPerDay) * DAY + Math.floor(random() * (DAY - 3600));
		const language = random() < RATES.chinese ? "zh" : "en";
		const steps: SimulatedStep[] = [];
		const act = (query: string | null, item: string | null) => {
			steps.push({ at, query, item });
			at += 20 + Math.floor(random() * 41);
		};
		let category = byDemand(random);
		let before: string | null = null;
		for (let visited = 1; ; visited++) {
			const shelf = shelves.byCategory.get(category) ?? [];
			if (random() < RATES.search) act(queryFor(random, pick(random, shelf), language), null);
			const views = 1 + Math.floor(random() * VIEWS_MAX);
			for (let view = 0; view < views; view++) act(null, pick(random, shelf).product.id);
			if (visited === CATEGORIES_MAX || random() >= RATES.goOn) break;
			const next = nextCategory(random, category, before);
			[before, category] = [category, next];
		}
		return { id, steps };
	});
}

const byDemand = (random: Random): string => pickWeighted(random, CATEGORIES, ({ demand }) => demand).key;

function nextCategory(random: Random, category: string, before: string | null): string {
	const way = random();
	const complements = COMPLEMENTS[category] ?? [];
	if (way < RATES.complement && complements.length > 0)
		return pickWeighted(random, complements, (key) => 1 / (1 + complements.indexOf(key)));
	if (way < RATES.complement + RATES.back && before !== null) return before;
	return byDemand(random);
}

function queryFor(random: Random, { category, form, colour }: DemoProduct, language: "en" | "zh"): string {
	const way = random();
	const words = way < RATES.form ? (category.forms[form] ?? category.name)[language] : category.name[language];
	const isColoured = language === "en" && way >= RATES.form && way < RATES.form + RATES.colour;
	return (isColoured ? `${colour} ${words}` : words).toLowerCase();
}
