import type { CandidateRequest, CandidateResponse } from "../contract/candidate.ts";
import type { CoarseContext, VisitorKey } from "../contract/context.ts";
import type { Product } from "../contract/product.ts";
import type { ProfileRequest, ProfileResponse } from "../contract/profile.ts";
import type { RankRequest, RankResponse } from "../contract/rank.ts";
import type { EvaluationRequest, Part, RecommendationRequest, RecommendationResponse } from "../contract/recommendation.ts";
import type { ActivePointer, Manifest, StoredRelease } from "../contract/release.ts";
import type { NamedRule, RulePreviewRequest, RulePreviewResponse } from "../contract/rule.ts";
import type { SearchRequest, SearchResponse, SuggestRequest, SuggestResponse } from "../contract/search.ts";
import type { PageRequest, PageResponse, Shelf, ShelfRequest, ShelfResponse } from "../contract/shelf.ts";
import type { Synonym } from "../contract/synonym.ts";
import type { Columns } from "../rank/columns.ts";
import type { CodedFilter } from "../rank/filter-rows.ts";
import type { QuantisedQuery, QuantisedRows } from "../retrieve/rows.ts";
import type { EncoderInput } from "../sequence/encode.ts";

export type { CodedFilter, Columns, EncoderInput, QuantisedQuery, QuantisedRows, StoredRelease };

/** Who asks, as far as we may know. */
export type Sender = {
	readonly context: CoarseContext;
	/** Made only where a canary asks for it; null where no key could be made: then no canary. */
	readonly visitor: () => Promise<VisitorKey | null>;
	/** The same hash of the address alone, which nobody changes as lightly as a user agent: what the rate limit counts. */
	readonly origin: VisitorKey | null;
};

export type WaitUntil = (work: Promise<unknown>) => void;

/** One CPU or I/O span of a request for `Server-Timing`; absent where the clock did not move. */
export type Span = { readonly name: string; readonly milliseconds: number };

/** An answer and how long its parts took. */
export type Served<T> = { readonly response: T; readonly spans: readonly Span[] };

export type Recommendation = Served<RecommendationResponse>;

/** What the routes ask of the serving path. It never throws for want of a model, a store or time: the rung falls. */
export interface Recommender {
	/** @param mayLog whether what the shopper does with the answer may be logged: otherwise nothing is drawn */
	recommend(request: RecommendationRequest, sender: Sender, waitUntil: WaitUntil, mayLog: boolean): Promise<Recommendation>;
	/** A list of the shop's own in personal order. */
	rank(request: RankRequest, sender: Sender, waitUntil: WaitUntil): Promise<Served<RankResponse>>;
	/** One shelf, personal where a history is sent. */
	shelf(shelf: Shelf, request: ShelfRequest, sender: Sender, waitUntil: WaitUntil): Promise<Served<ShelfResponse>>;
	/** Several shelves with no product twice, of the highest expected value first. */
	page(request: PageRequest, sender: Sender, waitUntil: WaitUntil): Promise<Served<PageResponse>>;
	/** Products for words, personal within relevance where a history is sent. */
	search(request: SearchRequest, sender: Sender, waitUntil: WaitUntil): Promise<Served<SearchResponse>>;
	/** Completions of what was typed. */
	suggest(request: SuggestRequest, sender: Sender, waitUntil: WaitUntil): Promise<Served<SuggestResponse>>;
	/** What a history says of its shopper; empty where no release is loaded. */
	profile(request: ProfileRequest, sender: Sender, waitUntil: WaitUntil): Promise<Served<ProfileResponse>>;
	/** Chosen parts only, of the active release; not counted. @throws RequestFailure `unavailable` while no release is loaded */
	evaluate(request: EvaluationRequest, parts: readonly Part[], waitUntil: WaitUntil): Promise<Recommendation>;
	/** One answer without and with a rule that is not stored yet; not counted. @throws RequestFailure `unavailable` while no release is loaded */
	preview(request: RulePreviewRequest, waitUntil: WaitUntil): Promise<RulePreviewResponse>;
	/**
	 * What the active release or the canary would answer, under the stored rules or others; not counted.
	 * @throws RequestFailure `not_found` for another release, `unavailable` while it is not loaded
	 */
	candidate(release: string, request: CandidateRequest, waitUntil: WaitUntil): Promise<CandidateResponse>;
	/** Starts loading what serves, where that is due: for routes that need the vocabulary and nothing else. */
	prepare(waitUntil: WaitUntil): void;
	/** A query reduced to words of the catalogue's vocabulary; null when it has none of them, or no vocabulary is loaded. */
	knownWordsOf(query: string): string | null;
	/** Whether the loaded release or its overlay has the product. */
	knowsItem(id: string): boolean;
	/** What this isolate holds now, for the console. */
	state(): ServingState;
}

export type ServingState = {
	/** Id of the release that serves; null: none is loaded. */
	readonly release: string | null;
	readonly canary: string | null;
	/** Best rung that can answer now. */
	readonly rung: "personal" | "session" | "static";
	/** Catalogue version up to which the overlay was read. */
	readonly catalogueVersion: number | null;
	/** An encoder that broke down as it served, else the latest release that could not be loaded; and why. */
	readonly fault: { readonly release: string; readonly file: string; readonly message: string } | null;
};

/** One model in the runtime. */
export interface Encoder {
	/** Why it cannot answer any more, for the operator; null while it can. */
	readonly fault: string | null;
	/**
	 * @returns float32 of the queries, shape [queries, dim]
	 * @throws when the runtime fails: the caller falls to the next rung
	 */
	encode(input: EncoderInput): Float32Array;
	/** Gives its memory back; it may not be used after that. */
	release(): void;
}

/** @throws when the runtime cannot boot or the model cannot be loaded */
export type MakeEncoder = (model: Uint8Array) => Promise<Encoder>;

/** Rows with scores, best first: the higher score, of equal scores the lower row. */
export type FoundRows = { readonly rows: Int32Array; readonly scores: Float64Array };

/** Memory of one table of rows. It goes back with the last reference to it or to an array in it. */
export interface RowSpace {
	/** Zeroed bytes at a multiple of 16. @throws RangeError beyond what the space was made for */
	take(bytes: number): Uint8Array<ArrayBuffer>;
	/**
	 * @param rows   vectors and scales, taken from this space
	 * @param masked taken from this space, shape [capacity of the rows]; 1: the row may not be shown
	 */
	scanner(rows: Pick<QuantisedRows, "dim" | "vectors" | "scales">, masked: Uint8Array): RowScanner;
	/**
	 * Takes two planes, of `count * dim / 2` and `count * dim / 4` bytes, and scans what is packed into them.
	 * @param scales taken from this space
	 * @param masked taken from this space
	 * @returns null where the space holds no rows of its dimension in planes
	 */
	planes(count: number, scales: Float32Array, masked: Uint8Array): PlaneScanner | null;
}

/** Reads the rows where they lie. */
export interface RowScanner {
	/** Is told of rows `from` to `to - 1` once their vectors or scales were written. */
	wrote(from: number, to: number): void;
	/**
	 * Exact scan of the first `count` rows in one pass, by the scores of `scoreRow`; masked rows are left out.
	 * @returns for each query its best rows, at most `most`; they are overwritten by the next scan
	 */
	scan(count: number, queries: readonly QuantisedQuery[], most: number): readonly FoundRows[];
	/** Scores of chosen rows, masked or not, in their order, as `scoreRow`; float64, shape [rows]. */
	score(query: QuantisedQuery, rows: Int32Array): Float64Array;
	/** Writes a row as float32 into `out` from `at` on. */
	read(row: number, out: Float32Array, at: number): void;
	/** Masks what a filter leaves out, as `maskRows` does. @returns false, and nothing is done, where a column lies elsewhere */
	mask(columns: Columns, filter: CodedFilter): boolean;
}

/** Rows of 6 bits, see `retrieve/planes.ts`. Its scan is exact among the rows that are best by their upper bits. */
export interface PlaneScanner extends RowScanner {
	/**
	 * Writes rows from row `first` on.
	 * @param rows int8, row-major
	 * @returns false where a component does not fit 6 bits
	 */
	pack(rows: Int8Array, first: number): boolean;
}

/**
 * @param bytes what will be taken
 * @param rows  how many int8 rows there will be room for
 * @param worn  one that nobody reads any more: its memory is used again, so that no two need room at once
 * @returns null where it cannot be made: vectors of another dimension than it is for, or no memory left
 */
export type MakeRowSpace = (bytes: number, rows: number, dim: number, worn?: RowSpace | null) => RowSpace | null;

/** The registry's read side. All may throw: what was loaded goes on serving. */
export interface ReleaseSource {
	pointer(): Promise<ActivePointer>;
	/** @returns null when there is no such release, or it is not whole yet */
	manifest(id: string): Promise<Manifest | null>;
	stored(id: string): StoredRelease;
}

/** What the overlay needs of a product. */
export type OverlaidProduct = Pick<Product, "title" | "titles" | "category" | "brand" | "price" | "stock" | "group" | "attributes">;

export type ProductChange = {
	readonly id: string;
	/** Catalogue version of the change. */
	readonly version: number;
	/** null: the product was deleted. */
	readonly product: OverlaidProduct | null;
};

/** A place in the order of changes: by version, then id. */
export type OverlayCursor = { readonly version: number; readonly id: string };

export interface OverlaySource {
	/** Changes after the cursor, in order, at most `limit`; fewer means there are no more. */
	changes(after: OverlayCursor, limit: number): Promise<readonly ProductChange[]>;
}

/** Ids, best first. */
export type CategoryLists = { readonly overall: readonly string[]; readonly byCategory: ReadonlyMap<string, readonly string[]> };

/** What the shop's own database says of its products: popular of late, trending, and seen last in the catalogue. */
export type HotLists = CategoryLists & {
	readonly trending: CategoryLists;
	readonly newest: readonly string[];
	/** Queries that a crowd made, the most popular first: words of the catalogue's vocabulary. */
	readonly queries: readonly string[];
};

/** A product with its values, while no release is at hand. */
export type ListedProduct = OverlaidProduct & { readonly id: string };

export interface RuleSource {
	/** All rules of the shop, those not in force among them. */
	rules(): Promise<readonly NamedRule[]>;
}

/** What search reads of a product. */
export type SearchedProduct = OverlaidProduct & {
	readonly description: string | null;
	/** When the catalogue first had it, unix seconds; 0: before this was noted. */
	readonly firstSeenAt: number;
};

export type SearchedChange = Omit<ProductChange, "product"> & { readonly product: SearchedProduct | null };

/** A built index: the catalogue up to a version. */
export type SearchFile = { readonly version: number; readonly bytes: Uint8Array };

export interface SearchSource {
	/** Changes after the cursor, in order, at most `limit`. */
	changes(after: OverlayCursor, limit: number): Promise<readonly SearchedChange[]>;
	/** The latest index that was built, unless it is of the version held already; null: none, or nothing newer. */
	file(heldVersion: number | null): Promise<SearchFile | null>;
	/** The shop's synonyms, unless they are of the version held already; null: none, or nothing newer. */
	synonyms(heldVersion: number): Promise<{ readonly version: number; readonly synonyms: readonly Synonym[] } | null>;
	/** Products whose titles hold any of the words, those with most of them first, none deleted: while no index is at hand. */
	holding(words: readonly string[], limit: number): Promise<readonly ListedProduct[]>;
}

export interface HotListSource {
	lists(): Promise<HotLists>;
	/**
	 * Products of the named categories' hot lists, then of the common one, then the newest; none deleted, each once.
	 * @param most no more than these; Infinity: as many as are read for one answer
	 */
	products(categories: readonly string[], most: number): Promise<readonly ListedProduct[]>;
	/** Those of the ids that the catalogue has, none deleted, in any order. */
	named(ids: readonly string[]): Promise<readonly ListedProduct[]>;
	/** Ids put by at the last activation, for when the database is dead too; null when there are none. */
	staticIds(): Promise<readonly string[] | null>;
}
