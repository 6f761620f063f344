import type { Run } from "../../../src/contract/run.ts";
import { h } from "../../store/dom.ts";
import type { Runs } from "../answers.ts";
import { confirmed } from "../confirm.ts";
import type { View } from "../context.ts";
import { count, figure, lasting, NOTHING, share, time } from "../format.ts";
import { button, card, empty, facts, loaded, note, table, tag } from "../parts.ts";

const KINDS: Readonly<Record<Run["state"], string>> = { open: "warn", claimed: "warn", finished: "good", failed: "bad" };
/** How often runs under way are read anew, milliseconds. */
const EVERY_MS = 10_000;

/** Training runs: what each is at, and what came of it. */
export const runs: View = ({ api, argument, go, onLeave }) => {
	const open = async () => {
		const text = "A worker that is free will claim it; where one is open or under way already, no other is opened.";
		const begin = async () => void (await api.ask("POST", "/admin/runs", { reason: "operator" }));
		if (await confirmed("Open a training run?", [h("p", {}, text)], "Open a run", begin)) go("#/runs");
	};
	return [
		loaded(
			async () => (await api.ask<Runs>("GET", "/admin/runs")).value.runs,
			(all) => {
				if (all.some(({ state }) => state === "open" || state === "claimed")) {
					const timer = setTimeout(() => go(location.hash), EVERY_MS);
					onLeave(() => clearTimeout(timer));
				}
				const one = all.find(({ id }) => id === argument);
				return [
					list(all),
					button("Open a run", () => void open()),
					argument === "" ? null : one ? detail(one) : empty("There is no such run among the latest."),
				];
			},
		),
	];
};

function list(all: readonly Run[]) {
	if (all.length === 0)
		return card(
			"Latest runs",
			empty("No run was opened yet. The clock opens one when there are enough new events, or when the release is old."),
		);
	return card(
		"Latest runs",
		table<Run>(
			"Latest runs",
			[
				["Run", ({ id }) => h("a", { href: `#/runs/${encodeURIComponent(id)}` }, id)],
				["State", ({ state }) => tag(state, KINDS[state])],
				["Reason", ({ reason }) => reason],
				["Opened", ({ openedAt }) => time(openedAt)],
				["Progress", ({ progress, stage }) => [progressBar(progress), ` ${share(progress)}${stage === null ? "" : `, ${stage}`}`]],
				["Worker", ({ worker }) => worker ?? NOTHING],
				["Lease", ({ leaseUntil }) => leaseOf(leaseUntil)],
				["Release", ({ release }) => release ?? NOTHING],
			],
			all,
		),
	);
}

const progressBar = (progress: number) => h("progress", { value: progress, max: 1, "aria-label": "Progress" });

function leaseOf(until: number | null): string {
	if (until === null) return NOTHING;
	const left = until - Date.now() / 1000;
	return left > 0 ? `${lasting(left)} left` : "lost";
}

function detail({ id, state, attempts, finishedAt, message, gate, release }: Run) {
	return card(
		`Run ${id}`,
		facts([
			["State", tag(state, KINDS[state])],
			["Attempts", count(attempts)],
			["Ended", time(finishedAt)],
			["Release", release ?? NOTHING],
			["Message", message ?? NOTHING],
		]),
		gate === null
			? note("It handed in no comparison with the release that was active.")
			: facts([
					["Compared with", gate.baselineRelease],
					["NDCG@10 of it", figure(gate.candidate["ndcg@10"])],
					["NDCG@10 of the other", figure(gate.baseline["ndcg@10"])],
					[
						"Difference",
						`${share(gate.differenceRelative.mean)}, 95% between ${share(gate.differenceRelative.lower95)} and ${share(gate.differenceRelative.upper95)}`,
					],
					["Test targets", count(gate.testTargets)],
					["Test window from", time(gate.testFrom)],
				]),
	);
}
