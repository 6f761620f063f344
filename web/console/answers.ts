import type { ActivePointer, Manifest } from "../../src/contract/release.ts";
import type { NamedRule } from "../../src/contract/rule.ts";
import type { Run } from "../../src/contract/run.ts";

/** What the admin routes answer, as far as the console reads it. */

export type Hour = {
	/** Unix seconds. */
	readonly from: number;
	readonly surface: string;
	readonly source: string;
	readonly requests: number;
	/** By bucket of `edgesMs`, the last open. */
	readonly latency: readonly number[];
};

export type Status = {
	readonly pointer: ActivePointer | null;
	readonly catalogue: { readonly products: number; readonly deleted: number; readonly version: number };
	/** By UTC day, then type; types that no crowd sent are left out. */
	readonly events: Readonly<Record<string, Readonly<Record<string, number>>>>;
	readonly deadLetters: number;
	readonly logObjects: Readonly<Record<string, number>>;
	readonly activations: readonly {
		readonly release: string;
		readonly action: string;
		readonly by: string;
		readonly token: string;
		readonly share: number;
		readonly note: string | null;
		readonly at: number;
	}[];
	readonly lastHour: { readonly requests: number; readonly shares: Readonly<Record<string, number>> };
	readonly metrics: { readonly edgesMs: readonly number[]; readonly hours: readonly Hour[] };
	/** Of the isolate that answered. */
	readonly serving: {
		readonly release: string | null;
		readonly canary: string | null;
		readonly rung: string;
		readonly catalogueVersion: number | null;
		readonly fault: { readonly release: string; readonly file: string; readonly message: string } | null;
	};
	readonly terms: {
		readonly crowd: number;
		readonly kPairMin: number;
		readonly epsilonMax: number | null;
		readonly localEpsilon: number | null;
		readonly logRetentionDays: number;
		/** Whether the shop may name shoppers by pseudonyms, and have them erased. */
		readonly keyed: boolean;
	};
};

export type Release = {
	readonly id: string;
	readonly state: string;
	readonly note: string | null;
	readonly uploadedAt: number;
	readonly manifest: Manifest | null;
	readonly files: readonly { readonly name: string; readonly bytes: number }[];
};
export type Releases = { readonly releases: readonly Release[]; readonly pointer: ActivePointer };
export type Runs = { readonly runs: readonly Run[] };
export type Rules = { readonly rules: readonly NamedRule[] };
