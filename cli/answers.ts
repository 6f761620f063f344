import * as v from "valibot";
import { LogLine } from "../src/contract/event.ts";
import { Product } from "../src/contract/product.ts";
import { Manifest } from "../src/contract/release.ts";
import { Run } from "../src/contract/run.ts";

/** Answers of the admin routes as far as the command line reads them; fields it does not read may come and go. */

export const PointerAnswer = v.object({
	active: v.nullable(v.string()),
	previous: v.nullable(v.string()),
	canary: v.nullable(v.string()),
	canaryShare: v.number(),
	updatedAt: v.number(),
});
export type PointerAnswer = v.InferOutput<typeof PointerAnswer>;

export const ReleaseAnswer = v.object({
	id: v.string(),
	state: v.picklist(["uploading", "ready", "refused"]),
	note: v.nullable(v.string()),
	uploadedAt: v.number(),
	manifest: v.nullable(Manifest),
	files: v.array(v.object({ name: v.string(), sha256: v.string(), bytes: v.number() })),
});
export type ReleaseAnswer = v.InferOutput<typeof ReleaseAnswer>;

export const ReleasesAnswer = v.object({ releases: v.array(ReleaseAnswer), pointer: PointerAnswer });
export const PutFileAnswer = v.object({ state: v.picklist(["uploading", "ready", "refused"]) });

export const ClaimAnswer = v.object({ run: Run, lease: v.string() });

export const LogPageAnswer = v.object({ lines: v.array(LogLine), cursor: v.nullable(v.string()) });
export const CataloguePageAnswer = v.object({
	products: v.array(v.object({ ...Product.entries, version: v.number() })),
	cursor: v.nullable(v.string()),
	version: v.number(),
});
