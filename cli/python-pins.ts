/** One package of a lock as pip reads it with `--require-hashes`. */
export type PythonPin = { readonly name: string; readonly version: string; readonly sha256: readonly string[] };

const ENTRY = /^(?<name>[\w.-]+)==(?<version>[\w.+]+)(?: ;[^\n]*?)? \\\n(?<hashes>(?: {4}--hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+)$/;

/**
 * The packages of a lock that `training/lock.py` wrote.
 * @throws Error naming the entry that is not one version with SHA-256 hashes
 */
export function pythonPins(lock: string): readonly PythonPin[] {
	return lock
		.trim()
		.split(/\n(?=\S)/)
		.map((entry) => {
			const { name, version, hashes } = ENTRY.exec(entry)?.groups ?? {};
			if (name === undefined || version === undefined || hashes === undefined)
				throw new Error(`not one version with its hashes: ${entry.split("\n")[0]}`);
			return { name, version, sha256: [...hashes.matchAll(/sha256:([0-9a-f]{64})/g)].map(([, hash]) => hash as string) };
		});
}
