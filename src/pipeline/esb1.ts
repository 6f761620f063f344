import * as v from "valibot";
import { fail, ok, type Result } from "../contract/result.ts";

/** Sections start at multiples of this many bytes, so that typed arrays can lie over the file itself. */
export const ESB1_ALIGN = 16;
const MAGIC = [0x45, 0x53, 0x42, 0x31]; // "ESB1"

const ARRAYS = { i8: Int8Array, u8: Uint8Array, i32: Int32Array, u32: Uint32Array, f32: Float32Array } as const;
type Arrays = { [K in keyof typeof ARRAYS]: InstanceType<(typeof ARRAYS)[K]> };

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Header = v.object({
	kind: v.string(),
	bytes: Count,
	sections: v.record(
		v.string(),
		v.object({ dtype: v.picklist(["i8", "u8", "i32", "u32", "f32"]), shape: v.array(Count), offset: Count, bytes: Count }),
	),
	meta: v.record(v.string(), v.unknown()),
});

/** Where a section lies in the file, bytes. */
export type Place = { readonly offset: number; readonly bytes: number };

/** What a header says. */
export type Head = {
	readonly meta: Readonly<Record<string, unknown>>;
	/** Bytes of the whole file. */
	readonly bytes: number;
	has(section: string): boolean;
	/** @returns where the section lies; or why there is none of this type and shape. A null in `shape` stands for any length. */
	place(name: string, dtype: keyof Arrays, shape: readonly (number | null)[]): Result<Place, string>;
};

export type Container = Pick<Head, "meta" | "has"> & {
	/** @returns a view over the file; or why there is none of this type and shape. A null in `shape` stands for any length. */
	section<K extends keyof Arrays>(name: string, dtype: K, shape: readonly (number | null)[]): Result<Arrays[K], string>;
};

/**
 * Reads the header of an ESB1 container: "ESB1", u32 length of the header, JSON header, sections; all little-endian.
 * @param start the file, or as much of it as holds the header
 * @returns why it is refused, in words that follow the file's name
 */
export function readHead(start: Uint8Array, kind: string): Result<Head, string> {
	if (start.byteLength < 8 || MAGIC.some((byte, i) => start[i] !== byte)) return fail("is not an ESB1 file");
	const headerBytes = headBytes(start) - 8;
	if ((8 + headerBytes) % ESB1_ALIGN !== 0 || 8 + headerBytes > start.byteLength) return fail("has a header that does not fit the file");
	const header = parseHeader(start.subarray(8, 8 + headerBytes));
	if (header === null) return fail("has a header that cannot be read");
	if (header.kind !== kind) return fail(`is of kind ${header.kind}, not ${kind}`);
	return ok({
		meta: header.meta,
		bytes: header.bytes,
		has: (name) => Object.hasOwn(header.sections, name),
		place(name, dtype, shape) {
			const found = Object.hasOwn(header.sections, name) ? header.sections[name] : undefined;
			if (found === undefined) return fail(`lacks the section ${name}`);
			const length = found.shape.reduce((product, size) => product * size, 1);
			const isShape = found.shape.length === shape.length && shape.every((size, axis) => size === null || size === found.shape[axis]);
			if (found.dtype !== dtype || !isShape) {
				return fail(`has ${name} as ${found.dtype}[${found.shape}]; expected ${dtype}[${shape.map((size) => size ?? "*")}]`);
			}
			const fits = found.offset % ESB1_ALIGN === 0 && found.offset + found.bytes <= header.bytes;
			if (!fits || found.bytes !== length * ARRAYS[dtype].BYTES_PER_ELEMENT)
				return fail(`has a section ${name} that does not fit the file`);
			return ok({ offset: found.offset, bytes: found.bytes });
		},
	});
}

/** Bytes of a container up to its first section. @param start its first 8 bytes or more */
export const headBytes = (start: Uint8Array): number => 8 + new DataView(start.buffer, start.byteOffset).getUint32(4, true);

/**
 * Reads an ESB1 container whole.
 * @param file its ArrayBuffer is kept: the sections are views over it
 * @returns why it is refused, in words that follow the file's name
 */
export function readContainer(file: Uint8Array, kind: string): Result<Container, string> {
	// Views need alignment within the buffer; a file that came as a slice of something larger is moved once.
	const bytes = file.byteOffset % ESB1_ALIGN === 0 ? file : new Uint8Array(file);
	const head = readHead(bytes, kind);
	if (!head.ok) return head;
	const { meta, has, place } = head.value;
	if (head.value.bytes !== bytes.byteLength) return fail(`has ${bytes.byteLength} bytes; its header says ${head.value.bytes}`);
	return ok({
		meta,
		has,
		section(name, dtype, shape) {
			const found = place(name, dtype, shape);
			if (!found.ok) return found;
			const { offset, bytes: size } = found.value;
			const length = size / ARRAYS[dtype].BYTES_PER_ELEMENT;
			return ok(new ARRAYS[dtype](bytes.buffer as ArrayBuffer, bytes.byteOffset + offset, length) as Arrays[typeof dtype]);
		},
	});
}

function parseHeader(bytes: Uint8Array): v.InferOutput<typeof Header> | null {
	try {
		const parsed = v.safeParse(Header, JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes)));
		return parsed.success ? parsed.output : null;
	} catch {
		return null;
	}
}

/** Takes the value out of a result inside `refusing`. */
export function orRefuse<T>(result: Result<T, string>): T {
	if (result.ok) return result.value;
	throw new Refusal(result.error);
}

class Refusal extends Error {}

/** Refuses the file that is being read, in words that follow its name. */
export function refuse(message: string): never {
	throw new Refusal(message);
}

/** Runs a reader whose steps may each refuse; any other error is a bug and passes. */
export function refusing<T>(read: () => T): Result<T, string> {
	try {
		return ok(read());
	} catch (thrown) {
		if (thrown instanceof Refusal) return fail(thrown.message);
		throw thrown;
	}
}

/** The same for a reader that waits. */
export async function refusingLater<T>(read: () => Promise<T>): Promise<Result<T, string>> {
	try {
		return ok(await read());
	} catch (thrown) {
		if (thrown instanceof Refusal) return fail(thrown.message);
		throw thrown;
	}
}
