/** Takes a request as a Worker's `fetch` does. */
type Play = (request: Request, env: Env, ctx: ExecutionContext) => unknown;

/** What most pages send: its length is stated, so that it is taken whole. */
const BODY = new TextEncoder().encode(JSON.stringify({ history: [{ item: "a", event: "view" }], surface: "home", limit: 10 }));

const rows = { results: [], success: true, meta: {} };
const statement = {
	bind: () => statement,
	all: async () => rows,
	raw: async () => [],
	first: async () => null,
	run: async () => rows,
};
const database = { prepare: () => statement, batch: async (statements: readonly unknown[]) => statements.map(() => rows) };
const store = {
	get: async (key: unknown) => (Array.isArray(key) ? new Map() : null),
	put: async () => {},
	list: async () => ({ keys: [], objects: [], truncated: false }),
	send: async () => {},
	limit: async () => ({ success: true }),
};

/** Bindings that hold nothing and answer at once; settings and secrets are the Worker's own. */
const understudies = (env: Env): Env =>
	({ ...env, DB: database, RELEASES: store, LOG: store, FEEDBACK: store, RATE_LIMIT: store }) as unknown as Env;

/** A request and a response take streams, which global scope does not give. */
const request = () => ({
	method: "POST",
	url: "https://shop.invalid/v1/recommendations",
	headers: new Headers({
		"content-type": "application/json",
		"content-length": String(BODY.byteLength),
		"cf-connecting-ip": "203.0.113.1",
		"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0",
		origin: "https://shop.invalid",
		referer: "https://shop.invalid/",
	}),
	body: null,
	cf: { country: "DE", continent: "EU", timezone: "Europe/Berlin" },
	arrayBuffer: async () => BODY.buffer,
});

class StandInResponse {
	readonly body: unknown;
	readonly headers: Headers;
	readonly status: number;
	constructor(body: unknown, { headers, status = 200 }: ResponseInit = {}) {
		this.body = body;
		this.headers = new Headers(headers);
		this.status = status;
	}
}

/**
 * Plays one request in global scope, by understudies of the bindings and stand-ins for what the platform forbids there: when a
 * shopper is the first to ask an isolate, the code of the answer is compiled, and its first run, the slowest, is over. A
 * request that fails in the rehearsal costs no more than this gain.
 * @returns ends it: to be called before an event is handled; a second call does nothing
 */
export function rehearse(env: Env, play: Play): () => void {
	const scope = globalThis as unknown as Record<string, unknown>;
	const chance = crypto as unknown as Record<string, unknown>;
	const kept: Readonly<Record<string, unknown>> = { setTimeout, clearTimeout, Response };
	const randoms = { randomUUID: () => "rehearsal", getRandomValues: <T>(values: T) => values };
	const ctx = { waitUntil: (work: Promise<unknown>) => void work.catch(() => {}), passThroughOnException() {} };
	let hasEnded = false;
	function end(): void {
		if (hasEnded) return;
		hasEnded = true;
		Object.assign(scope, kept);
		for (const name of Object.keys(randoms)) delete chance[name];
	}
	async function perform(): Promise<void> {
		Object.assign(scope, { setTimeout: () => 0, clearTimeout: () => {}, Response: StandInResponse });
		Object.assign(chance, randoms);
		await play(request() as unknown as Request, understudies(env), ctx as unknown as ExecutionContext);
	}
	perform()
		.catch(() => {
			// A configuration that is bad is told by the first request, which can be answered.
		})
		.finally(end);
	return end;
}
