import { expect, test } from "vitest";
import { randomFrom } from "../../cli/demo/random.ts";
import { createFileFuzzer } from "../fixtures/fuzzed-files.ts";

/** A sample of what bench/fuzz-files.ts reads, the same at each run. */
const [SEED, CASES] = ["files 1", 4000];

test("a file, manifest or log object that is damaged loads all the same or is refused by name, and never anything else", async () => {
	const [fuzzer, random] = [await createFileFuzzer(), randomFrom(SEED)];
	const seen = new Map<string, { loaded: number; refused: number }>();
	for (let k = 0; k < CASES; k++) {
		const { of, loaded } = await fuzzer.next(random);
		const counted = seen.get(of) ?? { loaded: 0, refused: 0 };
		seen.set(of, loaded ? { ...counted, loaded: counted.loaded + 1 } : { ...counted, refused: counted.refused + 1 });
	}
	const planes = [...seen].filter(([of]) => of.startsWith("release in planes")).map(([, counted]) => counted);
	expect(planes.some(({ loaded }) => loaded > 0) && planes.some(({ refused }) => refused > 0)).toBe(true);
	// Both ends must be met, or the fuzzer changes too little, or all.
	for (const of of ["items.bin", "transitions.bin", "text.bin", "meaning.bin", "next.json", "links.bin", "manifest", "log line"])
		expect([of, seen.get(of)?.loaded ?? 0, seen.get(of)?.refused ?? 0].map((n) => n !== 0)).toEqual([true, true, true]);
});
