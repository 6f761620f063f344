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

/** Longer words are none that anybody mistypes, or types. */
const LONGEST = 255;

/** Places of texts by length, those of one length side by side: from `starts[length]` to `starts[length + 1]`; longer ones at the end. */
function byLength(texts: readonly string[]): { readonly places: Uint32Array; readonly starts: Uint32Array } {
	const starts = new Uint32Array(LONGEST + 3);
	const after = (length: number) => Math.min(length, LONGEST + 1) + 1;
	for (const { length } of texts) starts[after(length)] = (starts[after(length)] as number) + 1;
	for (let length = 1; length < starts.length; length++) starts[length] = (starts[length] as number) + (starts[length - 1] as number);
	const next = starts.slice();
	const places = new Uint32Array(texts.length);
	for (const [f, { length }] of texts.entries()) {
		const at = after(length) - 1;
		places[next[at] as number] = f;
		next[at] = (next[at] as number) + 1;
	}
	return { places, starts };
}

/** @param terms sorted by UTF-16 units, each once */
export function createVocabulary(terms: readonly string[], forms: Forms): Vocabulary {
	const { texts } = forms;
	const ids = new Map(terms.map((term, id) => [term, id]));
	const { places, starts } = byLength(texts);
	const signatures = Int32Array.from(places, (f) => signatureOf(texts[f] as string));
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
			const found = new Map<number, { id: number; form: string; edits: number; f: number }>();
			const signature = signatureOf(word);
			const startOf = (length: number) => starts[Math.max(0, Math.min(length, LONGEST + 1))] as number;
			const end = startOf(word.length + most + 1);
			for (let place = startOf(word.length - most); place < end; place++) {
				if (ones((signatures[place] as number) ^ signature) > 2 * most) continue;
				const f = places[place] as number;
				const form = texts[f] as string;
				const edits = editDistance(word, form, most);
				const id = forms.terms[f] as number;
				if (edits > most || terms[id] === term) continue;
				const known = found.get(id);
				if (known === undefined || edits < known.edits || (edits === known.edits && f < known.f)) found.set(id, { id, form, edits, f });
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
