import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import { type Answer, exchange, Stalled } from "./exchange.ts";
import { CommandFailure, UsageError } from "./outcome.ts";
import { accessHeaders, tokenFor } from "./token.ts";

/** Waits before each further attempt, milliseconds, where the server names none. */
const RETRY_DELAYS_MS = [500, 1000, 2000, 4000, 8000];
/** Longest wait that a Retry-After may ask for, milliseconds. */
const RETRY_AFTER_MAX_MS = 60_000;
/** A server that is busy, starting or behind a proxy that lost it for a moment. */
const PASSING_STATUS = new Set([429, 502, 503, 504]);

const Envelope = v.object({
	error: v.object({ code: v.string(), message: v.string(), path: v.optional(v.string()), requestId: v.string() }),
});

/** An answer that is not 2xx, told in one line. */
export class AnswerFailure extends CommandFailure {
	readonly status: number;
	/** `error.code` of the envelope; empty when the answer had none. */
	readonly code: string;
	/** The envelope's message without the request. */
	readonly reason: string;

	constructor(request: string, status: number, code: string, reason: string, requestId: string) {
		super(`${request}: ${reason}${requestId && ` (${[code, requestId].filter(Boolean).join(", request ")})`}`);
		this.status = status;
		this.code = code;
		this.reason = reason;
	}
}

type Method = "GET" | "PUT" | "POST" | "DELETE";
type SendOptions = {
	readonly body?: Uint8Array | string;
	readonly type?: string;
	/** Whether doing it twice is as good as once; then it is tried again. Default: all but POST. */
	readonly idempotent?: boolean;
};
export type Client = {
	readonly address: URL;
	/** The answer, read whole. @throws AnswerFailure for other than 2xx, CommandFailure when the server cannot be reached */
	readonly send: (method: Method, path: string, options?: SendOptions) => Promise<Answer>;
	/** As `send` with a JSON body, and the answer checked. @throws CommandFailure also for an answer of another shape */
	readonly call: <S extends v.GenericSchema>(
		schema: S,
		method: Method,
		path: string,
		body?: unknown,
		options?: Pick<SendOptions, "idempotent">,
	) => Promise<v.InferOutput<S>>;
};

type ClientOptions = {
	readonly token?: string | null;
	readonly retryDelaysMs?: readonly number[];
	readonly sleep?: (milliseconds: number) => Promise<unknown>;
	/** Hears of each retry. */
	readonly onRetry?: (reason: string) => void;
};

/** @throws UsageError for an address that is not http(s) */
export function addressOf(to: string): URL {
	const address = URL.canParse(to) ? new URL(to) : null;
	if (address === null || !/^https?:$/.test(address.protocol)) throw new UsageError(`--to must be an http(s) address, not "${to}"`);
	if (!address.pathname.endsWith("/")) address.pathname += "/";
	return address;
}

/** A client of the Worker at `to`. */
export function createClient(to: string, options: ClientOptions = {}): Client {
	const address = addressOf(to);
	const token = options.token === undefined ? tokenFor(address, new URL("../.dev.vars", import.meta.url)) : options.token;
	const delays = options.retryDelaysMs ?? RETRY_DELAYS_MS;
	const sleep = options.sleep ?? delay;

	const headersOf = ({ body, type }: SendOptions) => ({
		...(token !== null && { authorization: `Bearer ${token}`, ...accessHeaders(address) }),
		...(body !== undefined && { "content-type": type ?? "application/json" }),
	});

	const send: Client["send"] = async (method, path, sendOptions = {}) => {
		const url = new URL(path.replace(/^\//, ""), address);
		const request = `${method} ${url.pathname}`;
		const idempotent = sendOptions.idempotent ?? method !== "POST";
		for (let tries = 0; ; tries++) {
			const mayRetry = idempotent && tries < delays.length;
			let waitMs = delays[tries] ?? 0;
			try {
				const answer = await exchange(method, url, headersOf(sendOptions), sendOptions.body);
				if (answer.status >= 200 && answer.status < 300) return answer;
				const failure = failureOf(request, answer);
				if (!mayRetry || !PASSING_STATUS.has(answer.status)) throw failure;
				waitMs = Math.max(waitMs, retryAfterMs(answer.retryAfter));
				options.onRetry?.(failure.message);
			} catch (thrown) {
				if (thrown instanceof CommandFailure) throw thrown;
				const reason = `${address.origin} cannot be reached (${causeOf(thrown)})`;
				if (!mayRetry) throw new CommandFailure(reason);
				options.onRetry?.(reason);
				// Each stall costs minutes: after one there is a last try.
				if (thrown instanceof Stalled) tries = delays.length - 1;
			}
			await sleep(waitMs);
		}
	};

	const call: Client["call"] = async (schema, method, path, body, callOptions) => {
		const { bytes } = await send(method, path, { ...callOptions, ...(body !== undefined && { body: JSON.stringify(body) }) });
		return parseAnswer(schema, `${method} ${path}`, bytes);
	};
	return { address, send, call };
}

/** @throws CommandFailure when the bytes are not JSON of this shape */
export function parseAnswer<S extends v.GenericSchema>(schema: S, request: string, bytes: Uint8Array): v.InferOutput<S> {
	let value: unknown;
	try {
		value = JSON.parse(new TextDecoder().decode(bytes));
	} catch {
		throw new CommandFailure(`${request}: the answer is not JSON; is this an Edgeshelf Worker?`);
	}
	const parsed = v.safeParse(schema, value, { abortEarly: true });
	if (parsed.success) return parsed.output;
	const issue = parsed.issues[0];
	throw new CommandFailure(`${request}: the answer has another shape than expected (${v.getDotPath(issue) ?? "all"}: ${issue.message})`);
}

function failureOf(request: string, { status, bytes }: Answer): AnswerFailure {
	try {
		const { error } = v.parse(Envelope, JSON.parse(new TextDecoder().decode(bytes)));
		return new AnswerFailure(request, status, error.code, error.message, error.requestId);
	} catch {
		return new AnswerFailure(request, status, "", `answered ${status}`, "");
	}
}

function retryAfterMs(header: string | null): number {
	const seconds = Number(header ?? 0);
	return Number.isFinite(seconds) ? Math.min(seconds * 1000, RETRY_AFTER_MAX_MS) : 0;
}

/** Node tries each address of a name: what is told is why the first one failed. */
function causeOf(thrown: unknown): string {
	const first = thrown instanceof AggregateError ? (thrown.errors[0] as unknown) : thrown;
	return first instanceof Error ? first.message : String(first);
}
