import { readFileSync, writeFileSync } from "node:fs";
import * as v from "valibot";
import { EVENT_TYPES } from "../../src/contract/event.ts";
import { Rule, RuleId } from "../../src/contract/rule.ts";
import { ReleasesAnswer } from "../answers.ts";
import { choiceOf, existingPathOf, numberOf, parseArguments, pathOf, SERVER_OPTIONS, secondsOf } from "../arguments.ts";
import { type Client, createClient } from "../client.ts";
import { randomFrom } from "../demo/random.ts";
import { askCandidate, readIds } from "../estimation/ask-candidate.ts";
import { type Estimates, estimateValue, type Interval, PLACE_EFFECTS } from "../estimation/estimates.ts";
import { judgeAnswer } from "../estimation/judge.ts";
import { idsOf, offeredAnswers } from "../estimation/offered.ts";
import { fetchLog, readLog } from "../estimation/read-log.ts";
import { refusalOfEstimates, refusalOfLog } from "../estimation/refusal.ts";
import { type Command, CommandFailure, UsageError } from "../outcome.ts";
import { createProgress } from "../progress.ts";
import { formatTable } from "../table.ts";

const help = `edgeshelf estimate [options]

Tells from the log of an exploring surface (EXPLORE) what a candidate would be worth before anybody sees it: rewards for
each product seen, of the places that could have held another one. The candidate is asked what it would show to each
shopper of the log, as far as the log knows her: a release that serves nobody yet ("publish DIR --share 0"), other rules,
or other wishes. Where the log cannot tell, it says why and ends with 1.

  --to URL          the Worker (default http://127.0.0.1:8787); it must have signed the log's recommendation ids
  --release ID      the active release or the canary (default: the canary, else the active one)
  --rules FILE      rules in place of the stored ones, as GET /admin/rules gives them
  --diversity D     in place of what was asked for, 0 to 1; so also --novelty
  --surface NAME    the surface that explores (default home)
  --event KIND      what counts as a reward: click (default), view, cart, purchase ...
  --places KIND     any (default): a product tells of the place alone at which it stood. scales: a place multiplies every
                    product's rewards by the same factor, so that it tells of all places, from a tenth of the traffic;
                    intervals take the factors as known, and hold the truth a little less often for it
  --since DATE      answers before it are left out
  --log FILE        a downloaded log (events.ndjson.gz) in place of the Worker's own
  --concurrency N   requests side by side (default 4)
  --seed N          of the intervals' resampling (default 1)
  --json FILE       write all figures

A reward is taken to depend on the shopper, the product and its place, and not on its neighbours. The shopper is
taken as the log knows her: what her browser remembers of other days is not in it.`;

const OPTIONS = {
	...SERVER_OPTIONS,
	release: { type: "string" },
	rules: { type: "string" },
	diversity: { type: "string" },
	novelty: { type: "string" },
	surface: { type: "string", default: "home" },
	event: { type: "string", default: "click" },
	places: { type: "string", default: "any" },
	since: { type: "string" },
	log: { type: "string" },
	concurrency: { type: "string", default: "4" },
	seed: { type: "string", default: "1" },
	json: { type: "string" },
} as const;

async function run(args: readonly string[]): Promise<number> {
	const { values } = parseArguments(args, OPTIONS);
	const asked = {
		surface: values.surface,
		event: choiceOf("event", values.event, EVENT_TYPES),
		since: values.since === undefined ? 0 : secondsOf("since", values.since),
	};
	const effect = choiceOf("places", values.places, PLACE_EFFECTS);
	const share = (flag: "diversity" | "novelty") =>
		values[flag] === undefined ? null : numberOf(flag, values[flag], { max: 1, integer: false });
	const wishes = { diversity: share("diversity"), novelty: share("novelty") };
	const rules = values.rules === undefined ? null : readRules(existingPathOf(values.rules, "file"));
	const file = values.log === undefined ? null : existingPathOf(values.log, "file");
	const width = numberOf("concurrency", values.concurrency, { min: 1, max: 64 });
	const seed = numberOf("seed", values.seed);
	const progress = createProgress("estimate");
	const client = createClient(values.to, { onRetry: (reason) => progress.say(`${reason}; trying again`) });
	try {
		const lines = file === null ? await fetchLog(client, (count) => progress.show(null, `${count} lines of the log`)) : await readLog(file);
		const { answers, tally } = offeredAnswers(lines, await readIds(client, idsOf(lines), width), asked);
		refuse(refusalOfLog(answers, tally, asked.surface));
		const release = values.release ?? (await candidateOf(client));
		const candidate = { release, rules, surface: asked.surface, ...wishes };
		const lists = await askCandidate(client, candidate, answers, width, (done) => progress.show(done, "of the candidate's answers"));
		const judged = answers.map((answer, n) => judgeAnswer(answer, lists[n] as readonly string[]));
		const estimates = estimateValue(
			judged.flatMap((places) => places ?? []),
			randomFrom(`estimate ${seed}`),
			{ effect },
		);
		progress.end();
		const left = { ...tally, keptUnseen: judged.filter((places) => places === null).length };
		console.log(summaryOf(estimates, release, answers.filter(({ drawn }) => drawn.isExplored).length, answers.length, left));
		refuse(refusalOfEstimates(estimates));
		console.log(formatTable(["", "rewards a place", "95%", "against the log", "95%"], rowsOf(estimates)));
		if (values.json !== undefined) {
			const result = { candidate, ...asked, effect, answers: answers.length, left, ...estimates, date: new Date().toISOString() };
			writeFileSync(pathOf(values.json), `${JSON.stringify(result, null, "\t")}\n`);
		}
		return 0;
	} finally {
		progress.end();
	}
}

function refuse(reason: string | null): void {
	if (reason !== null) throw new CommandFailure(`no estimate: ${reason}`);
}

/** The canary where there is one: it is what may go live next. @throws CommandFailure */
async function candidateOf(client: Client): Promise<string> {
	const { pointer } = await client.call(ReleasesAnswer, "GET", "/admin/releases");
	const id = pointer.canary ?? pointer.active;
	if (id === null) throw new CommandFailure("no release is active");
	return id;
}

const RulesFile = v.object({ rules: v.array(v.object({ id: RuleId, ...Rule.pipe[0].entries })) });

/** @throws UsageError naming what is wrong in the file */
function readRules(path: string) {
	try {
		return v.parse(RulesFile, JSON.parse(readFileSync(path, "utf8"))).rules.map(({ id, ...rule }) => ({ id, rule }));
	} catch (thrown) {
		throw new UsageError(`--rules must be a file as GET /admin/rules gives it (${thrown instanceof Error ? thrown.message : ""})`);
	}
}

const percent = (value: number): string => `${(100 * value).toFixed(2)}%`;
const relative = (value: number, to: number): string => `${value < 0 ? "" : "+"}${((100 * value) / to).toFixed(1)}%`;

function rowsOf({ logged, gain, ...estimates }: Estimates): (readonly string[])[] {
	const span = (between: Interval, told: (value: number) => string) => `${told(between.lower)} to ${told(between.upper)}`;
	const against = (value: number) => relative(value, logged.value);
	return [
		["as logged", percent(logged.value), span(logged, percent), "", ""],
		...(["ips", "snips", "dr"] as const).map((name) => [
			{ ips: "inverse propensity", snips: "the same, normalised", dr: "doubly robust" }[name],
			percent(estimates[name].value),
			span(estimates[name], percent),
			against(gain[name].value),
			span(gain[name], against),
		]),
	];
}

function summaryOf(
	{ places, clusters, support, effective }: Estimates,
	release: string,
	explored: number,
	answers: number,
	left: Readonly<Record<string, number>>,
): string {
	const without = ["forged", "elsewhere", "undrawn", "contradictory", "unseen", "keptUnseen"].filter((why) => (left[why] ?? 0) > 0);
	return [
		`${release}: ${places} places seen in ${answers} answers, ${explored} of them explored, to ${clusters} visitor-days`,
		`the log can speak of ${percent(support.value)} of the candidate's places (${percent(support.lower)} to ${percent(support.upper)}); it weighs as much as ${Math.floor(effective)} visitor-days of equal weight`,
		...(without.length === 0 ? [] : [`left out: ${without.map((why) => `${left[why]} ${why}`).join(", ")}`]),
	].join("\n");
}

export const estimateCommand: Command = { summary: "tell from the log what a candidate would be worth", help, run };
