/**
 * Sends made-up requests over every route of the OpenAPI document to the Worker in workerd, with and without tokens: most as
 * the document allows, some with something wrong. Fails when an answer is a 5xx or no answer comes, when an error is not in the
 * envelope, when no case of a route came past its door, or when the isolate's memory after forced collections grew by more than 5%.
 *
 *     npx node bench/fuzz-http.ts                          50,000 cases
 *     npx node bench/fuzz-http.ts --cases 5000 --seed 7
 *
 *   --release DIR  what serves (default models/demo)
 *   --cores A,B    of workerd and of the sender (default 0,1)
 *   --port N       first of five (default 8860)
 *   --write        writes bench/results/fuzz-http.json
 */
import { readFileSync, writeFileSync } from "node:fs";
import { Agent, request as send } from "node:http";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { machineOf } from "../cli/machine.ts";
import { runParallel } from "../cli/parallel.ts";
import { readReleaseFolder } from "../cli/release-folder.ts";
import { ERROR_CODES } from "../src/contract/errors.ts";
import { type FuzzedRequest, fuzzedRequests } from "../test/fixtures/fuzzed-requests.ts";
import { routesOfDocument } from "./privacy/traffic.ts";
import { heapAfterCollection, totalOf } from "./serve/inspector.ts";
import { openStage, TOKEN } from "./serve/stage.ts";
import { pin, residentBytes } from "./workerd/process.ts";

/** Cases before memory is first measured: caches and code are warm then. */
const FIRST_CASES = 5000;
const GROWTH_MAX = 0.05;
/** Longest wait for an answer, milliseconds. */
const ANSWER_MAX_MS = 20_000;
const CONNECTIONS = 8;
/** Cases that are made at once. */
const PORTION = 500;
/** Product ids that are asked about: as few as make every route do its work. */
const KNOWN_IDS = 40;

const { values } = parseArgs({
	options: {
		cases: { type: "string", default: "50000" },
		seed: { type: "string", default: "1" },
		release: { type: "string", default: resolve(import.meta.dirname, "../models/demo") },
		cores: { type: "string", default: "0,1" },
		port: { type: "string", default: "8860" },
		write: { type: "boolean", default: false },
	},
});
const [cases, seed] = [Number(values.cases), Number(values.seed)];
const [serverCore, senderCore] = values.cores.split(",").map(Number) as [number, number];
const release = readReleaseFolder(values.release);
const { overall } = JSON.parse(readFileSync(join(release.path, "popular.json"), "utf8")) as { overall: string[] };
const ids = [...overall.slice(0, KNOWN_IDS), release.id];

const stage = await openStage({ port: Number(values.port), core: serverCore });
pin(process.pid, senderCore);
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const statuses: Record<string, Record<string, number>> = {};
const faults: string[] = [];

const bearerOf = (token: FuzzedRequest["token"]) =>
	token === null ? {} : { authorization: `Bearer ${token === "all" ? TOKEN : `${TOKEN}-${token}`}` };

function answerTo({ method, path, body, type, token }: FuzzedRequest): Promise<{ status: number; text: string }> {
	const { promise, resolve: answered, reject } = Promise.withResolvers<{ status: number; text: string }>();
	const headers = {
		...(type !== null && { "content-type": type }),
		...bearerOf(token),
		...(body !== null && { "content-length": body.length }),
	};
	const asked = send(`${stage.ours}/`, { agent, method, path, headers }, (answer) => {
		const parts: Buffer[] = [];
		answer.on("data", (part: Buffer) => parts.push(part));
		answer.on("end", () => answered({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
		answer.on("error", reject);
	});
	asked.setTimeout(ANSWER_MAX_MS, () => asked.destroy(new Error(`no answer within ${ANSWER_MAX_MS} ms`)));
	asked.on("error", reject);
	asked.end(body ?? undefined);
	return promise;
}

/** What is wrong with an answer; null: nothing. */
function faultOf(method: string, status: number, text: string): string | null {
	if (status >= 500 || status < 200) return `answered ${status}`;
	if (status < 400 || method === "HEAD") return null;
	try {
		return ERROR_CODES.includes(JSON.parse(text).error.code) ? null : "has an unknown error code";
	} catch {
		return "is an error outside the envelope";
	}
}

async function run(count: number, from: number): Promise<void> {
	for (let done = 0; done < count; done += PORTION) {
		const portion = fc.sample(fuzzedRequests(ids), { seed: seed * 1_000_003 + from + done, numRuns: Math.min(PORTION, count - done) });
		await runParallel(portion, CONNECTIONS, async (made) => {
			// A connection that workerd closed just as it was taken again is no answer of the Worker's.
			const { status, text } = await answerTo(made)
				.catch((error: NodeJS.ErrnoException) => (error.code === "ECONNRESET" ? answerTo(made) : Promise.reject(error)))
				.catch((error: Error) => ({ status: 0, text: error.message }));
			const route = statuses[made.route] ?? {};
			statuses[made.route] = { ...route, [status]: (route[status] ?? 0) + 1 };
			const fault = faultOf(made.method, status, text);
			if (fault === null) return;
			const body = made.body === null ? "" : Buffer.from(made.body).toString().slice(0, 1000);
			faults.push(`${made.method} ${made.path.slice(0, 500)} as ${made.token} ${body} ${fault}: ${text.slice(0, 300)}`);
		});
	}
}

const memory = async () => ({
	heap: await heapAfterCollection(stage.inspector, () => fetch(`${stage.ours}/v1/popular`).then((answer) => answer.arrayBuffer())),
	residentBytes: residentBytes(stage.pid),
});
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;

try {
	await stage.publish(release, JSON.stringify({ history: [{ item: ids[0] }] }));
	await run(FIRST_CASES, 0);
	const first = await memory();
	await run(cases - FIRST_CASES, FIRST_CASES);
	const last = await memory();
	const growth = totalOf(last.heap) / totalOf(first.heap) - 1;
	const unreached = routesOfDocument().filter(
		(route) => !Object.keys(statuses[route] ?? {}).some((status) => !/^(0|401|403)$/.test(status)),
	);
	const sums: Record<string, number> = {};
	for (const each of Object.values(statuses)) for (const [status, n] of Object.entries(each)) sums[status] = (sums[status] ?? 0) + n;
	console.log(`${cases} cases over ${Object.keys(statuses).length} routes; answers by status: ${JSON.stringify(sums)}`);
	console.log(
		`memory ${megabytes(totalOf(first.heap))} after ${FIRST_CASES}, ${megabytes(totalOf(last.heap))} at the end: ${(growth * 100).toFixed(2)}%`,
	);
	console.log(`routes that no case reached: ${unreached.length === 0 ? "none" : unreached.join(", ")}; faults: ${faults.length}`);
	for (const fault of faults.slice(0, 20)) console.log(`  ${fault}`);
	if (values.write) {
		const command = `npx node bench/fuzz-http.ts ${process.argv.slice(2).join(" ")}`.trimEnd();
		const date = new Date().toISOString().slice(0, 10);
		const result = { cases, seed, statuses, unreached, faults, first, last, growth, machine: machineOf(), command, date };
		writeFileSync(new URL("results/fuzz-http.json", import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);
	}
	if (faults.length > 0 || unreached.length > 0 || growth > GROWTH_MAX) process.exitCode = 1;
} finally {
	agent.destroy();
	await stage.close();
}
