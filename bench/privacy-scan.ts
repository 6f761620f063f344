/**
 * Looks for planted identifiers in all that the Worker stores, sends and prints: traffic over every route of the OpenAPI
 * document carries addresses, user agents, e-mail addresses, names and card numbers in every field and header; then the
 * local state is read raw (SQLite with free pages and write-ahead log, blobs), the log with its key, the queue at send, and
 * the console, for each value plain, encoded and hashed. It must find none, and every control that was put there on purpose;
 * and each route of the document must have answered at least one request well.
 *
 *     npx node bench/privacy-scan.ts [--port 8840] [--write]    --write: bench/results/privacy-scan.json; exits with 1 unless so
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { machineOf } from "../cli/machine.ts";
import { runParallel } from "../cli/parallel.ts";
import { startWrangler } from "../cli/start/wrangler.ts";
import { formatTable } from "../cli/table.ts";
import { SCOPES } from "../src/contract/errors.ts";
import { SealedLine } from "../src/contract/event.ts";
import { unseal } from "../src/store/sealed.ts";
import { type DataKey, importDataKey, openLine } from "../src/store/sealed-line.ts";
import { TINY_ITEMS, tinyRelease } from "../test/fixtures/tiny-release.ts";
import { type Finding, findingsIn, needleOf } from "./privacy/needles.ts";
import { OPERATOR_TEXT, type Planted, plantedRequests, routesOfDocument, type Sent } from "./privacy/traffic.ts";

const CONFIG = "test/edge/tapped.wrangler.toml";
const START_MAX_MS = 120_000;
/** Where keys of lines lie in the bucket, as `store/line-vault.ts` has it. */
const DATA_KEYS_PREFIX = "keys/";
/** Times that a request is sent before its failure is told. */
const TRIES = 5;
/** Requests on their way at once. */
const CONCURRENCY = 6;

/** Nobody's: documentation ranges, an invented name, a card number of the test range. */
const PLANTED: readonly Planted[] = [
	{ name: "e-mail", text: "ada.plantedlace@mail.example.org", label: "adaplantedlace-mail", id: "ada.plantedlace.mail.example" },
	{ name: "name", text: "Ada Q. Plantedlace", label: "ada-q-plantedlace", id: "Ada-Q-Plantedlace-1815" },
	{ name: "card", text: "4539 5787 6362 1486", label: "card-4539578763621486", id: "4539578763621486" },
	{ name: "telephone", text: "+44 7700 900 818", label: "tel-447700900818", id: "447700900818-447700900818" },
	{ name: "IPv4 address", text: "198.51.100.177", label: "a198-51-100-177", id: "198.51.100.177:198.51.100.177" },
	{ name: "IPv6 address", text: "2001:db8:1815:1210::1852", label: "a2001-db8-1815-1210", id: "2001:db8:1815:1210::1852" },
	{
		name: "user agent",
		text: "PlantedBrowser/18.15 (Analytical Engine; like Gecko)",
		label: "plantedbrowser-18-15",
		id: "PlantedBrowser.18.15.Engine",
	},
];
const HEADERS: Readonly<Record<string, string>> = {
	"cf-connecting-ip": "198.51.100.177",
	"x-forwarded-for": "198.51.100.177, 2001:db8:1815:1210::1852",
	"x-real-ip": "2001:db8:1815:1210::1852",
	"true-client-ip": "198.51.100.177",
	forwarded: "for=198.51.100.177",
	"user-agent": "PlantedBrowser/18.15 (Analytical Engine; like Gecko)",
	referer: "https://planted.example/?mail=ada.plantedlace@mail.example.org&card=4539578763621486",
	origin: "https://ada-q-plantedlace.example",
	cookie: "who=ada.plantedlace@mail.example.org; card=4539578763621486",
	from: "ada.plantedlace@mail.example.org",
	"accept-language": "en-x-ada-q-plantedlace",
	"x-request-id": "Ada-Q-Plantedlace-1815",
	"x-user-name": "Ada Q. Plantedlace",
	"sec-ch-ua": "PlantedBrowser/18.15",
};

const { values: options } = parseArgs({
	options: { port: { type: "string", default: "8840" }, write: { type: "boolean", default: false } },
});
const address = `http://127.0.0.1:${options.port}`;
const folder = mkdtempSync(join(tmpdir(), "edgeshelf-scan-"));
const token = randomBytes(32).toString("base64url");
const logKey = randomBytes(32);
const secrets = {
	SIGNING_KEY: randomBytes(32).toString("base64"),
	LOG_KEYS: JSON.stringify({ current: "k1", keys: { k1: logKey.toString("base64") }, pseudonyms: randomBytes(32).toString("base64") }),
	ADMIN_TOKENS: JSON.stringify([{ name: "scan", sha256: createHash("sha256").update(token).digest("hex"), scopes: SCOPES }]),
};
writeFileSync(
	join(folder, "secrets.env"),
	Object.entries(secrets)
		.map(([name, value]) => `${name}='${value}'\n`)
		.join(""),
);
const state = join(folder, "state");
const shared = ["--config", CONFIG, "--persist-to", state];
const AUTHORIZED = { authorization: `Bearer ${token}` };

let printed = "";
const hear = (text: string) => {
	printed += text;
};

async function ask(
	method: string,
	path: string,
	body: string | Uint8Array<ArrayBuffer> | null,
	headers: Record<string, string> = {},
): Promise<Response> {
	const allowed = method === "GET" || body === null ? {} : { body };
	for (let tries = 1; ; tries++) {
		try {
			return await fetch(new URL(path, address), { method, headers, ...allowed });
		} catch (cause) {
			// The dev server closes idle connections, now and then just as the next request takes one.
			if (tries === TRIES) throw cause;
			await delay(tries * 200);
		}
	}
}

async function serve() {
	const migrated = startWrangler(["d1", "migrations", "apply", "DB", "--local", ...shared], hear);
	if ((await migrated.ended) !== 0) throw new Error(`the database could not be migrated:\n${printed}`);
	const args = [
		"dev",
		...shared,
		"--ip",
		"127.0.0.1",
		"--port",
		options.port,
		"--inspector-port",
		"0",
		"--env-file",
		join(folder, "secrets.env"),
	];
	const running = startWrangler([...args, "--show-interactive-dev-session=false"], hear);
	const until = Date.now() + START_MAX_MS;
	for (let ready = false; !ready; ) {
		if (Date.now() > until) throw new Error(`wrangler dev does not listen:\n${printed}`);
		await delay(300);
		ready = await ask("GET", "/test/sent", null).then(
			({ ok }) => ok,
			() => false,
		);
	}
	return running;
}

type Answers = Record<string, number>;
/** Answers of each route by status. */
const answered = new Map<string, Answers>();

/** Sends one request of a route with the planted headers, and the token where the route wants one; its answer counts. */
async function send({ route, method, path, body }: Sent<string | Uint8Array<ArrayBuffer>>): Promise<{ status: number; text: string }> {
	const answer = await ask(method, path, body, { ...HEADERS, ...(/^\/(admin|v1\/visitors)\//.test(path) && AUTHORIZED) });
	const text = await answer.text();
	const statuses = answered.get(route) ?? {};
	answered.set(route, { ...statuses, [answer.status]: (statuses[answer.status] ?? 0) + 1 });
	if (answer.status >= 500 && answer.status !== 503) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
	return { status: answer.status, text };
}

/** A request that must go well, by its route and what stands in its braces. @returns the answer's JSON, null where it has none */
async function succeed(route: string, names: Readonly<Record<string, string>>, body: string | Uint8Array<ArrayBuffer> | null = null) {
	const [method, template] = route.split(" ") as [string, string];
	const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? ""));
	const { status, text } = await send({ route, method, path, body });
	if (status >= 300) throw new Error(`${route} answered ${status}: ${text}`);
	return text === "" ? null : JSON.parse(text);
}

const ENCODER = new Uint8Array(readFileSync(new URL("../test/fixtures/tiny-encoder.onnx", import.meta.url)));

/** Two releases, the second of them active. @returns its id */
async function publish(): Promise<string> {
	await succeed("PUT /admin/catalogue", {}, TINY_ITEMS.map(({ id, category }) => JSON.stringify({ id, title: id, category })).join("\n"));
	let id = "";
	for (const time of ["20260101T000000Z", "20260102T000000Z"]) {
		const { manifest, files } = await tinyRelease(ENCODER, {}, time);
		({ id } = manifest);
		for (const [file, content] of Object.entries({ ...files, "manifest.json": JSON.stringify(manifest) }))
			await succeed("PUT /admin/releases/{id}/{file}", { id, file }, content);
		await succeed("POST /admin/releases/{id}/activate", { id }, '{"by":"operator"}');
	}
	await ask("POST", "/test/cron", "");
	await ask("POST", "/v1/recommendations", "{}");
	await delay(3000);
	return id;
}

/** What only a course of requests makes go well: runs claimed and ended, a release read and rolled back. */
async function runCourse(release: string): Promise<void> {
	for (const end of ["finish", "fail"] as const) {
		await succeed("POST /admin/runs", {}, "{}");
		const { run, lease } = await succeed("POST /admin/runs/claim", {}, '{"worker":"box"}');
		await succeed("POST /admin/runs/{id}/heartbeat", { id: run.id }, JSON.stringify({ lease, progress: 0.5, stage: "train" }));
		const told = end === "finish" ? { lease, release, gate: null } : { lease, message: "no room" };
		await succeed(`POST /admin/runs/{id}/${end}`, { id: run.id }, JSON.stringify(told));
	}
	await succeed("GET /admin/releases/{id}", { id: release });
	await succeed("GET /admin/releases/{id}/{file}", { id: release, file: "manifest.json" });
	const asked = { requests: [{ request: { history: [{ item: "lip-1" }] } }] };
	await succeed("POST /admin/releases/{id}/answers", { id: release }, JSON.stringify(asked));
	await succeed("POST /admin/releases/rollback", {});
}

/** Sends each planted request. @returns requests, answers by status, and events kept */
async function drive(): Promise<{ requests: number; statuses: Answers; kept: number }> {
	const requests = [...plantedRequests(PLANTED)];
	// Pseudonyms that nobody erases any more: their keys are there, so that the scan sees the inside of what is sealed.
	const lasting = PLANTED.map(({ name, text }, n) => {
		const at = Math.floor(Date.now() / 1000);
		const events = [{ id: `lasting-event-${String(n).padStart(8, "0")}`, type: "search", query: `red polish ${text}`, at }];
		const body = JSON.stringify({ session: `${name} ${text}`, consent: true, pseudonym: text, events });
		return { route: "POST /v1/events", method: "POST", path: "/v1/events", body };
	});
	let kept = 0;
	const sendOne = async (request: Sent) => {
		const { status, text } = await send(request);
		if (request.route === "POST /v1/events" && status === 202) kept += (JSON.parse(text) as { accepted: number }).accepted;
	};
	await runParallel(requests, CONCURRENCY, sendOne);
	await runParallel(lasting, CONCURRENCY, sendOne);
	const statuses: Answers = {};
	for (const each of answered.values()) for (const [status, n] of Object.entries(each)) statuses[status] = (statuses[status] ?? 0) + n;
	return { requests: requests.length + lasting.length, statuses, kept };
}

/** Routes of the document of which no request went well: what they store was not looked at. */
const unreached = (): string[] =>
	routesOfDocument().filter((route) => !Object.keys(answered.get(route) ?? {}).some((status) => Number(status) < 300));

/** What the dev server itself prints of each request is not the Worker's word. */
const ACCESS_LINE = /^.*\b(GET|HEAD|POST|PUT|DELETE|OPTIONS) \/\S* \d{3}.*$/gm;

/** Everything that can be read, by where it lies. */
async function everything(): Promise<[where: string, bytes: Buffer][]> {
	const found: [string, Buffer][] = [];
	for (const entry of readdirSync(state, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const file = join(entry.parentPath, entry.name);
		found.push([`state ${relative(state, file).split("/")[1] ?? ""}`, readFileSync(file)]);
	}
	const keys = { current: "k1", keys: { k1: new Uint8Array(logKey) } };
	const objects = (await (await ask("GET", "/test/objects", null)).json()) as { key: string; metadata: unknown; base64: string }[];
	const dataKeys = new Map<string, DataKey>();
	const sealed: SealedLine[] = [];
	for (const { key, metadata, base64 } of objects) {
		const bytes = Buffer.from(base64, "base64");
		found.push(["bucket", Buffer.concat([Buffer.from(`${key} ${JSON.stringify(metadata)}\n`), bytes])]);
		const opened = await unseal(keys, key, new Uint8Array(bytes));
		if (!opened.ok) continue;
		found.push(["log, decrypted", Buffer.from(opened.value.map((value) => JSON.stringify(value)).join("\n"))]);
		const [text] = opened.value;
		if (key.startsWith(DATA_KEYS_PREFIX)) dataKeys.set(key.slice(DATA_KEYS_PREFIX.length), await importDataKey(String(text)));
		for (const value of opened.value) {
			const parsed = v.safeParse(SealedLine, value);
			if (parsed.success) sealed.push(parsed.output);
		}
	}
	for (const line of sealed) {
		const key = dataKeys.get(line.dataKey);
		const opened = key === undefined ? null : await openLine(line, key);
		if (opened !== null) found.push(["lines, unsealed", Buffer.from(`${JSON.stringify(opened)}\n`)]);
	}
	found.push(["queue at send", Buffer.from(await (await ask("GET", "/test/sent", null)).text())]);
	found.push(["console", Buffer.from(printed.replaceAll(ACCESS_LINE, ""))]);
	return found;
}

const needles = PLANTED.flatMap(({ name, text, label, id }) =>
	[text, label, id].map((spelling) => needleOf(`${name}: ${spelling}`, spelling)),
);
needles.push(
	needleOf("card: 4539578763621486", "4539578763621486"),
	needleOf("surname", "plantedlace"),
	needleOf("browser", "PlantedBrowser"),
);

/** One value a store and a form that the scan claims to know. */
const value = (store: string) => `control-of-${store}-${token.slice(0, 12)}`;
const hashed = (algorithm: string, store: string) => createHash(algorithm).update(value(store)).digest("hex");
const CONTROLS = {
	database: hashed("md5", "database"),
	kv: Buffer.from(`x${value("kv")}`).toString("base64url"),
	bucket: hashed("sha1", "bucket"),
	log: encodeURIComponent(`${value("log")}é`),
	queue: hashed("sha256", "queue"),
	console: value("console"),
};
const PLACES: Readonly<Record<keyof typeof CONTROLS, string>> = {
	database: "state d1",
	kv: "state kv",
	bucket: "bucket",
	log: "log, decrypted",
	queue: "queue at send",
	console: "console",
};

const running = await serve();
try {
	await runCourse(await publish());
	const traffic = await drive();
	const missed = unreached();
	// Batches are delivered within a second; crons do their work; batches again.
	await delay(4000);
	await ask("POST", "/test/cron", "");
	await delay(4000);
	const read = await everything();
	const findings: Finding[] = read.flatMap(([where, bytes]) => findingsIn(where, bytes, needles));
	await ask("POST", "/test/control", JSON.stringify(CONTROLS));
	await delay(4000);
	const again = await everything();
	const controls = Object.entries(PLACES).map(([store, place]) => {
		const wanted = [needleOf(store, value(store))];
		return {
			store,
			found: again.filter(([where]) => where === place).flatMap(([where, bytes]) => findingsIn(where, bytes, wanted)).length > 0,
		};
	});
	const bytes: Record<string, number> = {};
	for (const [where, content] of read) bytes[where] = (bytes[where] ?? 0) + content.length;
	console.log(
		formatTable(
			["read", "bytes"],
			Object.entries(bytes).map(([where, count]) => [where, count]),
		),
	);
	console.log(
		`\n${traffic.requests} requests over ${answered.size} routes, ${traffic.kept} events kept; answers by status: ${JSON.stringify(traffic.statuses)}`,
	);
	console.log(`routes without a request that went well: ${missed.length === 0 ? "none" : missed.join(", ")}`);
	console.log(`values looked for: ${needles.length}, each in ${needles[0]?.forms.length} forms or more; found: ${findings.length}`);
	for (const { where, needle, form } of findings) console.log(`  ${where}: ${needle} (${form})`);
	console.log(`controls found: ${controls.map(({ store, found }) => `${store} ${found}`).join(", ")}`);
	// Of sealed lines the scan must have seen the inside.
	const sound =
		(bytes["lines, unsealed"] ?? 0) > 0 &&
		findings.length === 0 &&
		controls.every(({ found }) => found) &&
		missed.length === 0 &&
		traffic.kept > 0;
	if (options.write) {
		const command = "npx node bench/privacy-scan.ts --write";
		const result = {
			traffic,
			routes: Object.fromEntries(answered),
			bytes,
			values: needles.map(({ name }) => name),
			findings,
			controls,
			operatorText: OPERATOR_TEXT,
			machine: machineOf(),
			command,
			date: new Date().toISOString().slice(0, 10),
		};
		writeFileSync(new URL("results/privacy-scan.json", import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);
	}
	process.exitCode = sound ? 0 : 1;
} finally {
	await running.stop();
	rmSync(folder, { recursive: true, force: true });
}
