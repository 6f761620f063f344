import * as v from "valibot";
import { LogLine } from "../../src/contract/event.ts";
import { LogPageAnswer } from "../answers.ts";
import type { Client } from "../client.ts";
import { linesOf } from "../feed/lines.ts";
import { openFeed } from "../feed/open-feed.ts";
import { CommandFailure } from "../outcome.ts";
import { pagesOf } from "../worker/download.ts";

/** The Worker's log, whole, as the trainer gets it. @throws CommandFailure */
export async function fetchLog(client: Client, onRead: (lines: number) => void): Promise<LogLine[]> {
	const lines: LogLine[] = [];
	for await (const page of pagesOf(client, LogPageAnswer, "/admin/events", new AbortController().signal)) {
		for (const line of page.lines) lines.push(line);
		onRead(lines.length);
	}
	return lines;
}

/** A log that was downloaded, such as a run's `events.ndjson.gz`, plain or gzip. @throws CommandFailure naming what is not a line of a log */
export async function readLog(path: string): Promise<LogLine[]> {
	const feed = openFeed(path);
	const lines: LogLine[] = [];
	for await (const { line, bytes } of linesOf(feed.chunks)) {
		const text = bytes?.toString("utf8") ?? "";
		if (text.trim() !== "") lines.push(parsedLine(text, path, line));
	}
	const damage = await feed.damage();
	if (damage !== null) throw new CommandFailure(`${path}: ${damage}`);
	return lines;
}

function parsedLine(text: string, path: string, line: number): LogLine {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw new CommandFailure(`${path}, line ${line}: is not JSON`);
	}
	const parsed = v.safeParse(LogLine, value, { abortEarly: true });
	if (parsed.success) return parsed.output;
	const issue = parsed.issues[0];
	throw new CommandFailure(`${path}, line ${line}: is not a line of a log (${v.getDotPath(issue) ?? "all"}: ${issue.message})`);
}
