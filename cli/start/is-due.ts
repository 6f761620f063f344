/**
 * Whether a cron expression of five fields is due in the minute of a time, in UTC as on the edge. Each field is `*`, a step
 * of it, or numbers and ranges separated by commas; weekdays are 0 (Sunday) to 6.
 */
export function isDue(cron: string, time: Date): boolean {
	const fields = cron.trim().split(/\s+/);
	const values = [time.getUTCMinutes(), time.getUTCHours(), time.getUTCDate(), time.getUTCMonth() + 1, time.getUTCDay()];
	return fields.length === values.length && values.every((value, i) => matches(fields[i] as string, value));
}

function matches(field: string, value: number): boolean {
	return field.split(",").some((part) => {
		const [range = "*", step = "1"] = part.split("/");
		const [from = 0, to = from] = range === "*" ? [0, 59] : range.split("-").map(Number);
		return value >= from && value <= to && (value - from) % Number(step) === 0;
	});
}
