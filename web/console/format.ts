/** Numbers and times as the console writes them. */

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
const when = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** Stands where nothing is known. */
export const NOTHING = "–";

export const count = (n: number): string => number.format(n);
export const short = (n: number): string => compact.format(n);
export const share = (ratio: number | null): string => (ratio === null ? NOTHING : percent.format(ratio));
export const figure = (value: number | null | undefined, digits = 4): string =>
	value === null || value === undefined ? NOTHING : value.toFixed(digits);
export const time = (seconds: number | null): string => (seconds === null ? NOTHING : when.format(seconds * 1000));
/** Hour of the day, UTC. */
export const hour = (seconds: number): string => `${String(Math.floor(seconds / 3600) % 24).padStart(2, "0")}:00`;

export function bytes(n: number): string {
	if (n < 1024) return `${n} B`;
	return n < 1024 ** 2 ? `${(n / 1024).toFixed(1)} KB` : `${(n / 1024 ** 2).toFixed(1)} MB`;
}

/** A duration in the largest unit that leaves a whole one. @param seconds 0 or more */
export function lasting(seconds: number): string {
	for (const [unit, size] of [
		["d", 86_400],
		["h", 3600],
		["min", 60],
	] as const)
		if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
	return `${Math.floor(seconds)} s`;
}
