import autocannon from "autocannon";
import { quantileOf } from "../../cli/metrics.ts";
import { cpuMs } from "../workerd/process.ts";

/** One kind of request, and how an answer is told from a failed or degraded one. */
export type Kind = {
	readonly url: string;
	readonly method: "GET" | "POST";
	/** Path and body of the next request. */
	next(): { readonly path: string; readonly body?: string };
	isGood(body: string): boolean;
};

/** What one load gave, pooled over its rounds. */
export type Load = {
	requests: number;
	seconds: number;
	/** Of workerd, over the load. */
	cpuMs: number;
	/** Time at the client from the request's last byte to the answer's last, milliseconds, one a request. */
	readonly wall: number[];
	/** Sum of the spans of Server-Timing but `links`, milliseconds; only where the clock moved. */
	readonly server: number[];
	/** Of each request the span `links`: its wait for links in KV, milliseconds. */
	readonly links: number[];
};

/** Share of requests whose connection may break off, as one does now and then when thousands are opened and closed. */
const LOST_MAX = 1e-4;

export const emptyLoad = (): Load => ({ requests: 0, seconds: 0, cpuMs: 0, wall: [], server: [], links: [] });

/** As many addresses as a busy minute sees; the network of the benchmarks' own (RFC 2544). */
const ADDRESSES = 2 ** 17;
const addressOf = (n: number) => `198.${18 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;

const HEADERS = {
	"content-type": "text/plain;charset=UTF-8",
	"user-agent":
		"Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
	origin: "https://shop.example",
	referer: "https://shop.example/",
	// How workerd is told what the platform knows of a request's origin.
	"mf-cf-blob": JSON.stringify({ country: "DE", continent: "EU", timezone: "Europe/Berlin" }),
};

let sent = 0;

/**
 * Loads workerd for some seconds and adds what came to `into`.
 * @param pid of workerd
 * @throws Error when any answer was not 2xx, or was not good: a degraded answer is a cheap one
 */
export const load = (kind: Kind, connections: number, seconds: number, pid: number, into: Load): Promise<void> =>
	run(kind, { connections, duration: seconds }, pid, into);

/** As `load`, with a number of requests. */
export const loadCount = (kind: Kind, connections: number, amount: number, pid: number, into: Load): Promise<void> =>
	run(kind, { connections, amount }, pid, into);

type Extent = { readonly connections: number } & ({ readonly duration: number } | { readonly amount: number });

async function run(kind: Kind, extent: Extent, pid: number, into: Load): Promise<void> {
	let bad: string | null = null;
	const ended = Promise.withResolvers<autocannon.Result>();
	const options: autocannon.Options = {
		url: kind.url,
		...extent,
		requests: [
			{
				method: kind.method,
				headers: HEADERS,
				setupRequest(request) {
					const { path, body } = kind.next();
					const headers = { ...HEADERS, "cf-connecting-ip": addressOf(sent++ % ADDRESSES) };
					return { ...request, path, headers, ...(body !== undefined && { body }) };
				},
				onResponse(status, body, _, headers) {
					if (status !== 200 || !kind.isGood(body)) bad ??= `${status} ${body.slice(0, 200)}`;
					const spans = spansOf(headers);
					into.links.push(sumOf(spans, (name) => name === "links"));
					if (spans.length > 0) into.server.push(sumOf(spans, (name) => name !== "links"));
				},
			},
		],
	};
	const before = cpuMs(pid);
	const running = autocannon(options, (error, result) => (error ? ended.reject(error) : ended.resolve(result)));
	running.on("response", (_client, _status, _bytes, milliseconds) => into.wall.push(milliseconds));
	const result = await ended.promise;
	into.cpuMs += cpuMs(pid) - before;
	into.requests += result.requests.total;
	into.seconds += result.duration;
	const lost = result.errors + result.timeouts;
	if (bad !== null || lost > LOST_MAX * result.requests.total)
		throw new Error(`${kind.url}: ${bad ?? `${lost} requests were not answered`}`);
}

type Spans = readonly (readonly [name: string, milliseconds: number])[];

/** Spans of Server-Timing. @param headers name and value by turns, or by name */
function spansOf(headers: unknown): Spans {
	const flat = Array.isArray(headers) ? headers : Object.entries(headers ?? {}).flat();
	const at = flat.findIndex((name, place) => place % 2 === 0 && String(name).toLowerCase() === "server-timing");
	if (at === -1) return [];
	return Array.from(String(flat[at + 1]).matchAll(/([\w-]+);dur=([\d.]+)/g), ([, name, duration]) => [name as string, Number(duration)]);
}

const sumOf = (spans: Spans, isMeant: (name: string) => boolean): number =>
	spans.reduce((sum, [name, milliseconds]) => (isMeant(name) ? sum + milliseconds : sum), 0);

/** Percentiles 50, 95 and 99, to the hundredth of a millisecond. */
export function percentiles(values: readonly number[]) {
	const at = (share: number) => {
		const value = quantileOf(values, share);
		return value === null ? null : Number(value.toFixed(2));
	};
	return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
