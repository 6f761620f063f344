import * as v from "valibot";
import { Label } from "./primitives.ts";
import { History, SOURCES } from "./recommendation.ts";

/** Categories and brands that a portrait names at most. */
export const PROFILE_MAX_NAMES = 10;

/** `POST /v1/profile`. */
export const ProfileRequest = v.strictObject({ history: History });
export type ProfileRequest = v.InferOutput<typeof ProfileRequest>;

const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const Preference = v.strictObject({
	name: Label,
	/** Share of the history's weight, 0 to 1. */
	share: Share,
	/** Chance that the shopper takes more of it than the catalogue has to offer, 0 to 1. */
	confidence: Share,
});
export type Preference = v.InferOutput<typeof Preference>;

/** What a history says of its shopper. Drawn when it is asked for and kept nowhere. */
export const ProfileResponse = v.strictObject({
	release: v.nullable(v.string()),
	/** `session`: drawn from the history; `static`: nothing of it is known, or no release is loaded. */
	source: v.picklist(SOURCES),
	/** History entries that neither the release nor the overlay knows. */
	ignored: v.number(),
	/** Preferred first, by confidence. */
	categories: v.array(Preference),
	brands: v.array(Preference),
	/** Minor unit; the middle three fifths of what the history holds. `confidence` grows with the number of products behind it. */
	price: v.nullable(v.strictObject({ from: v.number(), to: v.number(), confidence: Share })),
	/** 0: what everybody takes; 1: what hardly anybody takes. */
	novelty: v.nullable(v.strictObject({ value: Share, confidence: Share })),
});
export type ProfileResponse = v.InferOutput<typeof ProfileResponse>;
