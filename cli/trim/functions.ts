import { OP, type Stretch, stretchesOf } from "./instructions.ts";
import { signed, unsigned } from "./leb128.ts";
import {
	entryCount,
	instructionsAt,
	join,
	readBodies,
	readSections,
	SECTION,
	withEntries,
	withSections,
	writeBodies,
} from "./wasm-binary.ts";

const I32 = 0x7f;
const MUTABLE = 0x01;
const EXPORTED_GLOBAL = 0x03;
/** Flags that share one global, a bit each. */
const FLAGS_PER_GLOBAL = 32;
const flagName = (place: number): string => `ran${place}`;
/** A body that no caller gets past: no locals, and a trap. */
const TRAP = Uint8Array.of(0, OP.unreachable, OP.end);
/**
 * Functions of this size and above, bytes, are trimmed stretch by stretch; smaller ones as a whole. There are three,
 * the cast from each type to each among them; all graphs of the trainer enter the same stretches, but for float16's casts.
 */
const LARGE_BYTES = 100_000;

/** What one function is watched for: whether it is entered and, in a large one, whether each stretch is. */
type Watched = { readonly body: Uint8Array; readonly stretches: readonly Stretch[]; readonly firstFlag: number };

function watchedOf(wasm: Uint8Array, largeBytes: number): Watched[] {
	let firstFlag = 0;
	return readBodies(contentOf(wasm, SECTION.code)).map((body) => {
		const first = instructionsAt(body);
		const stretches = body.length < largeBytes ? [{ from: first, to: body.length - 1 }] : stretchesOf(body, first);
		firstFlag += stretches.length;
		return { body, stretches, firstFlag: firstFlag - stretches.length };
	});
}

/**
 * A copy of a module that notes in exported globals which functions ran. Globals are added behind those that are there, so
 * that no index changes.
 * @param largeBytes as `withoutUnused` is given it, too
 * @throws Error when the module imports globals, since those would shift the others
 */
export function withFlags(wasm: Uint8Array<ArrayBuffer>, largeBytes = LARGE_BYTES): Uint8Array<ArrayBuffer> {
	const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm));
	if (imports.some(({ kind }) => kind === "global")) throw new Error("A module that imports globals cannot be instrumented");
	const firstGlobal = entryCount(contentOf(wasm, SECTION.global));
	const watched = watchedOf(wasm, largeBytes);
	const flags = watched.reduce((sum, { stretches }) => sum + stretches.length, 0);
	const places = Array.from({ length: Math.ceil(flags / FLAGS_PER_GLOBAL) }, (_, place) => place);
	return withSections(
		wasm,
		new Map([
			[
				SECTION.global,
				(before: Uint8Array) =>
					withEntries(
						before,
						places.map(() => [I32, MUTABLE, OP.i32Const, 0, OP.end]),
					),
			],
			[
				SECTION.export,
				(before: Uint8Array) =>
					withEntries(
						before,
						places.map((place) => exportOf(flagName(place), firstGlobal + place)),
					),
			],
			[SECTION.code, () => writeBodies(watched.map((one) => flagged(one, firstGlobal)))],
		]),
	);
}

const exportOf = (name: string, global: number): number[] => [
	...unsigned(name.length),
	...Array.from(name, (letter) => letter.charCodeAt(0)),
	EXPORTED_GLOBAL,
	...unsigned(global),
];

function flagged({ body, stretches, firstFlag }: Watched, firstGlobal: number): Uint8Array {
	const parts: Uint8Array[] = [];
	let copied = 0;
	for (const [place, { from }] of stretches.entries()) {
		const flag = firstFlag + place;
		const global = unsigned(firstGlobal + Math.floor(flag / FLAGS_PER_GLOBAL));
		const bit = signed(1 << (flag % FLAGS_PER_GLOBAL));
		parts.push(body.subarray(copied, from));
		parts.push(Uint8Array.of(OP.globalGet, ...global, OP.i32Const, ...bit, OP.i32Or, OP.globalSet, ...global));
		copied = from;
	}
	return join([...parts, body.subarray(copied)]);
}

/** Flags that an instance of a module made by `withFlags` has set so far, as 32-bit words. */
export function readFlags(exports: WebAssembly.Exports): Int32Array {
	const words: number[] = [];
	for (let place = 0; exports[flagName(place)] !== undefined; place++) {
		words.push(Number((exports[flagName(place)] as WebAssembly.Global).value));
	}
	return Int32Array.from(words);
}

export type Trimmed = { readonly wasm: Uint8Array<ArrayBuffer>; readonly functions: number; readonly kept: number };

/**
 * The module with a trap in place of whatever did not run. Indices, types and data stay.
 * @param flags      of each instance that ran
 * @param largeBytes size of a function, bytes, from which on it is trimmed stretch by stretch
 */
export function withoutUnused(wasm: Uint8Array<ArrayBuffer>, flags: readonly Int32Array[], largeBytes = LARGE_BYTES): Trimmed {
	const ran = (flag: number) =>
		flags.some((words) => ((words[Math.floor(flag / FLAGS_PER_GLOBAL)] ?? 0) & (1 << (flag % FLAGS_PER_GLOBAL))) !== 0);
	const watched = watchedOf(wasm, largeBytes);
	const bodies = watched.map((one) => (ran(one.firstFlag) ? withoutStretches(one, ran) : TRAP));
	return {
		wasm: withSections(wasm, new Map([[SECTION.code, () => writeBodies(bodies)]])),
		functions: watched.length,
		kept: watched.filter(({ firstFlag }) => ran(firstFlag)).length,
	};
}

function withoutStretches({ body, stretches, firstFlag }: Watched, ran: (flag: number) => boolean): Uint8Array {
	const parts: Uint8Array[] = [];
	let copied = 0;
	for (const [place, { from, to }] of stretches.entries()) {
		// Within a stretch that was dropped already, or nothing to be gained.
		if (from < copied || to - from <= 1 || ran(firstFlag + place)) continue;
		parts.push(body.subarray(copied, from), Uint8Array.of(OP.unreachable));
		copied = to;
	}
	return join([...parts, body.subarray(copied)]);
}

function contentOf(wasm: Uint8Array, id: number): Uint8Array {
	const found = readSections(wasm).find((section) => section.id === id);
	if (found === undefined) throw new Error(`The module has no section ${id}`);
	return found.content;
}
