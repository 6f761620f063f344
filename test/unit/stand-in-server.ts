import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Received = {
	readonly method: string;
	readonly path: string;
	readonly body: string;
	readonly authorization: string | undefined;
};

/** A status and a JSON body, or "cut": the connection breaks without an answer. */
export type Reply = readonly [status: number, body?: unknown, headers?: Record<string, string>] | "cut";

/** A real HTTP server on a free port that answers by a function and keeps what it received, in order. */
export async function startStandIn(answer: (received: Received) => Reply | Promise<Reply>) {
	const received: Received[] = [];
	const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
		let body = "";
		for await (const chunk of request.setEncoding("utf8")) body += chunk;
		const one = { method: request.method ?? "", path: request.url ?? "", body, authorization: request.headers.authorization };
		received.push(one);
		const reply = await answer(one);
		if (reply === "cut") {
			response.destroy();
			return;
		}
		const [status, value, headers] = reply;
		response.writeHead(status, headers);
		response.end(value === undefined ? undefined : value instanceof Uint8Array ? value : JSON.stringify(value));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		received,
		stop: () =>
			new Promise<void>((resolve) => {
				server.closeAllConnections();
				server.close(() => resolve());
			}),
	};
}
export type StandIn = Awaited<ReturnType<typeof startStandIn>>;
