import type { CoarseContext, VisitorKey } from "../contract/context.ts";
import type { EvaluationRequest, Part, RecommendationRequest, RecommendationResponse } from "../contract/recommendation.ts";

/** Who asks, as far as we may know. */
export type Sender = {
	readonly context: CoarseContext;
	/** null where no key could be made: then no canary and no rate limit by visitor. */
	readonly visitor: VisitorKey | null;
};

export type WaitUntil = (work: Promise<unknown>) => void;

/** One CPU or I/O span of a request for `Server-Timing`; absent where the clock did not move. */
export type Span = { readonly name: string; readonly milliseconds: number };

export type Recommendation = { readonly response: RecommendationResponse; readonly spans: readonly Span[] };

/** What the routes ask of the serving path. It never throws for want of a model, a store or time: the rung falls. */
export interface Recommender {
	recommend(request: RecommendationRequest, sender: Sender, waitUntil: WaitUntil): Promise<Recommendation>;
	/** Chosen parts only, of the active release; not counted. @throws RequestFailure `unavailable` while no release is loaded */
	evaluate(request: EvaluationRequest, parts: readonly Part[], waitUntil: WaitUntil): Promise<Recommendation>;
}
