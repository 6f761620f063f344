/** An unsigned LEB128 number and the offset after it. @throws Error when it does not end within 32 bits */
export function readUnsigned(bytes: Uint8Array, at: number): readonly [value: number, next: number] {
	let value = 0;
	for (let shift = 0; shift < 35; shift += 7) {
		const byte = bytes[at++];
		if (byte === undefined) break;
		value += (byte & 0x7f) * 2 ** shift;
		if (byte < 0x80) return [value, at];
	}
	throw new Error(`No LEB128 number ends before byte ${at}`);
}

/** @param value 0 to 2^32 - 1 */
export function unsigned(value: number): number[] {
	const bytes: number[] = [];
	let rest = value >>> 0;
	for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
	return [...bytes, rest];
}

/** @param value a signed 32-bit number */
export function signed(value: number): number[] {
	const bytes: number[] = [];
	let rest = value | 0;
	// The last byte's bit 6 is the sign of all above it.
	for (; rest < -64 || rest > 63; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
	return [...bytes, rest & 0x7f];
}
