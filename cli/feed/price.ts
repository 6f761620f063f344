/** Which unit a feed's prices are in; null: whole numbers are minor units (cents), decimals major ones. */
export type PriceUnit = "major" | "minor" | null;

export type Price = { readonly minorUnits: number; readonly currency: string | null; readonly isDecimal: boolean };

const PRICE = /^(?:([A-Z]{3})\s*)?(\d+)(?:[.,](\d+))?(?:\s*([A-Z]{3}))?$/;

const digitsByCurrency = new Map<string, number>();

/** Decimals of a currency, by ISO 4217: 2 for EUR, 0 for JPY. */
function digitsOf(currency: string | null): number {
	if (currency === null) return 2;
	let digits = digitsByCurrency.get(currency);
	if (digits === undefined) {
		digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
		digitsByCurrency.set(currency, digits);
	}
	return digits;
}

/**
 * Reads "1999", 19.99, "19,99" or "19.99 EUR", digit by digit so that nothing is rounded.
 * @param currency of the row's own column, where it has one
 * @returns null when it is not a price: a thousands separator, more decimals than the currency has, a sign
 */
export function parsePrice(value: string | number, unit: PriceUnit, currency: string | null = null): Price | null {
	const match = PRICE.exec(String(value).trim());
	if (match === null) return null;
	const [, before, whole, fraction, after] = match as unknown as [string, string?, string?, string?, string?];
	const named = before ?? after ?? null;
	const digits = digitsOf(named ?? (currency !== null && /^[A-Z]{3}$/.test(currency) ? currency : null));
	const isDecimal = fraction !== undefined;
	const isMajor = unit === "major" || (unit === null && isDecimal);
	const kept = (fraction ?? "").replace(/0+$/, "");
	if (kept.length > (isMajor ? digits : 0)) return null;
	return { minorUnits: Number(`${whole}${isMajor ? kept.padEnd(digits, "0") : ""}`), currency: named, isDecimal };
}
