/** What Linux tells of a process and its threads: CPU time and memory; and where they may run. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Fields of /proc/PID/stat behind the command's name, from `state` on: parent, then user and system time in clock ticks. */
const PARENT = 1;
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;
/** Clock ticks a second, as every Linux has them (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

function statOf(pid: number | string): { readonly name: string; readonly fields: readonly string[] } {
	const text = readFileSync(`/proc/${pid}/stat`, "utf8");
	const end = text.lastIndexOf(")");
	return { name: text.slice(text.indexOf("(") + 1, end), fields: text.slice(end + 2).split(" ") };
}

/** CPU time of all threads so far, milliseconds, to the clock tick of 10. */
export function cpuMs(pid: number): number {
	const { fields } = statOf(pid);
	return ((Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) * 1000) / TICKS_PER_SECOND;
}

/** CPU time of all workerd that this process started and that still run, milliseconds; null where there is no /proc. */
export function cpuOfWorkerd(): number | null {
	if (!existsSync("/proc/self/stat")) return null;
	return childrenOf(process.pid, "workerd").reduce((sum, pid) => sum + cpuMs(pid), 0);
}

/** Resident memory, bytes. */
export function residentBytes(pid: number): number {
	const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
	return Number(kilobytes) * 1024;
}

/** Children of this process by name. */
export function childrenOf(parent: number, name: string): readonly number[] {
	return readdirSync("/proc")
		.filter((entry) => /^\d+$/.test(entry))
		.filter((entry) => {
			try {
				const stat = statOf(entry);
				return stat.name === name && Number(stat.fields[PARENT]) === parent;
			} catch {
				// It ended meanwhile.
				return false;
			}
		})
		.map(Number);
}

/** Lets a process with all its threads run on one core alone. @throws Error when `taskset` refuses */
export function pin(pid: number, core: number): void {
	const { status, stderr } = spawnSync("taskset", ["--all-tasks", "--cpu-list", "--pid", String(core), String(pid)], { encoding: "utf8" });
	if (status !== 0) throw new Error(`taskset cannot pin ${pid} to core ${core}: ${stderr?.trim() ?? "not installed"}`);
}
