import { arch, cpus, platform } from "node:os";

/** The machine that a measurement was made on, in words. */
export function machineOf(): string {
	const cores = cpus();
	return `${cores.length} × ${cores[0]?.model.trim() ?? "unknown CPU"}, ${platform()} ${arch()}, Node ${process.versions.node}`;
}
