import { expect, test } from "vitest";
import { type LogKeys, rewrap, seal, unseal } from "./sealed.ts";

const keyOf = (byte: number) => new Uint8Array(32).fill(byte);
const KEYS: LogKeys = { current: "k1", keys: { k1: keyOf(1) } };
const NAME = "events/dt=2026-11-20/10/1795168800-a.ndjson.gz.enc";
const LINES = [
	{ item: "口红🥀שפתון", at: 1 },
	{ item: 'a"b\\c', at: 2 },
];

test("gives back what was sealed, and two seals of the same differ", async () => {
	const first = await seal(KEYS, NAME, LINES);
	const second = await seal(KEYS, NAME, LINES);
	expect(await unseal(KEYS, NAME, first)).toEqual({ ok: true, value: LINES });
	expect(first).not.toEqual(second);
});

test("writes the key's id in the header and nothing readable after it", async () => {
	const sealed = await seal(KEYS, NAME, new Array(100).fill({ item: "red-nail-polish" }));
	expect(new TextDecoder().decode(sealed.subarray(0, 7))).toBe("ESL2\u0002k1");
	expect(new TextDecoder("latin1").decode(sealed)).not.toContain("nail");
});

test("a new current key leaves old objects readable", async () => {
	const old = await seal(KEYS, NAME, LINES);
	const rotated: LogKeys = { current: "k2", keys: { k1: keyOf(1), k2: keyOf(2) } };
	expect(await unseal(rotated, NAME, old)).toEqual({ ok: true, value: LINES });
	expect(await unseal(rotated, NAME, await seal(rotated, NAME, LINES))).toEqual({ ok: true, value: LINES });
});

test("a new master key takes an object over by its data key alone, and the old one opens it no more", async () => {
	const old = await seal(KEYS, NAME, LINES);
	const rotated: LogKeys = { current: "k2", keys: { k1: keyOf(1), k2: keyOf(2) } };
	const moved = await rewrap(rotated, NAME, old);
	if (!moved.ok || moved.value === null) throw new Error("was not taken over");
	// Behind 7 bytes of header and 60 of wrapped key nothing has changed.
	expect(moved.value.slice(67)).toEqual(old.slice(67));
	expect(moved.value.slice(7, 67)).not.toEqual(old.slice(7, 67));
	const alone: LogKeys = { current: "k2", keys: { k2: keyOf(2) } };
	expect(await unseal(alone, NAME, moved.value)).toEqual({ ok: true, value: LINES });
	expect((await unseal(KEYS, NAME, moved.value)).ok).toBe(false);
	expect(await rewrap(rotated, NAME, moved.value)).toEqual({ ok: true, value: null });
	expect(await rewrap(alone, NAME, old)).toMatchObject({ ok: false, error: expect.stringContaining('"k1"') });
	expect((await rewrap(rotated, NAME.replace("-a.", "-b."), old)).ok).toBe(false);
});

test("reads what was written before data keys, and takes it over too", async () => {
	const header = new TextEncoder().encode("ESL1\u0002k1");
	const iv = new Uint8Array(12);
	const key = await crypto.subtle.importKey("raw", keyOf(1), "AES-GCM", false, ["encrypt"]);
	const plain = await new Response(new Blob(['{"item":"a"}\n']).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
	const additionalData = new TextEncoder().encode(`ESL1\u0002k1${NAME}`);
	const content = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, plain));
	const direct = new Uint8Array([...header, ...iv, ...content]);
	expect(await unseal(KEYS, NAME, direct)).toEqual({ ok: true, value: [{ item: "a" }] });
	const moved = await rewrap(KEYS, NAME, direct);
	if (!moved.ok || moved.value === null) throw new Error("was not taken over");
	expect(new TextDecoder().decode(moved.value.subarray(0, 4))).toBe("ESL2");
	expect(await unseal(KEYS, NAME, moved.value)).toEqual({ ok: true, value: [{ item: "a" }] });
});

test("names the key that it lacks", async () => {
	const old = await seal(KEYS, NAME, LINES);
	const opened = await unseal({ current: "k2", keys: { k2: keyOf(2) } }, NAME, old);
	expect(opened).toEqual({ ok: false, error: 'is encrypted under the key "k1", which LOG_KEYS does not hold' });
});

test("refuses an object with any byte changed", async () => {
	const sealed = await seal(KEYS, NAME, LINES);
	for (let position = 0; position < sealed.length; position++) {
		const altered = sealed.slice();
		altered[position]! ^= 1;
		expect((await unseal(KEYS, NAME, altered)).ok, `byte ${position}`).toBe(false);
	}
});

test("refuses an object cut short, one put in another's place, and one that is no log object", async () => {
	const sealed = await seal(KEYS, NAME, LINES);
	expect((await unseal(KEYS, NAME, sealed.slice(0, -1))).ok).toBe(false);
	expect((await unseal(KEYS, NAME, sealed.slice(0, 9))).ok).toBe(false);
	expect((await unseal(KEYS, NAME.replace("-a.", "-b."), sealed)).ok).toBe(false);
	expect(await unseal(KEYS, NAME, new Uint8Array())).toEqual({ ok: false, error: "is not an encrypted log object" });
});
