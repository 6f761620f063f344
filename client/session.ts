import type { Memory } from "./memory.ts";
import { randomId } from "./random-id.ts";

const KEY = "session";
/** Idle time after which a session id is made anew, milliseconds. */
const IDLE_MS = 30 * 60_000;

/** The id that joins the events of one visit: random, and new after half an hour without one. */
export function sessionOf(memory: Memory, now: number): string {
	const last = memory.read(KEY) as { readonly id?: string; readonly at?: number } | null;
	const isFresh = typeof last?.id === "string" && now - (last.at ?? 0) < IDLE_MS;
	const id = isFresh ? (last.id as string) : randomId();
	memory.write(KEY, { id, at: now });
	return id;
}

export const endSession = (memory: Memory): void => memory.write(KEY, undefined);
