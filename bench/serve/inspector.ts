import { setTimeout as delay } from "node:timers/promises";

/** The isolate's inspector, by the Chrome DevTools Protocol. */
export interface Inspector {
	// biome-ignore lint/suspicious/noExplicitAny: the protocol's answers are as many types as it has methods
	call(method: string, params?: object): Promise<any>;
	/** Id of the Worker's global scope: workerd has none by default, in which to evaluate. */
	context(): Promise<number>;
	close(): void;
}

/** @param address of the isolate, ws:// */
export async function openInspector(address: string): Promise<Inspector> {
	const socket = new WebSocket(address);
	const waiting = new Map<number, PromiseWithResolvers<unknown>>();
	const opened = Promise.withResolvers<void>();
	const context = Promise.withResolvers<number>();
	let calls = 0;
	socket.addEventListener("open", () => opened.resolve());
	socket.addEventListener("error", () => opened.reject(new Error(`The inspector at ${address} cannot be reached`)));
	socket.addEventListener("message", ({ data }) => {
		const { id, method, params, result, error } = JSON.parse(String(data));
		if (method === "Runtime.executionContextCreated") context.resolve(params.context.id);
		const call = waiting.get(id);
		if (call === undefined) return; // Another event.
		waiting.delete(id);
		if (error === undefined) call.resolve(result);
		else call.reject(new Error(error.message));
	});
	await opened.promise;
	function call(method: string, params = {}): Promise<unknown> {
		const answer = Promise.withResolvers<unknown>();
		waiting.set(++calls, answer);
		socket.send(JSON.stringify({ id: calls, method, params }));
		return answer.promise;
	}
	return {
		call,
		async context() {
			await call("Runtime.enable");
			return context.promise;
		},
		close: () => socket.close(),
	};
}

/** JavaScript's memory, bytes. */
export type HeapUsage = {
	/** Objects that live. */
	readonly used: number;
	/** Behind ArrayBuffers, without the memories of wasm. */
	readonly backing: number;
	/** All memories of wasm together. */
	readonly wasm: number;
};

/** Sum of what V8 holds of the isolate. */
export const totalOf = ({ used, backing, wasm }: HeapUsage): number => used + backing + wasm;

/** Rounds of collection: the first may only queue what finalisers let go. */
const COLLECTIONS = 3;
/** workerd collects at once, but may owe the answer until the isolate runs again: longest wait for it, milliseconds. */
const ANSWER_MAX_MS = 1000;

/**
 * Memory after forced collections.
 * @param wake makes the isolate run: any request
 */
export async function heapAfterCollection(address: string, wake: () => Promise<unknown>): Promise<HeapUsage> {
	const inspector = await openInspector(address);
	try {
		for (let round = 0; round < COLLECTIONS; round++) {
			const collected = inspector.call("HeapProfiler.collectGarbage");
			await wake();
			await Promise.race([collected, delay(ANSWER_MAX_MS)]);
		}
		const { usedSize, backingStorageSize } = await inspector.call("Runtime.getHeapUsage");
		return { used: usedSize, backing: backingStorageSize, wasm: await wasmBytes(inspector) };
	} finally {
		inspector.close();
	}
}

/**
 * Samples memory after a forced collection each, until `isOver`. A collection that did not end in time gives no sample: what
 * nobody holds any more would be counted.
 * @param wake makes the isolate run; nobody waits for it
 */
export async function sampleHeap(address: string, isOver: () => boolean, wake: () => Promise<unknown>): Promise<HeapUsage[]> {
	const inspector = await openInspector(address);
	const samples: HeapUsage[] = [];
	try {
		while (!isOver()) {
			const collected = inspector.call("HeapProfiler.collectGarbage").then(() => true);
			wake().catch(() => undefined);
			if (!(await Promise.race([collected, delay(ANSWER_MAX_MS, false)]))) continue;
			const { usedSize, backingStorageSize } = await inspector.call("Runtime.getHeapUsage");
			samples.push({ used: usedSize, backing: backingStorageSize, wasm: await wasmBytes(inspector) });
		}
	} finally {
		inspector.close();
	}
	return samples;
}

/** Asks the heap for every memory of wasm that lives. */
async function wasmBytes(inspector: Inspector): Promise<number> {
	const { result: prototype } = await inspector.call("Runtime.evaluate", {
		expression: "WebAssembly.Memory.prototype",
		contextId: await inspector.context(),
	});
	const { objects } = await inspector.call("Runtime.queryObjects", { prototypeObjectId: prototype.objectId });
	const { result } = await inspector.call("Runtime.callFunctionOn", {
		objectId: objects.objectId,
		functionDeclaration: "function () { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0); }",
		returnByValue: true,
	});
	return result.value;
}
