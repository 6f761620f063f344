import * as fc from "fast-check";
import { expect, test } from "vitest";
import { importSigningKey, readRecommendationId, signRecommendationId } from "./recommendation-id.ts";

const KEY = await importSigningKey(new Uint8Array(32).fill(7));
const FIELDS = { release: "20261124T071500Z-0123456789", policy: "fused-1", surface: "home", seed: 4_294_967_295, at: 1_795_501_931 };

test("an id gives back what was signed, also without a release", async () => {
	for (const fields of [FIELDS, { ...FIELDS, release: null, seed: 0 }]) {
		const id = await signRecommendationId(KEY, fields);
		expect(id).toMatch(/^[\w-]{40,160}$/);
		expect(await readRecommendationId(KEY, id)).toEqual({ ok: true, value: fields });
	}
});

test("an id cannot be altered in any character, cut, lengthened or read under another key", async () => {
	const id = await signRecommendationId(KEY, FIELDS);
	for (let place = 0; place < id.length; place++) {
		for (const character of "A_z9") {
			const altered = id.slice(0, place) + character + id.slice(place + 1);
			if (altered !== id) expect((await readRecommendationId(KEY, altered)).ok).toBe(false);
		}
	}
	for (const other of ["", id.slice(1), id.slice(0, -1), `${id}A`, `${id}=`])
		expect((await readRecommendationId(KEY, other)).ok).toBe(false);
	expect((await readRecommendationId(await importSigningKey(new Uint8Array(32).fill(8)), id)).ok).toBe(false);
});

test("nothing that was made up is read", async () => {
	await fc.assert(
		fc.asyncProperty(fc.string({ maxLength: 200 }), async (id) => !(await readRecommendationId(KEY, id)).ok),
		{ numRuns: 200 },
	);
});
