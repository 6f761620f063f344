import { readUnsigned, unsigned } from "./leb128.ts";

/** Ids of the sections that are read or written here. @see https://webassembly.github.io/spec/core/binary/modules.html */
export const SECTION = { custom: 0, import: 2, global: 6, export: 7, code: 10 } as const;

/** "\0asm", version 1. */
const HEADER_BYTES = 8;

export type Section = { readonly id: number; readonly content: Uint8Array };

/** The sections in their order. @throws Error when the bytes are no wasm module of version 1 */
export function readSections(wasm: Uint8Array): Section[] {
	const [magic, version] = [0x00, 4].map((at) => new DataView(wasm.buffer, wasm.byteOffset).getUint32(at, true));
	if (magic !== 0x6d736100 || version !== 1) throw new Error("Not a WebAssembly module of version 1");
	const sections: Section[] = [];
	for (let at = HEADER_BYTES; at < wasm.length; ) {
		const [length, start] = readUnsigned(wasm, at + 1);
		if (start + length > wasm.length) throw new Error(`Section ${wasm[at]} is longer than the module`);
		sections.push({ id: wasm[at] as number, content: wasm.subarray(start, start + length) });
		at = start + length;
	}
	return sections;
}

export const writeSections = (sections: readonly Section[]): Uint8Array<ArrayBuffer> =>
	join([
		Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00),
		...sections.flatMap(({ id, content }) => [Uint8Array.of(id, ...unsigned(content.length)), content]),
	]);

/** The same module with some sections' contents replaced. @throws Error when it lacks one of them */
export function withSections(wasm: Uint8Array, replace: ReadonlyMap<number, (content: Uint8Array) => Uint8Array>): Uint8Array<ArrayBuffer> {
	const sections = readSections(wasm);
	const missing = [...replace.keys()].filter((id) => !sections.some((section) => section.id === id));
	if (missing.length > 0) throw new Error(`The module has no section ${missing.join(", ")}`);
	return writeSections(sections.map(({ id, content }) => ({ id, content: replace.get(id)?.(content) ?? content })));
}

/** Function bodies, each without its leading length: local declarations, then instructions. */
export function readBodies(code: Uint8Array): Uint8Array[] {
	const [count, first] = readUnsigned(code, 0);
	let at = first;
	return Array.from({ length: count }, () => {
		const [length, start] = readUnsigned(code, at);
		at = start + length;
		return code.subarray(start, at);
	});
}

export const writeBodies = (bodies: readonly Uint8Array[]): Uint8Array =>
	join([Uint8Array.from(unsigned(bodies.length)), ...bodies.flatMap((body) => [Uint8Array.from(unsigned(body.length)), body])]);

/** Offset of a body's first instruction: behind its groups of locals, each a count and a type of one byte. */
export function instructionsAt(body: Uint8Array): number {
	let [groups, at] = readUnsigned(body, 0);
	for (; groups > 0; groups--) at = readUnsigned(body, at)[1] + 1;
	return at;
}

/** A section that is a vector, with entries added behind those it has. */
export function withEntries(content: Uint8Array, entries: readonly (readonly number[])[]): Uint8Array {
	const [count, first] = readUnsigned(content, 0);
	return join([
		Uint8Array.from(unsigned(count + entries.length)),
		content.subarray(first),
		...entries.map((entry) => Uint8Array.from(entry)),
	]);
}

export const entryCount = (content: Uint8Array): number => readUnsigned(content, 0)[0];

export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}
