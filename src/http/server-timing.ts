import type { Span } from "../pipeline/ports.ts";

/**
 * Spans as a `Server-Timing` value; null when the clock moved in none of them.
 * @see https://www.w3.org/TR/server-timing/ (durations in milliseconds)
 */
export function serverTiming(spans: readonly Span[]): string | null {
	if (spans.length === 0) return null;
	return spans.map(({ name, milliseconds }) => `${name};dur=${milliseconds.toFixed(3)}`).join(", ");
}
