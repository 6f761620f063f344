import type { RecommendationFields } from "../contract/candidate.ts";
import type { SessionKey } from "../contract/context.ts";
import type { Erasure, EventIntake, LogReader, MetricSink, Witness } from "../feedback/ports.ts";
import type { Recommender, Sender, WaitUntil } from "../pipeline/ports.ts";
import type { ReleasedFeatures } from "../privacy/ports.ts";
import type { ReleaseRegistry, RunRegistry } from "../retrain/ports.ts";
import type { AccessCheck } from "./access.ts";
import type { StoredToken } from "./auth.ts";
import type { Catalogue, RuleBook, SynonymBook } from "./ports.ts";

/** Everything the routes need, built once an isolate by the composition root. */
export type Services = {
	readonly recommender: Recommender;
	readonly events: EventIntake;
	/** null: the keyed mode is off. */
	readonly erasure: Erasure | null;
	readonly log: LogReader;
	/** What recommendation ids hold, in their order; null for what we did not sign. */
	readonly readIds: (ids: readonly string[]) => Promise<readonly (RecommendationFields | null)[]>;
	readonly metrics: MetricSink;
	readonly catalogue: Catalogue;
	readonly rules: RuleBook;
	readonly synonyms: SynonymBook;
	readonly releases: ReleaseRegistry;
	readonly runs: RunRegistry;
	readonly status: () => Promise<Record<string, unknown>>;
	readonly tokens: readonly StoredToken[];
	/** null: no Cloudflare Access stands before the admin routes. */
	readonly access: AccessCheck | null;
	/** The door: a raw request to what may be known of its sender. */
	readonly senderOf: (request: Request, waitUntil: WaitUntil) => Promise<Sender>;
	readonly sessionKeyOf: (session: string) => Promise<SessionKey>;
	/** The door for events. @param vouched whether the sender's token vouches that sessions are visitors of their own */
	readonly witnessOf: (request: Request, session: string, vouched: boolean) => Promise<Witness>;
	/** Values of features that had a crowd. */
	readonly features: ReleasedFeatures;
	/** Origins whose pages may read answers of /v1; "*": all. */
	readonly corsOrigins: readonly string[];
	readonly consentDefault: boolean;
	/** @returns false when the visitor asked too often */
	readonly allow: (sender: Sender) => Promise<boolean>;
	/** Unix seconds. */
	readonly now: () => number;
};
