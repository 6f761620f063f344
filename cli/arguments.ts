import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { UsageError } from "./outcome.ts";

/** The Worker that `npm start` serves. */
export const DEFAULT_ADDRESS = "http://127.0.0.1:8787";
/** Options of every command that talks to a Worker. */
export const SERVER_OPTIONS = { to: { type: "string", default: DEFAULT_ADDRESS } } as const;

/**
 * Reads a command's arguments.
 * @param names of the positional arguments, all of them required
 * @throws UsageError for an unknown flag, a missing value, and too few or too many positionals
 */
export function parseArguments<const Options extends ParseArgsOptionsConfig>(
	args: readonly string[],
	options: Options,
	names: readonly string[] = [],
) {
	const parsed = parseStrictly(args, options);
	const missing = names[parsed.positionals.length];
	if (missing !== undefined) throw new UsageError(`${missing} is missing`);
	const surplus = parsed.positionals[names.length];
	if (surplus !== undefined) throw new UsageError(`"${surplus}" is one argument too many`);
	return parsed;
}

function parseStrictly<const Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
	try {
		return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
	} catch (thrown) {
		if (!(thrown instanceof TypeError)) throw thrown;
		// Node adds advice on positionals after the first sentence; it does not fit here.
		throw new UsageError(thrown.message.split(/\. |\n/)[0]);
	}
}

/** @returns the value as a number within bounds @throws UsageError naming the flag */
export function numberOf(flag: string, value: string, { min = 0, max = Number.MAX_SAFE_INTEGER, integer = true } = {}): number {
	const number = Number(value);
	if (value.trim() === "" || !Number.isFinite(number) || number < min || number > max || (integer && !Number.isInteger(number))) {
		throw new UsageError(
			`--${flag} must be a ${integer ? "whole " : ""}number from ${min}${max < Number.MAX_SAFE_INTEGER ? ` to ${max}` : ""}`,
		);
	}
	return number;
}

/** @throws UsageError naming the flag and the choices */
export function choiceOf<const Choices extends readonly string[]>(flag: string, value: string, choices: Choices): Choices[number] {
	if (!choices.includes(value)) throw new UsageError(`--${flag} must be ${choices.join(" or ")}, not "${value}"`);
	return value;
}

/** Seconds since 1970 of "now", whole seconds, or a date that `Date` reads. @throws UsageError naming the flag */
export function secondsOf(flag: string, value: string): number {
	if (value === "now") return Math.floor(Date.now() / 1000);
	const seconds = /^\d+$/.test(value) ? Number(value) : Math.floor(Date.parse(value) / 1000);
	if (Number.isNaN(seconds)) throw new UsageError(`--${flag} must be seconds since 1970 or a date such as 2026-11-24, not "${value}"`);
	return seconds;
}

/** The path as the caller meant it: `npm run` changes to the package's folder and leaves the caller's in INIT_CWD. */
export function pathOf(value: string): string {
	const { npm_lifecycle_event: script, INIT_CWD: callerFolder } = process.env;
	return resolve(script === "edgeshelf" && callerFolder !== undefined ? callerFolder : process.cwd(), value);
}

/** Settings of the trainer: a file's path where there is such a file, else a preset's name, which the trainer knows. */
export const configOf = (value: string): string => (existsSync(pathOf(value)) ? pathOf(value) : value);

/** @throws UsageError when there is no such file or folder */
export function existingPathOf(value: string, kind: "file" | "folder" | "either"): string {
	const path = pathOf(value);
	const found = statSync(path, { throwIfNoEntry: false });
	if (found === undefined) throw new UsageError(`there is no ${kind === "folder" ? "folder" : "file"} ${value}`);
	if (kind === "file" && found.isDirectory()) throw new UsageError(`${value} is a folder, not a file`);
	if (kind === "folder" && !found.isDirectory()) throw new UsageError(`${value} is not a folder`);
	return path;
}
