const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** One random edit: a letter left out, put in, replaced, or changed in place with the next. Never the same text. @param uniform in [0, 1) */
export function withOneEdit(text: string, uniform: () => number): string {
	for (;;) {
		const at = Math.floor(uniform() * text.length);
		const letter = LETTERS[Math.floor(uniform() * LETTERS.length)] as string;
		const edited = [
			text.slice(0, at) + text.slice(at + 1),
			text.slice(0, at) + letter + text.slice(at),
			text.slice(0, at) + letter + text.slice(at + 1),
			text.slice(0, at) + text.slice(at + 1, at + 2) + text.slice(at, at + 1) + text.slice(at + 2),
		][Math.floor(uniform() * 4)] as string;
		if (edited !== text && edited.trim() !== "") return edited;
	}
}
