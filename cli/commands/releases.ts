import { type PointerAnswer, type ReleaseAnswer, ReleasesAnswer } from "../answers.ts";
import { parseArguments, SERVER_OPTIONS } from "../arguments.ts";
import { createClient } from "../client.ts";
import { formatPointer } from "../format-pointer.ts";
import type { Command } from "../outcome.ts";
import { formatTable, formatTime } from "../table.ts";

const help = `edgeshelf releases [options]

Lists the releases that the Worker holds, newest first, and which of them serve.

  --to URL   the Worker (default http://127.0.0.1:8787)
  --json     print the answer as JSON`;

const OPTIONS = { ...SERVER_OPTIONS, json: { type: "boolean", default: false } } as const;

async function run(args: readonly string[]): Promise<number> {
	const { values } = parseArguments(args, OPTIONS);
	const { releases, pointer } = await createClient(values.to).call(ReleasesAnswer, "GET", "/admin/releases");
	if (values.json) {
		console.log(JSON.stringify({ releases, pointer }));
		return 0;
	}
	const newestFirst = [...releases].sort((a, b) => b.uploadedAt - a.uploadedAt);
	const header = ["release", "state", "serves", "uploaded", "items", "MB", "boundary", "NDCG@10 (tune)", "note"];
	console.log(
		formatTable(
			header,
			newestFirst.map((release) => cellsOf(release, pointer)),
		),
	);
	console.log(formatPointer(pointer));
	return 0;
}

function cellsOf({ id, state, note, uploadedAt, manifest, files }: ReleaseAnswer, pointer: PointerAnswer): (string | number)[] {
	const serves = id === pointer.active ? "active" : id === pointer.canary ? "canary" : id === pointer.previous ? "previous" : "";
	const megabytes = (files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toFixed(1);
	const ndcg = manifest?.metrics.tune?.fused?.["ndcg@10"];
	return [
		id,
		state,
		serves,
		formatTime(uploadedAt),
		manifest?.items.count ?? "",
		Number(megabytes),
		manifest?.trainedOn.boundary ?? "",
		ndcg?.toFixed(4) ?? "",
		note ?? "",
	];
}

export const releasesCommand: Command = { summary: "list the releases and what serves", help, run };
