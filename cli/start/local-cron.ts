import { isDue } from "./is-due.ts";

const MINUTE_MS = 60_000;

/** The cron expressions of a wrangler.toml. @throws Error when it has none */
export function cronsOf(wranglerToml: string): string[] {
	const list = /^crons\s*=\s*(\[[^\]]*\])/m.exec(wranglerToml)?.[1];
	if (list === undefined) throw new Error("wrangler.toml names no crons");
	return JSON.parse(list) as string[];
}

/**
 * Calls the Worker's crons, since `wrangler dev` never does: each of them once now, then at its own times.
 * @returns stops it
 */
export function startLocalCron(address: URL, crons: readonly string[], warn: (line: string) => void): () => void {
	const call = async (cron: string) => {
		try {
			const answer = await fetch(new URL(`/cdn-cgi/handler/scheduled?cron=${encodeURIComponent(cron)}`, address));
			if (!answer.ok) warn(`the cron "${cron}" answered ${answer.status}`);
		} catch {
			warn(`the cron "${cron}" could not be called`);
		}
	};
	for (const cron of crons) void call(cron);
	const timer = setInterval(() => {
		const now = new Date();
		for (const cron of crons) if (isDue(cron, now)) void call(cron);
	}, MINUTE_MS);
	return () => clearInterval(timer);
}
