/** Objects and lists inside one another that a JSON body may have; our deepest request has 5. */
export const JSON_MAX_DEPTH = 32;

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** Whether JSON nests deeper than allowed, from its bytes alone: nothing is built before it is known to be flat enough. */
export function nestsTooDeep(json: Uint8Array, maxDepth = JSON_MAX_DEPTH): boolean {
	let depth = 0;
	let inText = false;
	for (let at = 0; at < json.length; at++) {
		const byte = json[at];
		if (inText) {
			if (byte === BACKSLASH) at++;
			else if (byte === QUOTE) inText = false;
		} else if (byte === QUOTE) inText = true;
		else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
			if (++depth > maxDepth) return true;
		} else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
	}
	return false;
}
