/** SHA-256 piece by piece: `crypto.subtle` would want the whole file at once. */
export function createHash() {
	const stream = new crypto.DigestStream("SHA-256");
	const writer = stream.getWriter();
	return {
		add: (bytes: Uint8Array): Promise<void> => writer.write(bytes),
		/** @returns hex */
		async end(): Promise<string> {
			await writer.close();
			return Array.from(new Uint8Array(await stream.digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
		},
		abort(): void {
			stream.digest.catch(() => {});
			writer.abort().catch(() => {});
		},
	};
}
