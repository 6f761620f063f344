import { request as httpRequest } from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { cpuOfWorkerd } from "../workerd/process.ts";

/** Shoppers who ask in turn, each anew some time after an answer, milliseconds. More would measure a queue of their own. */
const SHOPPERS = 2;
const PAUSE_MS = 10;
/** When a start is given up, milliseconds. */
const PATIENCE_MS = 60_000;

export type Asked = {
	readonly sentAt: number;
	readonly answeredAt: number;
	readonly status: number;
	readonly source: string;
	readonly items: number;
};

export type ColdStart = {
	/** First answer, after its request was sent, milliseconds. */
	readonly firstMs: number;
	/** First `personal` answer, after the first request was sent, milliseconds. */
	readonly personalMs: number;
	/** Time of each answer to a request that was sent before the first `personal` answer came; the first and that one left out. */
	readonly duringMs: readonly number[];
	/** Answers with another status than 200. */
	readonly refused: number;
	/** Products of the first answer. */
	readonly firstItems: number;
	/** CPU time of workerd, all threads, until the first `personal` answer, milliseconds; null where it cannot be told. */
	readonly cpuMs: number | null;
};

/** One request on a connection of its own. Times count from before the connection is made. Status 0: it broke off. */
function ask(address: URL, body: string): Promise<Asked> {
	const sentAt = performance.now();
	const headers = { "content-type": "application/json", "cf-connecting-ip": "203.0.113.7", "user-agent": "bench" };
	return new Promise((resolve) => {
		const broken = () => resolve({ sentAt, answeredAt: performance.now(), status: 0, source: "", items: 0 });
		const sent = httpRequest(new URL("/v1/recommendations", address), { method: "POST", headers, agent: false }, (response) => {
			let text = "";
			response.setEncoding("utf8").on("data", (chunk: string) => {
				text += chunk;
			});
			response.on("end", () => {
				const status = response.statusCode ?? 0;
				const { source = "", items = [] } = status === 200 ? (JSON.parse(text) as { source?: string; items?: unknown[] }) : {};
				resolve({ sentAt, answeredAt: performance.now(), status, source, items: items.length });
			});
			response.on("error", broken);
		});
		sent.on("error", broken);
		sent.end(body);
	});
}

/**
 * Asks a Worker that was never called, and goes on asking until an answer is `personal`.
 * @param history ids that the release knows
 * @throws Error when none is in time
 */
export async function askFromCold(address: URL, history: readonly string[]): Promise<ColdStart> {
	const body = JSON.stringify({ history: history.map((item) => ({ item })), limit: 10 });
	const answers: Asked[] = [];
	let personal: Asked | undefined;
	const cpuBefore = cpuOfWorkerd();
	let cpuAfter: number | null = null;
	const start = performance.now();

	async function shop(): Promise<void> {
		while (personal === undefined) {
			if (performance.now() - start > PATIENCE_MS) throw new Error(`No personal answer within ${PATIENCE_MS / 1000} s`);
			const asked = await ask(address, body);
			answers.push(asked);
			if (asked.source === "personal" && personal === undefined) {
				personal = asked;
				cpuAfter = cpuOfWorkerd();
			}
			await delay(PAUSE_MS);
		}
	}
	const first = ask(address, body);
	await Promise.all([first, ...Array.from({ length: SHOPPERS }, () => delay(PAUSE_MS).then(shop))]);
	const { answeredAt } = personal as unknown as Asked;
	const { answeredAt: firstAt, status, items } = await first;
	return {
		firstMs: firstAt - start,
		personalMs: answeredAt - start,
		duringMs: answers.filter((one) => one !== personal && one.sentAt < answeredAt).map((one) => one.answeredAt - one.sentAt),
		firstItems: items,
		refused: [status, ...answers.map((one) => one.status)].filter((one) => one !== 200).length,
		cpuMs: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
	};
}
