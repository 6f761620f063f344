/** What wrangler.toml sets, for tests of the whole Worker; the bindings of the test project lack it. */
export const SETTINGS = {
	CONSENT_DEFAULT: "granted",
	RETRAIN_MIN_EVENTS: "1",
	RETRAIN_MAX_AGE_SECONDS: "1",
	LOG_RETENTION_DAYS: "30",
	K_PAIR_MIN: "3",
	DP_EPSILON_MAX: "",
	CORS_ORIGINS: "*",
	LOCAL_EPSILON: "",
	SURFACES: "home",
	EXPLORE: "",
	RETRAIN_WEBHOOK_URL: "",
	ACCESS_TEAM: "",
	ACCESS_AUDIENCE: "",
	ASSETS: {},
};
