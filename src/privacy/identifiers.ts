/** Kinds of text that name a person. */
export type IdentifierKind = "email" | "card" | "phone";

/** Also where the sign is percent-encoded or spelt in full width. */
const EMAIL = /[^\s@,;:<>()"]+(?:@|%40)[^\s@,;:<>()"]+\.[\p{L}\p{N}-]{2,}/giu;
/** Digits with at most one space, dash or dot between two of them, not inside a longer run of digits. */
const CARD = /(?<!\d)\d(?:[ .-]?\d){12,18}(?!\d)/g;
/** Seven to fifteen digits (ITU-T E.164 allows fifteen), as people group them: with "+", brackets, dashes, slashes. */
const PHONE = /(?<!\d)\+?\(?\d(?:[ ()./-]{0,3}\d){6,14}(?!\d)/g;

/**
 * Cuts out what looks like an e-mail address, a payment card's number (13 to 19 digits that pass the Luhn check) or a
 * telephone number. It rather cuts too much: an article's number of seven digits goes too.
 * @param marker what stands in the place of each
 * @returns the text in NFKC without them, and the kind of each that was cut, in no order
 */
export function withoutIdentifiers(text: string, marker: string): { readonly text: string; readonly cut: readonly IdentifierKind[] } {
	const cut: IdentifierKind[] = [];
	const replaceBy = (kind: IdentifierKind, isOne: (match: string) => boolean) => (match: string) => {
		if (!isOne(match)) return match;
		cut.push(kind);
		return marker;
	};
	const clean = text
		.normalize("NFKC")
		.replaceAll(
			EMAIL,
			replaceBy("email", () => true),
		)
		.replaceAll(CARD, replaceBy("card", passesLuhn))
		.replaceAll(
			PHONE,
			replaceBy("phone", () => true),
		);
	return { text: clean, cut };
}

/** @see ISO/IEC 7812-1, annex B */
export function passesLuhn(number: string): boolean {
	const digits = number.replaceAll(/\D/g, "");
	let sum = 0;
	for (let place = 0; place < digits.length; place++) {
		const digit = Number(digits[digits.length - 1 - place]) * (place % 2 === 1 ? 2 : 1);
		sum += digit > 9 ? digit - 9 : digit;
	}
	return digits.length > 0 && sum % 10 === 0;
}
