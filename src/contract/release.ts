import * as v from "valibot";
import { dictionary } from "./dictionary.ts";
import { ItemId, UnixSeconds } from "./primitives.ts";

/** Time and content hash: `20261124T071500Z-0123456789`. */
export const ReleaseId = v.pipe(v.string(), v.regex(/^\d{8}T\d{6}Z-[0-9a-f]{10}$/, "must be a release id"));

/** Files of a release, all listed in its manifest. */
export const RELEASE_FILES = [
	"encoder.int8.onnx",
	"items.bin",
	"transitions.bin",
	"popular.json",
	"fusion.json",
	"parity.json",
	"similar.bin",
	"bought.bin",
	"text.bin",
	"meaning.bin",
	"next.json",
	"links.bin",
] as const;
export type ReleaseFile = (typeof RELEASE_FILES)[number];

/**
 * How the items lie in memory. `rows`: all of the release, int8 vectors among it. `planes`, for catalogues of hundreds of
 * thousands: vectors of 6 bits, ids sorted and written as what they add to the one before, and links read from the store as
 * they are asked for.
 */
export const LAYOUTS = ["rows", "planes"] as const;
export type Layout = (typeof LAYOUTS)[number];

/** Without these a release cannot serve. */
export const requiredFiles = (layout: Layout | undefined): readonly ReleaseFile[] => [
	"encoder.int8.onnx",
	"items.bin",
	layout === "planes" ? "links.bin" : "transitions.bin",
	"popular.json",
	"fusion.json",
	"parity.json",
];
export const MANIFEST_FILE = "manifest.json";

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Metrics = v.record(v.string(), v.record(v.string(), v.nullable(v.number())));

/** What a release was trained at, in the trainer's words beside the two figures. Epsilon 0: from public content alone. */
const Guarantee = v.looseObject({ epsilon: v.pipe(v.number(), v.minValue(0)), delta: v.pipe(v.number(), v.minValue(0), v.maxValue(1)) });

export const Manifest = v.object({
	format: v.literal(1),
	id: ReleaseId,
	createdAt: UnixSeconds,
	files: v.record(v.picklist(RELEASE_FILES), v.strictObject({ sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), bytes: Count })),
	encoder: v.object({
		/** Newest history entries that are read. */
		length: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(512)),
		dim: v.pipe(v.number(), v.integer(), v.minValue(4), v.maxValue(1024)),
		queries: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(16)),
		quantisation: v.string(),
	}),
	items: v.object({
		count: v.pipe(v.number(), v.integer(), v.minValue(1)),
		dim: Count,
		quantisation: v.string(),
		/** Absent: rows. */
		layout: v.optional(v.picklist(LAYOUTS)),
	}),
	kPair: Count,
	trainedOn: v.object({
		source: v.picklist(["sequences", "sessions", "events"]),
		boundary: v.picklist(["tune", "refit"]),
		splitHash: v.string(),
		events: Count,
		sessions: Count,
		firstEventAt: v.nullable(UnixSeconds),
		lastEventAt: v.nullable(UnixSeconds),
		catalogueVersion: Count,
	}),
	metrics: v.object({
		protocol: v.record(v.string(), v.union([v.string(), v.number()])),
		tune: v.nullable(Metrics),
		refit: v.nullable(Metrics),
	}),
	privacy: v.object({ kPair: Count, differentialPrivacy: v.nullable(Guarantee) }),
	training: v.record(v.string(), v.unknown()),
});
export type Manifest = v.InferOutput<typeof Manifest>;

const Weights = v.object({
	encoder: v.optional(v.number(), 0),
	transitions: v.number(),
	similar: v.number(),
	bought: v.number(),
	popular: v.number(),
});
const Bucket = v.object({
	maxLength: v.nullable(Count),
	weights: Weights,
	/** Added to the score of a product that nobody has touched yet. */
	unseen: v.optional(v.number(), 0),
});
const Buckets = v.pipe(v.array(Bucket), v.minLength(1));
const NeighbourPart = v.object({ tau: v.number(), decay: v.array(v.number()) });

/** How the parts become one score; the formula stands in `rank/fusion.ts`. */
export const Fusion = v.object({
	format: v.literal(1),
	encoder: v.object({ candidates: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2000)) }),
	transitions: NeighbourPart,
	similar: NeighbourPart,
	bought: NeighbourPart,
	/** Added to the score of a product of the history where such are shown, by the age of its last place; the last holds for all older. */
	seen: v.optional(v.array(v.number()), []),
	buckets: Buckets,
	session: Buckets,
	/** Of a log with orders: `bought` links are a regression over baskets, and these weigh the shopper's own; `rank/baskets.ts`. */
	baskets: v.optional(v.object({ own: v.number(), popular: v.number() })),
});
export type Fusion = v.InferOutput<typeof Fusion>;
export type FusionBucket = Fusion["buckets"][number];

export const Popular = v.object({ overall: v.array(ItemId), byCategory: dictionary(v.string(), v.array(ItemId)) });
export type Popular = v.InferOutput<typeof Popular>;

const Chance = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** What shoppers look for next; the formula stands in `retrieve/next-nodes.ts`. */
export const NextSearches = v.object({
	format: v.literal(1),
	/** Distinct visitors behind each link. */
	kPair: Count,
	/** Distinct visitors of one day behind each search. */
	kQuery: Count,
	nodes: v.array(v.object({ kind: v.picklist(["category", "query"]), text: v.string() })),
	/** Share of all steps, by node. */
	popularity: v.array(Chance),
	/** Node and chance of what comes next, by node. */
	links: v.array(v.array(v.tuple([Count, Chance]))),
	shares: v.object({ before: Chance, visits: Chance, next: Chance, items: Chance, twice: Chance, popular: Chance }),
});
export type NextSearches = v.InferOutput<typeof NextSearches>;

/** Histories of `parity.json` that are computed again when a release is loaded; fewer prove too little. */
export const PARITY_HISTORIES = 4;

export const Parity = v.object({
	histories: v.pipe(
		v.array(
			v.object({
				items: v.array(ItemId),
				query: v.array(v.number()),
				encoderTop: v.pipe(v.array(ItemId), v.minLength(1)),
				encoderScores: v.array(v.number()),
				fusedTop: v.pipe(v.array(ItemId), v.minLength(1)),
				fusedScores: v.array(v.number()),
			}),
		),
		v.minLength(PARITY_HISTORIES),
	),
});
export type Parity = v.InferOutput<typeof Parity>;

/** The trainer's verdict material: candidate against active release, both on one split. */
export const GateReport = v.object({
	splitHash: v.string(),
	/** Start of the test window. */
	testFrom: UnixSeconds,
	testTargets: Count,
	baselineRelease: ReleaseId,
	candidate: v.object({ "ndcg@10": v.number() }),
	baseline: v.object({ "ndcg@10": v.number() }),
	differenceRelative: v.object({ mean: v.number(), lower95: v.number(), upper95: v.number() }),
	bootstrapSamples: Count,
	seed: v.number(),
});
export type GateReport = v.InferOutput<typeof GateReport>;

/** `gate`: the registry's rules decide. `operator`: a person's word, recorded as such. */
export const ActivateRequest = v.strictObject({
	by: v.picklist(["gate", "operator"]),
	/** Share of visitors that get the release, 0 to 1; below 1 it runs as a canary beside the active one, at 0 it is loaded and nobody gets it. */
	share: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 1),
	/** The run whose stored gate report decides; required with `gate`. */
	run: v.optional(v.string()),
});
export type ActivateRequest = v.InferOutput<typeof ActivateRequest>;

/** The active pointer. `canary` serves `canaryShare` of visitors; `previous` is what a rollback returns to. */
export type ActivePointer = {
	readonly active: string | null;
	readonly previous: string | null;
	readonly canary: string | null;
	readonly canaryShare: number;
	readonly updatedAt: number;
};

/** A file that is never held whole: of it is read what a request asks for. */
export type PagedFile = "links.bin";
/**
 * Bytes of it that are read at least. The first as many are the file's header; pages follow, and none lies in two shards: zeros
 * come before one that would.
 */
export const PAGED_SHARD_BYTES = 16 * 1024;
/** First byte of a part of a file, and the one behind its last. */
export type ByteRange = readonly [from: number, to: number];

/** The files of one release. All may throw. */
export interface StoredRelease {
	/** Those of the files that are there, whole; what is missing is left out. */
	files(names: readonly ReleaseFile[]): Promise<Partial<Record<ReleaseFile, Uint8Array>>>;
	/**
	 * A file as it comes. @returns null when it is not there; once the body has been read `sha256` tells its hash, hex; null
	 * where it was found to be the manifest's before
	 */
	open(name: ReleaseFile): Promise<{ readonly body: AsyncIterable<Uint8Array>; readonly sha256: (() => Promise<string>) | null } | null>;
	/** Parts of a file, in one call. @returns of each range its bytes, or as many as there are; null where they are not there */
	parts(name: PagedFile, ranges: readonly ByteRange[]): Promise<readonly (Uint8Array | null)[]>;
}
