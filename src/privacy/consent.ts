/**
 * Whether what the visitor does may be kept. Global Privacy Control outweighs everything, then the visitor's own word,
 * then the shop's default for those who were not asked yet.
 * @param consent        as sent with the events; undefined: the page said nothing
 * @param consentDefault what the shop takes silence to mean
 * @see https://w3c.github.io/gpc/ (the only value of `Sec-GPC` is "1")
 */
export function mayCollect(headers: Headers, consent: boolean | undefined, consentDefault: boolean): boolean {
	if (headers.get("sec-gpc")?.trim() === "1") return false;
	return consent ?? consentDefault;
}
