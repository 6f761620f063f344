import type { Span } from "./ports.ts";

/** Measures parts of one request. Deployed, the clock stands still while the CPU works: such spans are left out. */
export interface Stopwatch {
	span<T>(name: string, work: () => T): T;
	/** A part that waits for others. */
	wait<T>(name: string, work: () => Promise<T>): Promise<T>;
	readonly spans: readonly Span[];
}

/** @param clock milliseconds, from any origin */
export function createStopwatch(clock: () => number): Stopwatch {
	const spans: Span[] = [];
	function end(name: string, start: number): void {
		const milliseconds = clock() - start;
		if (milliseconds > 0) spans.push({ name, milliseconds });
	}
	return {
		spans,
		span(name, work) {
			const start = clock();
			try {
				return work();
			} finally {
				end(name, start);
			}
		},
		async wait(name, work) {
			const start = clock();
			try {
				return await work();
			} finally {
				end(name, start);
			}
		},
	};
}
