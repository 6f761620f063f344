import type { ActivePointer, Manifest } from "../../../src/contract/release.ts";
import { type Child, h } from "../../store/dom.ts";
import type { Release, Releases, Status } from "../answers.ts";
import type { Api } from "../api.ts";
import { confirmed } from "../confirm.ts";
import type { Console, View } from "../context.ts";
import { bytes, count, figure, NOTHING, share, time } from "../format.ts";
import { button, card, empty, facts, field, loaded, note, sentenceOf, table, tag } from "../parts.ts";

/** How often the shop is asked which release answers, and for how long at most, milliseconds. */
const FOLLOW_EVERY_MS = 1000;
const FOLLOW_FOR_MS = 60_000;

/** Releases with what they were measured at; two beside each other; which one serves. */
export const releases: View = (shown) => {
	const { api } = shown;
	return [
		loaded(
			async () => (await api.ask<Releases>("GET", "/admin/releases")).value,
			(value) => [pointerCard(shown, value), list(shown, value), comparison(shown, value.releases)],
		),
	];
};

function pointerCard({ api, go, onLeave }: Console, { pointer }: Releases) {
	const { active, previous, canary, canaryShare } = pointer;
	const answering = h("span", { role: "status" }, "…");
	const stop = new AbortController();
	onLeave(() => stop.abort());
	void follow(api, active, answering, stop.signal);
	const target = canary === null ? previous : active;
	const back =
		target === null
			? null
			: button(canary === null ? "Roll back" : "End the canary", async () => {
					const done = await confirmed(
						canary === null ? "Roll back?" : "End the canary?",
						[h("p", {}, `All visitors will be served by ${target}.`)],
						canary === null ? "Roll back" : "End the canary",
						async () => void (await api.ask("POST", "/admin/releases/rollback")),
					);
					if (done) go("#/releases");
				});
	return card(
		"Serving",
		facts([
			["Active", active ?? "none"],
			["Answers come from", answering],
			["Canary", canary === null ? "none" : `${canary}, ${share(canaryShare)} of visitors`],
			["Before", previous ?? "none"],
		]),
		back,
	);
}

/** Tells in `told` which release answers, until it is the active one. */
async function follow(api: Api, active: string | null, told: HTMLElement, signal: AbortSignal) {
	const until = Date.now() + FOLLOW_FOR_MS;
	while (!signal.aborted) {
		try {
			// An isolate reads the pointer when it is asked for an answer, not for its status.
			await api.ask("POST", "/admin/evaluate", { limit: 1 });
			const { release } = (await api.ask<Status>("GET", "/admin/status")).value.serving;
			if (signal.aborted) return;
			const follows = release === active;
			const late = Date.now() > until;
			told.replaceChildren(
				`${release ?? "no release"} `,
				tag(follows ? "follows the pointer" : late ? "does not follow" : "has yet to follow", follows ? "good" : "warn"),
			);
			if (follows || late) return;
		} catch (failure) {
			told.replaceChildren(sentenceOf(failure));
			return;
		}
		await new Promise((resolve) => setTimeout(resolve, FOLLOW_EVERY_MS));
	}
}

const sizeOf = ({ files }: Release) => files.reduce((sum, file) => sum + file.bytes, 0);
/** The figures of the model that serves where they were taken, else of the one that chose the settings. */
const measured = ({ metrics }: Manifest) => metrics.refit?.fused ?? metrics.tune?.fused ?? null;
const measuredAt = ({ metrics }: Manifest) => (metrics.refit?.fused ? "refit" : metrics.tune?.fused ? "tune" : NOTHING);
const protocolOf = ({ metrics }: Manifest) =>
	Object.entries(metrics.protocol)
		.map(([name, value]) => `${name} ${value}`)
		.join(", ") || NOTHING;
const epsilonOf = ({ privacy }: Manifest) => privacy.differentialPrivacy;

function list(shown: Console, { releases: all, pointer }: Releases) {
	if (all.length === 0) return card("All releases", empty("No release was uploaded yet: `edgeshelf publish` uploads one."));
	return card(
		"All releases",
		table<Release>(
			"All releases",
			[
				["Release", ({ id }) => id],
				["State", (release) => stateOf(release, pointer)],
				["Made", ({ manifest }) => time(manifest?.createdAt ?? null)],
				["Boundary", ({ manifest }) => manifest?.trainedOn.boundary ?? NOTHING],
				["NDCG@10", ({ manifest }) => figure(manifest && measured(manifest)?.["ndcg@10"]), "number"],
				["Recall@10", ({ manifest }) => figure(manifest && measured(manifest)?.["recall@10"]), "number"],
				["Size", (release) => bytes(sizeOf(release)), "number"],
				["kPair", ({ manifest }) => (manifest ? count(manifest.kPair) : NOTHING), "number"],
				["Epsilon", ({ manifest }) => (manifest ? figure(epsilonOf(manifest)?.epsilon, 2) : NOTHING), "number"],
				["Do", (release) => actionsOf(shown, release, pointer)],
			],
			all,
		),
		note(
			"Figures are those of the model that serves (refit) where it was measured, else of the one that chose the settings (tune); the comparison tells the protocol.",
		),
	);
}

function stateOf({ id, state, note: why }: Release, { active, canary, canaryShare, previous }: ActivePointer): Child[] {
	const serves = id === active ? tag("active", "good") : id === canary ? tag(`canary, ${share(canaryShare)}`, "warn") : null;
	return [serves ?? tag(state, state === "refused" ? "bad" : ""), id === previous ? tag("before") : null, why === null ? null : ` ${why}`];
}

function actionsOf({ api, go }: Console, { id, state }: Release, { active }: ActivePointer): Child[] {
	if (state !== "ready" || id === active) return [NOTHING];
	const act = async () => {
		const visitors = h("input", { type: "number", min: 1, max: 100, step: 1, value: 100, required: true });
		const done = await confirmed(
			"Activate this release?",
			[
				h("p", {}, `${id} will serve on your word; its files are checked first.`),
				field("Percent of visitors", visitors, "Below 100 it runs as a canary beside the active release."),
			],
			"Activate",
			async () => {
				const body = { by: "operator", share: visitors.valueAsNumber / 100 };
				await api.ask("POST", `/admin/releases/${encodeURIComponent(id)}/activate`, body);
			},
		);
		if (done) go("#/releases");
	};
	return [button("Activate", act, { label: `Activate ${id}` })];
}

/** Two releases in columns; what differs is marked. */
function comparison({ query, go }: Console, all: readonly Release[]) {
	const whole = all.filter(({ manifest }) => manifest !== null);
	if (whole.length < 2) return card("Side by side", empty("With a second release, two can be compared here."));
	const chosen = (side: string, otherwise: number) => whole.find(({ id }) => id === query.get(side)) ?? whole[otherwise];
	const [left, right] = [chosen("left", 1), chosen("right", 0)];
	const choice = (label: string, side: "left" | "right", now: Release | undefined) => {
		const options = whole.map(({ id }) => h("option", { value: id, selected: id === now?.id }, id));
		const choose = (event: Event) => {
			const sides = { left: left?.id ?? "", right: right?.id ?? "", [side]: (event.target as HTMLSelectElement).value };
			go(`#/releases?${new URLSearchParams(sides)}`);
		};
		return field(label, h("select", { id: side, onchange: choose }, ...options));
	};
	const [a, b] = [left?.manifest, right?.manifest];
	const place = card("Side by side", h("div", { class: "row" }, choice("Left", "left", left), choice("Right", "right", right)));
	if (!left || !right || !a || !b) return place;
	const rows = compared(left, a, right, b);
	place.append(
		table(
			"Two releases compared",
			[
				["What", ({ name }) => name],
				["Left", (row) => row.left],
				["Right", (row) => row.right],
				["Difference", (row) => (row.change === null ? (row.left === row.right ? NOTHING : tag("differs")) : row.change)],
			],
			rows,
		),
	);
	return place;
}

type Row = { readonly name: string; readonly left: string; readonly right: string; readonly change: string | null };

function compared(left: Release, a: Manifest, right: Release, b: Manifest): Row[] {
	const text = (name: string, of: (manifest: Manifest) => string): Row => ({ name, left: of(a), right: of(b), change: null });
	const metric = (name: string, key: string): Row => {
		const [x, y] = [measured(a)?.[key], measured(b)?.[key]];
		return { name, left: figure(x), right: figure(y), change: x && y ? changeOf(x, y) : null };
	};
	const size = { name: "Size", left: bytes(sizeOf(left)), right: bytes(sizeOf(right)), change: changeOf(sizeOf(left), sizeOf(right)) };
	return [
		text("Made", ({ createdAt }) => time(createdAt)),
		text("Boundary", ({ trainedOn }) => trainedOn.boundary),
		text("Measured on", measuredAt),
		text("Protocol", protocolOf),
		metric("NDCG@10", "ndcg@10"),
		metric("Recall@10", "recall@10"),
		metric("MRR@20", "mrr@20"),
		metric("Coverage@10", "coverage@10"),
		text("Split", ({ trainedOn }) => trainedOn.splitHash.slice(0, 12)),
		text("Trained on", ({ trainedOn }) => `${count(trainedOn.events)} events of ${count(trainedOn.sessions)} sessions`),
		text("Last event", ({ trainedOn }) => time(trainedOn.lastEventAt)),
		text("Products", ({ items }) => count(items.count)),
		size,
		text("Encoder", ({ encoder }) => `${encoder.dim} wide, reads ${encoder.length}; ${encoder.quantisation}`),
		text("kPair", ({ kPair }) => count(kPair)),
		text("Epsilon", (manifest) => {
			const guarantee = epsilonOf(manifest);
			return guarantee === null ? "no differential privacy" : `${guarantee.epsilon} at delta ${guarantee.delta}`;
		}),
	];
}

const changeOf = (from: number, to: number): string => {
	const ratio = to / from - 1;
	// Below what a tenth of a percent shows there is nothing to tell.
	return Math.abs(ratio) < 0.0005 ? NOTHING : `${ratio > 0 ? "+" : "−"}${share(Math.abs(ratio))}`;
};
