import type { Span } from "./ports.ts";

/** Measures parts of one request. Deployed, the clock stands still while the CPU works: such spans are left out. */
export interface Stopwatch {
	span<T>(name: string, work: () => T): T;
	readonly spans: readonly Span[];
}

/** @param clock milliseconds, from any origin */
export function createStopwatch(clock: () => number): Stopwatch {
	const spans: Span[] = [];
	return {
		spans,
		span(name, work) {
			const start = clock();
			try {
				return work();
			} finally {
				const milliseconds = clock() - start;
				if (milliseconds > 0) spans.push({ name, milliseconds });
			}
		},
	};
}
