import { basename } from "node:path";

/** The arguments that this run was given, as a result tells them: where a folder lies on this machine is nobody's matter. */
export const argumentsOfRun = (): string =>
	process.argv
		.slice(2)
		.map((argument) => (argument.startsWith("/") ? basename(argument) : argument))
		.join(" ");
