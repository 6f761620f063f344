import * as v from "valibot";
import { SCOPES } from "./contract/errors.ts";
import { toldShare } from "./contract/policy.ts";
import { Surface } from "./contract/recommendation.ts";
import type { ExploredSurface } from "./rank/explore.ts";

const wholeNumber = v.pipe(v.string(), v.regex(/^\d+$/, "must be a whole number"), v.transform(Number));

const parsedJson = v.rawTransform<string, unknown>(({ dataset, addIssue, NEVER }) => {
	try {
		return JSON.parse(dataset.value);
	} catch {
		addIssue({ message: "must be JSON" });
		return NEVER;
	}
});

const Key256 = v.pipe(
	v.string(),
	v.base64("must be base64"),
	v.transform((text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0))),
	v.check((bytes) => bytes.byteLength === 32, "must be 32 bytes in base64"),
);

const LogKeys = v.pipe(
	v.strictObject({
		current: v.string(),
		keys: v.record(v.pipe(v.string(), v.regex(/^[\w-]{1,32}$/)), Key256),
		/** Absent: the keyed mode is off. */
		pseudonyms: v.optional(Key256),
	}),
	v.check(({ current, keys }) => Object.hasOwn(keys, current), "must hold the key that `current` names"),
);

const AdminTokens = v.array(
	v.strictObject({
		name: v.string(),
		sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hex")),
		scopes: v.array(v.picklist(SCOPES)),
	}),
);

/** "home:0.1:2": surface, share of explored answers, first places that are kept (0 unless told). */
const EXPLORED = /^([a-z0-9][a-z0-9_-]{0,31}):(\d(?:\.\d+)?)(?::(\d{1,2}))?$/;

function exploredSurface(text: string): [surface: string, explored: ExploredSurface] {
	const [, surface, share, keep] = EXPLORED.exec(text) as unknown as [string, string, string, string | undefined];
	return [surface, { share: toldShare(Number(share)), keep: Number(keep ?? 0) }];
}

const isHttpsOrigin = (text: string) => text.startsWith("https://") && URL.canParse(text) && new URL(text).origin === text;

const Settings = v.pipe(
	v.object({
		SIGNING_KEY: Key256,
		LOG_KEYS: v.pipe(v.string(), parsedJson, LogKeys),
		ADMIN_TOKENS: v.pipe(v.string(), parsedJson, AdminTokens),
		CONSENT_DEFAULT: v.picklist(["granted", "denied"]),
		RETRAIN_MIN_EVENTS: wholeNumber,
		RETRAIN_MAX_AGE_SECONDS: wholeNumber,
		LOG_RETENTION_DAYS: wholeNumber,
		K_PAIR_MIN: wholeNumber,
		/** null: releases need not be trained under differential privacy. */
		DP_EPSILON_MAX: v.pipe(
			v.string(),
			v.regex(/^(|\d{1,3}(\.\d+)?)$/, "must be empty or a number from 0 on"),
			v.transform((text) => (text === "" ? null : Number(text))),
		),
		CORS_ORIGINS: v.pipe(
			v.string(),
			v.transform((text) => text.split(/[\s,]+/).filter((origin) => origin !== "")),
			v.array(
				v.pipe(
					v.string(),
					v.check((origin) => origin === "*" || (URL.canParse(origin) && new URL(origin).origin === origin), "must be * or origins"),
				),
			),
		),
		/** null: events are logged as they are. */
		LOCAL_EPSILON: v.pipe(
			v.string(),
			v.regex(/^(|0?\.\d+|[1-9]\d?(\.\d+)?)$/, "must be empty or a number above 0"),
			v.transform((text) => (text === "" ? null : Number(text))),
			v.check((epsilon) => epsilon === null || (epsilon > 0 && epsilon <= 16), "must be above 0 and at most 16"),
		),
		SURFACES: v.pipe(
			v.string(),
			v.transform((text) => text.split(",").map((name) => name.trim())),
			v.array(Surface),
		),
		/** By surface. */
		EXPLORE: v.pipe(
			v.string(),
			v.transform((text) => (text === "" ? [] : text.split(",").map((part) => part.trim()))),
			v.array(v.pipe(v.string(), v.regex(EXPLORED, "must be empty or such as home:0.1 or home:0.1:2"))),
			v.transform((parts) => new Map(parts.map(exploredSurface))),
			v.check(
				(surfaces) => [...surfaces.values()].every(({ share }) => share > 0 && share <= 1),
				"must name shares from 0.0001 to 1, in steps of 0.0001",
			),
		),
		RETRAIN_WEBHOOK_URL: v.union([v.literal(""), v.pipe(v.string(), v.url("must be empty or an address"))]),
		RETRAIN_WEBHOOK_KEY: v.optional(Key256),
		ACCESS_TEAM: v.pipe(
			v.string(),
			v.check((team) => team === "" || isHttpsOrigin(team), "must be empty or an https origin, without a path"),
		),
		ACCESS_AUDIENCE: v.string(),
	}),
	v.check(
		(settings) => settings.RETRAIN_WEBHOOK_URL === "" || settings.RETRAIN_WEBHOOK_KEY !== undefined,
		"RETRAIN_WEBHOOK_URL needs the secret RETRAIN_WEBHOOK_KEY",
	),
	v.check(
		({ ACCESS_TEAM, ACCESS_AUDIENCE }) => (ACCESS_TEAM === "") === (ACCESS_AUDIENCE === ""),
		"ACCESS_TEAM and ACCESS_AUDIENCE need each other",
	),
	v.check(
		({ EXPLORE, SURFACES }) => [...EXPLORE.keys()].every((surface) => SURFACES.includes(surface)),
		"EXPLORE must name surfaces of SURFACES",
	),
	v.check(({ EXPLORE, LOCAL_EPSILON }) => EXPLORE.size === 0 || LOCAL_EPSILON === null, "EXPLORE needs a log: LOCAL_EPSILON must be empty"),
);
/** Values of the environment, checked and typed; see wrangler.toml for their meaning. */
export type Config = v.InferOutput<typeof Settings>;

/** Bindings without which nothing runs; checked by name, so that a missing one is told at the first request. */
const BINDINGS = ["RELEASES", "DB", "LOG", "FEEDBACK", "RATE_LIMIT", "ASSETS"] as const satisfies readonly (keyof Env)[];

/**
 * Reads the environment once.
 * @throws Error that names each bad value or binding, never its content
 */
export function readConfig(env: Env): Config {
	const missing = BINDINGS.filter((name) => env[name] === undefined);
	if (missing.length > 0) throw new Error(`Missing bindings in wrangler.toml: ${missing.join(", ")}`);
	const parsed = v.safeParse(Settings, env);
	if (parsed.success) return parsed.output;
	const faults = parsed.issues.map(
		(issue) => `${v.getDotPath(issue) ?? "?"} ${issue.kind === "schema" ? "is missing or of the wrong type" : issue.message}`,
	);
	throw new Error(`Bad configuration: ${faults.join("; ")}`);
}
