import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGunzip } from "node:zlib";

const READ_BYTES = 256 * 1024;

export type Feed = {
	/** The content, unpacked, once. It ends early, without an error, where a gzip is cut off or damaged. */
	readonly chunks: AsyncIterable<Buffer>;
	/** Share of the file that was read, 0 to 1. */
	readonly fractionRead: () => number;
	/** Once `chunks` ended: what is wrong with the file, or null. */
	readonly damage: () => Promise<string | null>;
	/** Whether the content, as far as it went, ends with a line feed. */
	readonly endsWithLineFeed: () => boolean;
};

/** Opens a plain or gzip file, told apart by its first bytes. */
export function openFeed(path: string): Feed {
	const { size } = statSync(path);
	const isGzip = readRange(path, 0, 2).equals(Buffer.of(0x1f, 0x8b));
	const file = createReadStream(path, { highWaterMark: READ_BYTES });
	let contentBytes = 0;
	let lastByte = 0x0a;
	let broken: string | null = null;

	async function* chunks() {
		// With the default flush a cut file would fail at its end and take the last blocks, already unpacked, with it.
		const source = isGzip ? file.pipe(createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: READ_BYTES })) : file;
		if (source !== file) file.on("error", (error) => source.destroy(error));
		try {
			for await (const chunk of source as AsyncIterable<Buffer>) {
				contentBytes += chunk.byteLength;
				lastByte = chunk.at(-1) ?? lastByte;
				yield chunk;
			}
		} catch (thrown) {
			if (!isZlibError(thrown)) throw thrown;
			broken = `the gzip is damaged (${thrown.message})`;
		} finally {
			file.destroy();
		}
	}
	return {
		chunks: chunks(),
		fractionRead: () => (size === 0 ? 1 : file.bytesRead / size),
		damage: async () => broken ?? (isGzip && (await isCutOff(path, size, contentBytes)) ? "the gzip is cut off" : null),
		endsWithLineFeed: () => lastByte === 0x0a,
	};
}

/**
 * A gzip member ends with its length modulo 2^32. Where that disagrees the file is cut off, or has several members: a
 * second, strict pass tells which.
 */
async function isCutOff(path: string, size: number, contentBytes: number): Promise<boolean> {
	if (size >= 18 && readRange(path, size - 4, 4).readUInt32LE() === contentBytes % 2 ** 32) return false;
	const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
	try {
		await pipeline(createReadStream(path), createGunzip(), sink);
		return false;
	} catch (thrown) {
		if (isZlibError(thrown)) return true;
		throw thrown;
	}
}

const isZlibError = (thrown: unknown): thrown is NodeJS.ErrnoException =>
	thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" && thrown.code.startsWith("Z_");

/** @returns up to `length` bytes from `position` */
export function readRange(path: string, position: number, length: number): Buffer {
	const descriptor = openSync(path, "r");
	try {
		const buffer = Buffer.alloc(length);
		return buffer.subarray(0, readSync(descriptor, buffer, 0, length, position));
	} finally {
		closeSync(descriptor);
	}
}
