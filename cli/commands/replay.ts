import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { existingPathOf, numberOf, parseArguments, SERVER_OPTIONS, secondsOf } from "../arguments.ts";
import { createClient } from "../client.ts";
import { readEvents } from "../events/read-events.ts";
import { fileHashOf, replayEvents } from "../events/replay-events.ts";
import { type Command, CommandFailure } from "../outcome.ts";
import { createProgress } from "../progress.ts";

const UNREADABLE_SHOWN = 20;

const help = `edgeshelf replay FILE [options]

Posts an events file to /v1/events as if it happened now: RetailRocket's CSV, or log lines as NDJSON. All times are moved
so that the last event is now. Ids come from the line numbers, so a second replay of one file counts nothing twice.

  --to URL          the Worker (default http://127.0.0.1:8787)
  --concurrency N   sessions sent side by side (default 8)
  --speed none|N    as fast as it goes (default), or N seconds of the log a second
  --date DATE       the "now" to move to: seconds since 1970 or a date`;

const OPTIONS = {
	...SERVER_OPTIONS,
	concurrency: { type: "string", default: "8" },
	speed: { type: "string", default: "none" },
	date: { type: "string", default: "now" },
} as const;

async function run(args: readonly string[]): Promise<number> {
	const { values, positionals } = parseArguments(args, OPTIONS, ["FILE"]);
	const path = existingPathOf(positionals[0] as string, "file");
	const concurrency = numberOf("concurrency", values.concurrency, { min: 1, max: 256 });
	const speed = values.speed === "none" ? null : numberOf("speed", values.speed, { min: 0.001, integer: false });
	const now = secondsOf("date", values.date);
	const { events, unreadable } = await readEvents(path);
	for (const { line, message } of unreadable.slice(0, UNREADABLE_SHOWN)) console.error(`line ${line}: ${message}`);
	const last = events.at(-1);
	if (last === undefined) throw new CommandFailure(`${path} holds no events`);

	const progress = createProgress(`replay ${basename(path)}`);
	const startedMs = performance.now();
	try {
		const totals = await replayEvents({
			events,
			client: createClient(values.to, { onRetry: (reason) => progress.say(`${reason}; trying again`) }),
			fileHash: fileHashOf(readFileSync(path)),
			shift: now - last.at,
			concurrency,
			waitFor: async (secondsIn) => speed !== null && delay((secondsIn / speed) * 1000 - (performance.now() - startedMs)),
			onProgress: (sent) => progress.show(sent / events.length, `${sent} of ${events.length} events`),
		});
		progress.end();
		const rejected = [...totals.rejected.values()].reduce((sum, count) => sum + count, 0);
		console.log(
			`${totals.accepted} events accepted, ${rejected} rejected${totals.withheld > 0 ? `, ${totals.withheld} withheld` : ""}${unreadable.length > 0 ? `, ${unreadable.length} lines could not be read` : ""}`,
		);
		for (const [reason, count] of totals.rejected) console.log(`  ${count} rejected: ${reason}`);
		return rejected + unreadable.length > 0 ? 1 : 0;
	} finally {
		progress.end();
	}
}

export const replayCommand: Command = { summary: "post an events file as if it happened now", help, run };
