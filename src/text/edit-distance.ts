/** Work space of three rows, grown as needed: one word is compared with many. */
let rows: [Uint8Array, Uint8Array, Uint8Array] = [new Uint8Array(64), new Uint8Array(64), new Uint8Array(64)];

/**
 * Edits between two words: insertion, deletion, replacement, or two neighbours that change places, no part edited twice.
 * @param most what is further apart need not be told exactly
 * @returns at most `most + 1`
 * @see Damerau, "A technique for computer detection and correction of spelling errors", CACM 7(3), 1964
 */
export function editDistance(a: string, b: string, most: number): number {
	if (Math.abs(a.length - b.length) > most) return most + 1;
	if (rows[0].length <= b.length) rows = [new Uint8Array(2 * b.length), new Uint8Array(2 * b.length), new Uint8Array(2 * b.length)];
	let [before, last, row] = rows;
	for (let j = 0; j <= b.length; j++) last[j] = j;
	for (let i = 1; i <= a.length; i++) {
		row[0] = i;
		let least = i;
		for (let j = 1; j <= b.length; j++) {
			const isSame = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
			let edits = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, (last[j - 1] as number) + (isSame ? 0 : 1));
			if (i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1)) {
				edits = Math.min(edits, (before[j - 2] as number) + 1);
			}
			row[j] = edits;
			if (edits < least) least = edits;
		}
		if (least > most) return most + 1;
		[before, last, row] = [last, row, before];
	}
	return Math.min(last[b.length] as number, most + 1);
}
