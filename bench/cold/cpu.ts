import { globSync, readFileSync } from "node:fs";

/** Of a process's times in /proc, milliseconds: Linux counts a hundred a second. */
const TICK_MS = 10;

/** CPU time of all processes that this one started and that still run, milliseconds; null where there is no /proc. */
export function cpuOfChildren(): number | null {
	const own = globSync("/proc/[0-9]*/stat").flatMap((file) => {
		try {
			// Behind the name in brackets: state, parent, … and from the twelfth on times in user and kernel mode.
			const fields = readFileSync(file, "utf8")
				.replace(/^.*\) /s, "")
				.split(" ")
				.map(Number);
			return fields[1] === process.pid ? [((fields[11] as number) + (fields[12] as number)) * TICK_MS] : [];
		} catch {
			return []; // It has ended meanwhile.
		}
	});
	return own.length === 0 ? null : own.reduce((sum, time) => sum + time, 0);
}
