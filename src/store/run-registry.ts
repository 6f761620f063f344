import type { Failure } from "../contract/errors.ts";
import type { GateReport } from "../contract/release.ts";
import { fail, ok, type Result } from "../contract/result.ts";
import { LEASE_SECONDS, RUN_ATTEMPTS_MAX, RUN_CALLED_STAGE, type Run } from "../contract/run.ts";
import type { RunRegistry } from "../retrain/ports.ts";

type Row = Omit<Run, "gate"> & { readonly lease: string | null; readonly gate: string | null };

/** Runs that `list` gives. */
const LISTED_RUNS = 50;

const OPEN = `
INSERT INTO runs (id, state, reason, openedAt) SELECT ?1, 'open', ?2, ?3
WHERE NOT EXISTS (SELECT 1 FROM runs WHERE state IN ('open', 'claimed'))`;

/** What a run becomes that its worker gave up or lost: open again, or failed when it has no attempt left. */
const givenBack = (attemptsMax: string, at: string) => `
state = CASE WHEN attempts >= ${attemptsMax} THEN 'failed' ELSE 'open' END,
finishedAt = CASE WHEN attempts >= ${attemptsMax} THEN ${at} END,
progress = 0, stage = NULL, leaseUntil = NULL`;

const REOPEN_LOST = `
UPDATE runs SET ${givenBack("?2", "?1")}, message = 'the worker ' || coalesce(worker, '') || ' was not heard of until its lease ended'
WHERE state = 'claimed' AND leaseUntil <= ?1`;

const CLAIM = `
UPDATE runs SET state = 'claimed', worker = ?1, lease = ?2, leaseUntil = ?3, attempts = attempts + 1, progress = 0, stage = NULL
WHERE id = (SELECT id FROM runs WHERE state = 'open' ORDER BY openedAt, id LIMIT 1) AND state = 'open'
RETURNING *`;

const HEARTBEAT = `
UPDATE runs SET leaseUntil = ?3, progress = ?4, stage = ?5 WHERE id = ?1 AND lease = ?2 AND state = 'claimed' RETURNING *`;

const FINISH = `
UPDATE runs SET state = 'finished', finishedAt = ?3, release = ?4, gate = ?5, progress = 1, stage = NULL, leaseUntil = NULL, message = NULL
WHERE id = ?1 AND lease = ?2 AND state = 'claimed' RETURNING *`;

const FAIL = `
UPDATE runs SET ${givenBack("?4", "?3")}, message = ?5 WHERE id = ?1 AND lease = ?2 AND state = 'claimed' RETURNING *`;

/**
 * Training runs in D1. Each step is one statement that asks for the state it needs, so that of two workers only one gets
 * a run. A run keeps its last lease: with it a worker's repeated word is told from another worker's.
 */
export function createRunRegistry(db: D1Database): RunRegistry {
	const rowOf = (id: string) => db.prepare("SELECT * FROM runs WHERE id = ?1").bind(id).first<Row>();
	const reopenLost = (now: number) => db.prepare(REOPEN_LOST).bind(now, RUN_ATTEMPTS_MAX);

	/** What to answer when a step did not find the run as it needs it. */
	async function refusalOf(id: string, lease: string, isDone: (row: Row) => boolean): Promise<Result<Run, Failure>> {
		const row = await rowOf(id);
		if (row === null) return fail({ kind: "not_found", what: "such run" });
		if (isDone(row)) return ok(runOf(row));
		const why = row.lease === lease ? `is ${row.state}` : "is not under this lease";
		return fail({ kind: "conflict", message: `Run ${id} ${why}.` });
	}

	return {
		async open({ reason }, now) {
			const [, , rows] = await db.batch<Row>([
				reopenLost(now),
				db.prepare(OPEN).bind(crypto.randomUUID(), reason, now),
				db.prepare("SELECT * FROM runs WHERE state IN ('open', 'claimed') ORDER BY openedAt, id LIMIT 1"),
			]);
			return runOf(rows?.results[0] as Row);
		},

		async claim({ worker }, now) {
			const lease = crypto.randomUUID();
			const [, rows] = await db.batch<Row>([reopenLost(now), db.prepare(CLAIM).bind(worker, lease, now + LEASE_SECONDS)]);
			const row = rows?.results[0];
			return row === undefined ? null : { run: runOf(row), lease };
		},

		async heartbeat(id, { lease, progress, stage }, now) {
			const row = await db
				.prepare(HEARTBEAT)
				.bind(id, lease, now + LEASE_SECONDS, progress, stage)
				.first<Row>();
			return row === null ? refusalOf(id, lease, () => false) : ok(runOf(row));
		},

		async finish(id, { lease, release, gate }, now) {
			const report = gate === null ? null : JSON.stringify(gate);
			const row = await db.prepare(FINISH).bind(id, lease, now, release, report).first<Row>();
			return row === null ? refusalOf(id, lease, (found) => found.state === "finished" && found.release === release) : ok(runOf(row));
		},

		async fail(id, { lease, message }, now) {
			const row = await db.prepare(FAIL).bind(id, lease, now, RUN_ATTEMPTS_MAX, message).first<Row>();
			if (row !== null) return ok(runOf(row));
			return refusalOf(id, lease, (found) => found.lease === lease && (found.state === "open" || found.state === "failed"));
		},

		async list() {
			const { results } = await db.prepare("SELECT * FROM runs ORDER BY openedAt DESC, id DESC LIMIT ?1").bind(LISTED_RUNS).all<Row>();
			return results.map(runOf);
		},

		async get(id) {
			const row = await rowOf(id);
			return row === null ? null : runOf(row);
		},

		reopenLostLeases: async (now) => (await reopenLost(now).run()).meta.changes,

		async markCalled(id) {
			await db.prepare("UPDATE runs SET stage = ?2 WHERE id = ?1 AND state = 'open'").bind(id, RUN_CALLED_STAGE).run();
		},
	};
}

/** Without the lease, which only its worker knows. */
const runOf = ({ lease: _, gate, ...run }: Row): Run => ({ ...run, gate: gate === null ? null : (JSON.parse(gate) as GateReport) });
