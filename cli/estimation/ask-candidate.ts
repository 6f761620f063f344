import {
	CANDIDATE_REQUESTS_MAX,
	CandidateResponse,
	IDS_READ_MAX,
	IdsReadResponse,
	type RecommendationFields,
} from "../../src/contract/candidate.ts";
import { LIMIT_MAX } from "../../src/contract/primitives.ts";
import type { Rule } from "../../src/contract/rule.ts";
import type { Client } from "../client.ts";
import { CommandFailure } from "../outcome.ts";
import { runParallel } from "../parallel.ts";
import type { OfferedAnswer } from "./offered.ts";

/** What is to be judged; what is null stays as it was logged or is stored. */
export type Candidate = {
	readonly release: string;
	readonly rules: readonly { readonly id: string; readonly rule: Rule }[] | null;
	readonly diversity: number | null;
	readonly novelty: number | null;
	readonly surface: string;
};

/** Ranks asked for, for each place of the list: what was shown has a rank then, too. */
const RANKS_PER_PLACE = 2;

const chunksOf = <T>(values: readonly T[], size: number): T[][] =>
	Array.from({ length: Math.ceil(values.length / size) }, (_, n) => values.slice(n * size, (n + 1) * size));

/** What each id holds, by the key of the Worker that signed it; null for what it did not sign. @throws CommandFailure */
export async function readIds(client: Client, ids: readonly string[], width: number): Promise<Map<string, RecommendationFields | null>> {
	const fieldsOf = new Map<string, RecommendationFields | null>();
	await runParallel(chunksOf(ids, IDS_READ_MAX), width, async (chunk) => {
		const read = await client.call(IdsReadResponse, "POST", "/admin/recommendation-ids", { ids: chunk }, { idempotent: true });
		for (const [n, id] of chunk.entries()) fieldsOf.set(id, read.ids[n] ?? null);
	});
	return fieldsOf;
}

/**
 * The candidate's list for each answer, from what the log knows of its shopper. The same question is asked once.
 * @throws CommandFailure
 */
export async function askCandidate(
	client: Client,
	{ release, rules, diversity, novelty, surface }: Candidate,
	answers: readonly OfferedAnswer[],
	width: number,
	onAsked: (share: number) => void,
): Promise<(readonly string[])[]> {
	const questions = answers.map(({ history, policy, context }) => {
		const { exploration } = policy;
		const limit = Math.min(LIMIT_MAX, RANKS_PER_PLACE * (exploration.places + exploration.pinned.length));
		const wishes = { diversity: diversity ?? policy.diversity, novelty: novelty ?? policy.novelty };
		return JSON.stringify({ request: { history, surface, limit, ...wishes }, context });
	});
	const lists = new Map<string, readonly string[]>();
	const distinct = [...new Set(questions)];
	await runParallel(chunksOf(distinct, CANDIDATE_REQUESTS_MAX), width, async (chunk) => {
		const body = { ...(rules !== null && { rules }), requests: chunk.map((question) => JSON.parse(question) as unknown) };
		const answered = await client.call(CandidateResponse, "POST", `/admin/releases/${release}/answers`, body, { idempotent: true });
		for (const [n, question] of chunk.entries()) {
			const answer = answered.answers[n];
			if (answer === undefined) throw new CommandFailure(`${release} left requests without an answer`);
			lists.set(
				question,
				answer.items.map(({ id }) => id),
			);
		}
		onAsked(lists.size / distinct.length);
	});
	return questions.map((question) => lists.get(question) as readonly string[]);
}
