import { editDistance } from "./edit-distance.ts";

/** Terms of an index, sorted by UTF-16 units, each with the way it is mostly written. */
export interface Vocabulary {
	readonly size: number;
	termOf(id: number): string;
	/** As the catalogue mostly writes it, in lower case. */
	surfaceOf(id: number): string;
	/** @returns -1 when there is no such term */
	find(term: string): number;
	/** Terms that are within `most` edits of a word, as stems or as written; not the word's own term. In no order. */
	near(word: string, stem: string, most: number): { readonly id: number; readonly edits: number }[];
	/** Ids whose written form begins so, in no order. */
	beginning(prefix: string): number[];
}

/** Bit of each letter in a word's signature: an edit changes two bits at most. */
const bitOf = (code: number): number => 1 << (code >= 97 && code <= 122 ? code - 97 : 26 + (code % 6));

export function signatureOf(word: string): number {
	let bits = 0;
	for (let i = 0; i < word.length; i++) bits |= bitOf(word.charCodeAt(i));
	return bits;
}

function ones(bits: number): number {
	let v = bits - ((bits >>> 1) & 0x55555555);
	v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
	return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** @param terms sorted by UTF-16 units, each once; `surfaces` in the same order */
export function createVocabulary(terms: readonly string[], surfaces: readonly string[]): Vocabulary {
	const ids = new Map(terms.map((term, id) => [term, id]));
	const signatures = Int32Array.from(surfaces, signatureOf);
	const lengths = Uint8Array.from(surfaces, ({ length }) => Math.min(255, length));
	let byForm: Uint32Array | null = null;
	/** Ids by written form, sorted when a prefix is first asked for. */
	const sorted = (): Uint32Array => {
		byForm ??= Uint32Array.from(surfaces.keys()).sort((a, b) => order(surfaces[a] as string, surfaces[b] as string));
		return byForm;
	};
	return {
		size: terms.length,
		termOf: (id) => terms[id] as string,
		surfaceOf: (id) => surfaces[id] as string,
		find: (term) => ids.get(term) ?? -1,
		near(word, stem, most) {
			const found: { id: number; edits: number }[] = [];
			const signature = signatureOf(word);
			for (let id = 0; id < terms.length; id++) {
				if (Math.abs((lengths[id] as number) - word.length) > most || ones((signatures[id] as number) ^ signature) > 2 * most) continue;
				const edits = Math.min(editDistance(word, surfaces[id] as string, most), editDistance(stem, terms[id] as string, most));
				if (edits <= most && terms[id] !== stem) found.push({ id, edits });
			}
			return found;
		},
		beginning(prefix) {
			const ids = sorted();
			let from = 0;
			for (let to = ids.length; from < to; ) {
				const middle = (from + to) >>> 1;
				if ((surfaces[ids[middle] as number] as string) < prefix) from = middle + 1;
				else to = middle;
			}
			const found: number[] = [];
			while (from < ids.length && (surfaces[ids[from] as number] as string).startsWith(prefix)) found.push(ids[from++] as number);
			return found;
		},
	};
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
