import type { Releases, Status } from "../answers.ts";
import type { View } from "../context.ts";
import { count, figure, NOTHING } from "../format.ts";
import { card, empty, facts, loaded, note, table } from "../parts.ts";

/** What is held about people now, and under which terms. */
export const privacy: View = ({ api }) => [
	loaded(
		async () => {
			const [status, list] = await Promise.all([api.ask<Status>("GET", "/admin/status"), api.ask<Releases>("GET", "/admin/releases")]);
			return { status: status.value, list: list.value };
		},
		({ status, list }) => [terms(status), held(status), guarantees(list)],
	),
];

function terms({ terms: { crowd, kPairMin, epsilonMax, localEpsilon, logRetentionDays, keyed } }: Status) {
	return card(
		"Terms in force",
		facts([
			["K: visitors of one day behind a figure", count(crowd)],
			["Least k_pair of a release", count(kPairMin)],
			["Largest epsilon of a release", epsilonMax === null ? "any; releases need not be trained privately" : figure(epsilonMax, 2)],
			[
				"Events under local differential privacy",
				localEpsilon === null ? "no: events are logged" : `yes, epsilon ${localEpsilon} a visitor and day`,
			],
			["Event log is kept for", `${count(logRetentionDays)} days`],
			["Erasure by the shop's pseudonym", keyed ? "on" : "off: events have none"],
		]),
	);
}

function held({ logObjects, deadLetters, events, terms: { crowd } }: Status) {
	const days = Object.keys(events).sort();
	const objects = Object.values(logObjects).reduce((sum, n) => sum + n, 0);
	const keys = Object.keys(logObjects);
	return card(
		"Held now",
		facts([
			[
				"Log objects, encrypted",
				objects === 0 ? "none" : `${count(objects)} under ${keys.length === 1 ? "the key" : "the keys"} ${keys.join(", ")}`,
			],
			["Dead letters since the start", count(deadLetters)],
			[
				"Days with event counts shown",
				days.length === 0 ? `none: no type had ${crowd} visitors on one day` : `${days[0]} to ${days.at(-1)}`,
			],
		]),
		note("No account, no cookie, no address, no user agent and no history is held: a history is sent with a request and read once."),
	);
}

function guarantees({ releases, pointer }: Releases) {
	const whole = releases.flatMap(({ id, manifest }) => (manifest === null ? [] : [{ id, manifest }]));
	if (whole.length === 0) return card("What releases were trained under", empty("No release was uploaded yet."));
	return card(
		"What releases were trained under",
		table(
			"Privacy of each release",
			[
				["Release", ({ id }) => (id === pointer.active ? `${id} (active)` : id)],
				["k_pair", ({ manifest }) => count(manifest.privacy.kPair), "number"],
				["Epsilon", ({ manifest }) => figure(manifest.privacy.differentialPrivacy?.epsilon, 2), "number"],
				["Delta", ({ manifest }) => manifest.privacy.differentialPrivacy?.delta.toExponential(1) ?? NOTHING, "number"],
				["Trained on", ({ manifest }) => `${count(manifest.trainedOn.events)} events of ${count(manifest.trainedOn.sessions)} sessions`],
			],
			whole,
		),
	);
}
