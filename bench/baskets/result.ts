import type { Interval } from "../relative-gain.ts";
import type { Baseline } from "./baselines.ts";
import type { Quality, Task } from "./cases.ts";

export type BasketRow = Quality & {
	readonly name: "served" | Baseline["name"];
	/** As chosen on the validation window; none for what is served. */
	readonly setting: Readonly<Record<string, number>> | null;
	/** Of what is served against this row; null for itself. */
	readonly gain: { readonly recall: Interval; readonly ndcg: Interval } | null;
};

export type BasketsResult = {
	readonly protocol: Readonly<Record<string, string | number>>;
	readonly tasks: Readonly<Record<Task, { readonly cases: number; readonly customers: number; readonly rows: readonly BasketRow[] }>>;
	/** As the trainer chose them. */
	readonly weights: Readonly<Record<string, number>>;
	readonly machine: string;
	readonly command: string;
	readonly date: string;
};
