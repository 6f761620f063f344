/** Where the faulty Worker (faulty-worker.ts) may fail. */
export const FAULT_POINTS = ["send", "put", "transaction", "acknowledgement"] as const;
export type FaultPoint = (typeof FAULT_POINTS)[number];

/** One failure in this many calls of each point. */
export const FAILS_EVERY = 3;

/** `GET /test/faults`: how often each point was reached, and how often it failed. */
export type FaultReport = Record<FaultPoint, { reached: number; failed: number }>;
