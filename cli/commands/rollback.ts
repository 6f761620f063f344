import { PointerAnswer } from "../answers.ts";
import { parseArguments, SERVER_OPTIONS } from "../arguments.ts";
import { awaitServing } from "../await-serving.ts";
import { createClient } from "../client.ts";
import type { Command } from "../outcome.ts";

const help = `edgeshelf rollback [options]

Returns to the release before, or ends the canary where there is one.

  --to URL   the Worker (default http://127.0.0.1:8787)`;

async function run(args: readonly string[]): Promise<number> {
	const { values } = parseArguments(args, SERVER_OPTIONS);
	// Not tried again by itself: two rollbacks are not one.
	const client = createClient(values.to);
	console.log(await awaitServing(client, await client.call(PointerAnswer, "POST", "/admin/releases/rollback")));
	return 0;
}

export const rollbackCommand: Command = { summary: "return to the release before", help, run };
