import { createHash } from "node:crypto";
import type { CoarseContext } from "../../src/contract/context.ts";
import type { LogLine } from "../../src/contract/event.ts";
import { type Action, browse } from "./browse.ts";
import type { DemoProduct } from "./catalogue.ts";
import { type Shelves, shelvesOf } from "./choose-product.ts";
import { drawPersona, type Persona } from "./persona.ts";
import { pickWeighted, type Random, randomFrom } from "./random.ts";

/** Sessions of the demo log. */
export const SESSIONS = 9000;
/** Length of the log, days. */
export const DAYS = 28;
/** The log's first second, 2026-10-05 00:00 UTC, and the first after it, 2026-11-02 00:00 UTC. */
export const LOG_FROM = Date.UTC(2026, 9, 5) / 1000;
export const LOG_UNTIL = LOG_FROM + DAYS * 86_400;

/** Share of sessions that begin in each hour of the shopper's day. */
const HOURLY = [2, 1, 1, 1, 1, 2, 3, 4, 5, 5, 6, 6, 7, 6, 5, 5, 6, 7, 9, 11, 12, 11, 8, 4];
/** What a weekday does to traffic, Monday first. */
const DAILY = [1, 0.95, 0.95, 1, 1.05, 1.2, 1.3];
const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
/** Hours east of UTC that stand for a region. */
const OFFSET_HOURS: Partial<Record<CoarseContext["region"], number>> = { EU: 1, NA: -6, AS: 8, OC: 10, SA: -3 };

/**
 * The log of simulated shoppers, in order of time. Its rules, all drawn from one seed:
 *
 * - A session is one shopper with a hidden style, a few favourite brands and colours, and a purse (`persona.ts`).
 * - It sets out for one category, sometimes two; autumn moves demand from dresses and tents to coats, boots and candles.
 * - Within a category it opens products by Zipf prominence times style, brand, colour and price fit (`choose-product.ts`).
 * - It compares variants, wanders to complements (`complements.ts`), sometimes anywhere, and leaves (`browse.ts`).
 * - Funnel: shelf click, view, cart, purchase; a few searches, removals and dismissals.
 * - Weekends and evenings are busy. Nothing is learnt from real people, and no session is linked to another.
 */
export function simulateLog(products: readonly DemoProduct[], seed = "edgeshelf shoppers", sessions = SESSIONS): LogLine[] {
	const shelves = shelvesOf(products, seed);
	const lines = Array.from({ length: sessions }, (_, number) => sessionLines(shelves, `${seed} ${number}`)).flat();
	return lines.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

function sessionLines(shelves: Shelves, seed: string): LogLine[] {
	const random = randomFrom(seed);
	const day = pickWeighted(random, [...Array(DAYS).keys()], (number) => DAILY[number % 7] ?? 1);
	const persona = drawPersona(random, day / DAYS);
	const localHour = pickWeighted(random, [...HOURLY.keys()], (hour) => HOURLY[hour] ?? 0);
	const offset = OFFSET_HOURS[persona.region] ?? 0;
	const secondOfDay = ((localHour - offset + 24) % 24) * 3600 + Math.floor(random() * 3600);
	// The last session of a day must end within the log.
	const from = LOG_FROM + day * 86_400 + Math.min(secondOfDay, 86_400 - 3 * 3600);
	const context = contextOf(persona, from, offset);
	const session = hexOf(`${seed} session`);
	const order = `o-${session.slice(0, 12)}`;
	return browse(random, shelves, persona).map((action, position) =>
		lineOf(random, action, { id: hexOf(`${seed} event ${position}`), session, order, at: from + action.after, context }),
	);
}

type Frame = {
	readonly id: string;
	readonly session: string;
	readonly order: string;
	readonly at: number;
	readonly context: CoarseContext;
};

function lineOf(random: Random, action: Action, { id, session, order, at, context }: Frame): LogLine {
	const isPurchase = action.type === "purchase";
	const isClick = action.type === "click";
	const pieces = action.quantity ?? 1;
	return {
		v: 1,
		id,
		type: action.type,
		item: action.product?.product.id ?? null,
		query: action.query,
		order: isPurchase ? order : null,
		quantity: action.quantity,
		surface: action.surface,
		recommendationId: null,
		position: isClick ? Math.floor(random() ** 2 * 10) : null,
		value: action.product === null ? null : (action.product.product.price ?? 0) * pieces,
		currency: action.product?.product.currency ?? null,
		at,
		receivedAt: at + 1,
		session,
		context,
	};
}

function contextOf(persona: Persona, at: number, offsetHours: number): CoarseContext {
	const local = new Date((at + offsetHours * 3600) * 1000);
	const hour = local.getUTCHours();
	return {
		region: persona.region,
		device: persona.device,
		daypart: hour < 6 ? "night" : hour < 12 ? "morning" : hour < 18 ? "afternoon" : "evening",
		weekday: WEEKDAYS[(local.getUTCDay() + 6) % 7] ?? "unknown",
		referrer: persona.referrer,
	};
}

/** 128 bits of SHA-256, hex: the form of event ids and session hashes. */
const hexOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);
