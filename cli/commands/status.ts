import * as v from "valibot";
import { parseArguments, SERVER_OPTIONS } from "../arguments.ts";
import { createClient } from "../client.ts";
import type { Command } from "../outcome.ts";

const help = `edgeshelf status [options]

What serves, what was counted and what waits, as the Worker tells it.

  --to URL   the Worker (default http://127.0.0.1:8787)
  --json     print the answer as JSON`;

const OPTIONS = { ...SERVER_OPTIONS, json: { type: "boolean", default: false } } as const;

async function run(args: readonly string[]): Promise<number> {
	const { values } = parseArguments(args, OPTIONS);
	const status = await createClient(values.to).call(v.record(v.string(), v.unknown()), "GET", "/admin/status");
	if (values.json) console.log(JSON.stringify(status));
	else for (const line of linesOf(status, "")) console.log(line);
	return 0;
}

/** Nested values by dotted name, so that a line can be searched for; long lists by their length. */
function* linesOf(value: unknown, name: string): Generator<string> {
	if (Array.isArray(value) && value.length > 20) yield `${name}: ${value.length} entries (--json shows them)`;
	else if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
		for (const [key, each] of Object.entries(value)) yield* linesOf(each, name === "" ? key : `${name}.${key}`);
	} else yield `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`;
}

export const statusCommand: Command = { summary: "what serves, what was counted, what waits", help, run };
