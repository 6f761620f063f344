/** Time between two lines where the output is not a terminal, milliseconds. */
const LINE_INTERVAL_MS = 5000;
const BAR_INTERVAL_MS = 100;
const BAR_WIDTH = 24;

type Output = { readonly isTTY?: boolean; readonly write: (text: string) => unknown };

export type Progress = {
	/** @param fraction done, 0 to 1, or null when the whole is not known @param text what was done so far */
	readonly show: (fraction: number | null, text: string) => void;
	/** Writes a line without tearing the bar. */
	readonly say: (line: string) => void;
	/** Takes the bar away. */
	readonly end: () => void;
};

/** A bar on a terminal, a line every few seconds elsewhere. Written to stderr, so that stdout carries results alone. */
export function createProgress(label: string, output: Output = process.stderr, now: () => number = Date.now): Progress {
	const isTerminal = output.isTTY === true;
	let shownAt = isTerminal ? 0 : now();
	let hasBar = false;
	const clear = () => {
		if (hasBar) output.write("\r\x1b[2K");
		hasBar = false;
	};
	return {
		show(fraction, text) {
			if (now() - shownAt < (isTerminal ? BAR_INTERVAL_MS : LINE_INTERVAL_MS)) return;
			shownAt = now();
			const percent = fraction === null ? "" : `${Math.floor(fraction * 100)}% `;
			if (!isTerminal) {
				output.write(`${label}: ${percent}${text}\n`);
				return;
			}
			const filled = fraction === null ? 0 : Math.round(fraction * BAR_WIDTH);
			const bar = fraction === null ? "" : `[${"#".repeat(filled)}${".".repeat(BAR_WIDTH - filled)}] `;
			clear();
			output.write(`${label} ${bar}${percent}${text}`);
			hasBar = true;
		},
		say(line) {
			clear();
			output.write(`${line}\n`);
		},
		end: clear,
	};
}
