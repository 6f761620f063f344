import { editDistance } from "./edit-distance.ts";

/** Words as a catalogue writes them, lower case and without accents, each with the id of its term. */
export type Forms = {
	readonly texts: readonly string[];
	/** Term of each, shape [forms]. */
	readonly terms: Uint32Array;
	/** The form in which each term is written most often, shape [terms]. */
	readonly main: Uint32Array;
};

/** Terms of an index, sorted by UTF-16 units, and the forms in which they are written. */
export interface Vocabulary {
	readonly size: number;
	readonly forms: Forms;
	termOf(id: number): string;
	/** As the catalogue mostly writes it. */
	surfaceOf(id: number): string;
	/** @returns -1 when there is no such term */
	find(term: string): number;
	/** Forms that are within `most` edits of a word and not of its own term, each term once, by its nearest. In no order. */
	near(word: string, term: string, most: number): { readonly id: number; readonly form: string; readonly edits: number }[];
	/** Forms that begin so, in no order. */
	beginning(prefix: string): { readonly id: number; readonly form: string }[];
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

/** @param terms sorted by UTF-16 units, each once */
export function createVocabulary(terms: readonly string[], forms: Forms): Vocabulary {
	const { texts } = forms;
	const ids = new Map(terms.map((term, id) => [term, id]));
	const signatures = Int32Array.from(texts, signatureOf);
	const lengths = Uint8Array.from(texts, ({ length }) => Math.min(255, length));
	let byText: Uint32Array | null = null;
	/** Places of forms, sorted when a prefix is first asked for. */
	const sorted = (): Uint32Array => {
		byText ??= Uint32Array.from(texts.keys()).sort((a, b) => ((texts[a] as string) < (texts[b] as string) ? -1 : 1));
		return byText;
	};
	return {
		size: terms.length,
		forms,
		termOf: (id) => terms[id] as string,
		surfaceOf: (id) => texts[forms.main[id] as number] as string,
		find: (term) => ids.get(term) ?? -1,
		near(word, term, most) {
			const found = new Map<number, { id: number; form: string; edits: number }>();
			const signature = signatureOf(word);
			for (let f = 0; f < texts.length; f++) {
				if (Math.abs((lengths[f] as number) - word.length) > most || ones((signatures[f] as number) ^ signature) > 2 * most) continue;
				const form = texts[f] as string;
				const edits = editDistance(word, form, most);
				const id = forms.terms[f] as number;
				if (edits <= most && edits < (found.get(id)?.edits ?? most + 1) && terms[id] !== term) found.set(id, { id, form, edits });
			}
			return [...found.values()];
		},
		beginning(prefix) {
			const places = sorted();
			let from = 0;
			for (let to = places.length; from < to; ) {
				const middle = (from + to) >>> 1;
				if ((texts[places[middle] as number] as string) < prefix) from = middle + 1;
				else to = middle;
			}
			const found: { id: number; form: string }[] = [];
			for (; from < places.length; from++) {
				const place = places[from] as number;
				const form = texts[place] as string;
				if (!form.startsWith(prefix)) break;
				found.push({ id: forms.terms[place] as number, form });
			}
			return found;
		},
	};
}
