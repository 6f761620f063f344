import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

const KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const ENV = {
	SIGNING_KEY: KEY,
	LOG_KEYS: JSON.stringify({ current: "k1", keys: { k1: KEY } }),
	ADMIN_TOKENS: "[]",
	CONSENT_DEFAULT: "granted",
	RETRAIN_MIN_EVENTS: "1",
	RETRAIN_MAX_AGE_SECONDS: "1",
	LOG_RETENTION_DAYS: "30",
	LOCAL_EPSILON: "",
	SURFACES: "home,cart",
	EXPLORE: "",
	K_PAIR_MIN: "3",
	DP_EPSILON_MAX: "",
	CORS_ORIGINS: "*",
	RETRAIN_WEBHOOK_URL: "",
	ACCESS_TEAM: "",
	ACCESS_AUDIENCE: "",
	...Object.fromEntries(["RELEASES", "DB", "LOG", "FEEDBACK", "RATE_LIMIT", "ASSETS"].map((name) => [name, {}])),
};
const configOf = (vars: Partial<typeof ENV>) => readConfig({ ...ENV, ...vars } as unknown as Env);

test("EXPLORE names surfaces with the share of explored answers and the places that are kept", () => {
	expect([...configOf({}).EXPLORE]).toEqual([]);
	expect([...configOf({ EXPLORE: "home:0.1" }).EXPLORE]).toEqual([["home", { share: 0.1, keep: 0 }]]);
	expect([...configOf({ EXPLORE: "home:0.1:2, cart:1" }).EXPLORE]).toEqual([
		["home", { share: 0.1, keep: 2 }],
		["cart", { share: 1, keep: 0 }],
	]);
});

test.each([
	["home", {}],
	["home:", {}],
	["home:2", {}],
	["home:0", {}],
	// Less than a recommendation id can tell.
	["home:0.00001", {}],
	["home:-0.1", {}],
	["home:0.1:x", {}],
	["home:0.1,", {}],
	// A surface that ids would call "other".
	["start:0.1", {}],
	// Nothing is logged that could be estimated from.
	["home:0.1", { LOCAL_EPSILON: "1" }],
])("EXPLORE=%s with %o is refused by name", (EXPLORE, vars) => {
	expect(() => configOf({ EXPLORE, ...vars })).toThrow(/EXPLORE/);
});
