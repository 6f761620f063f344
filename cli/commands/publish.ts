import { PointerAnswer } from "../answers.ts";
import { existingPathOf, numberOf, parseArguments, SERVER_OPTIONS } from "../arguments.ts";
import { awaitServing } from "../await-serving.ts";
import { createClient } from "../client.ts";
import type { Command } from "../outcome.ts";
import { createProgress } from "../progress.ts";
import { readReleaseFolder } from "../release-folder.ts";
import { uploadRelease } from "../upload-release.ts";

const help = `edgeshelf publish DIR [options]

Checks a release folder, uploads it and activates it on your word; the registry records that.

  --to URL        the Worker (default http://127.0.0.1:8787)
  --share S       serve it to this share of visitors; below 1 it is a canary, at 0 one that nobody gets (default 1)
  --no-activate   upload only`;

const OPTIONS = {
	...SERVER_OPTIONS,
	share: { type: "string", default: "1" },
	"no-activate": { type: "boolean", default: false },
} as const;

async function run(args: readonly string[]): Promise<number> {
	const { values, positionals } = parseArguments(args, OPTIONS, ["DIR"]);
	const share = numberOf("share", values.share, { max: 1, integer: false });
	const release = readReleaseFolder(existingPathOf(positionals[0] as string, "folder"));
	const progress = createProgress(`publish ${release.id}`);
	const client = createClient(values.to, { onRetry: (reason) => progress.say(`${reason}; trying again`) });
	try {
		await uploadRelease(client, release, (index, name) => progress.show(index / (release.files.length + 1), name));
	} finally {
		progress.end();
	}
	console.log(release.id);
	if (values["no-activate"]) return 0;
	const body = { by: "operator", share };
	const pointer = await client.call(PointerAnswer, "POST", `/admin/releases/${release.id}/activate`, body, { idempotent: true });
	console.log(await awaitServing(client, pointer));
	return 0;
}

export const publishCommand: Command = { summary: "upload a release and activate it", help, run };
