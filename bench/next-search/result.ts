import type { Interval } from "../relative-gain.ts";

export type NextRow = {
	readonly name: "served" | "same as the last, then Markov" | "Markov alone" | "popularity";
	/** Share of the cases whose answer is among the first five. */
	readonly hit5: number;
	/** Of what is served against this row; null for itself. */
	readonly gain: Interval | null;
};

export type NextTask = { readonly cases: number; readonly people: number; readonly rows: readonly NextRow[] };

export type NextSearchResult = {
	readonly protocol: Readonly<Record<string, string | number>>;
	readonly tasks: {
		/** Simulated shoppers: the next query that differs from the last. */
		readonly queries: NextTask;
		/** RetailRocket: the next category where it differs from the last. */
		readonly changes: NextTask;
		/** RetailRocket: the category of each next event, the same one included. */
		readonly all: NextTask;
	};
	readonly machine: string;
	readonly command: string;
	readonly date: string;
};
