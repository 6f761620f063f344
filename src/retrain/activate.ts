import type * as v from "valibot";
import type { Failure } from "../contract/errors.ts";
import type { ActivateRequest, ActivePointer, Manifest } from "../contract/release.ts";
import { fail, ok, type Result } from "../contract/result.ts";
import { decide } from "./gate.ts";
import { isAlready, pointerWith } from "./pointer-moves.ts";
import { readPopular } from "./popular-lists.ts";
import type { Activation, ReleasePorts } from "./ports.ts";
import { verifyStored } from "./verify-stored.ts";

type Request = v.InferOutput<typeof ActivateRequest>;
/** The share a release may have, and on what ground. */
type Grant = { readonly share: number; readonly note: string | null };

/**
 * Makes a release serve: by the gate's verdict or on an operator's word, in both cases only when its stored files are
 * sound. Refusals go into the history too. Asking again for what is so already changes nothing.
 */
export async function activate(
	ports: ReleasePorts,
	id: string,
	request: Request,
	token: string,
	now: number,
): Promise<Result<ActivePointer, Failure>> {
	const { rows, pointer } = ports;
	const release = await rows.get(id);
	if (release === null) return fail({ kind: "not_found", what: "such release" });
	const { manifest, state, note } = release;
	if (state !== "ready" || manifest === null) {
		const why = state === "refused" ? `was refused: ${note}` : "lacks its manifest";
		return fail({ kind: "conflict", message: `Release ${id} ${why}.` });
	}
	const from = await pointer.read();
	if (isAlready(from, id, request.share)) return ok(from);

	const entry = { release: id, by: request.by, token, run: request.run ?? null, at: now } as const;
	const refuse = (share: number, text: string) => pointer.record({ ...entry, action: "refuse", share, note: text });

	const granted = request.by === "operator" ? ok({ share: request.share, note: null }) : await askGate(ports, manifest, request, from);
	if (!granted.ok) {
		if (granted.error.kind === "gate_refused") await refuse(request.share, granted.error.message);
		return granted;
	}
	const { share } = granted.value;
	if (isAlready(from, id, share)) return ok(from);
	if (share < 1 && from.active === null) return fail({ kind: "conflict", message: "A canary needs an active release beside it." });
	if (share < 1 && from.active === id) return fail({ kind: "conflict", message: `Release ${id} is active already.` });

	if (share < 1 && (await isAlone(rows, manifest, from))) {
		const why = "A release in planes has no room beside another, so that neither can be the other's canary";
		if (request.share < 1) return fail({ kind: "conflict", message: `${why}: activate it with share 1.` });
		const message = `${why}, and the gate grants no more: ${granted.value.note}`;
		await refuse(share, message);
		return fail({ kind: "gate_refused", message });
	}

	await rows.verifying(id, now);
	const sound = await verifyStored(ports, release.files, manifest);
	if (!sound.ok) {
		const { file, message } = sound.error;
		// What serves stays complete in the registry: isolates that start now still look for it.
		const serves = [from.active, from.previous, from.canary].includes(id);
		if (!serves) await rows.refused(id, `${file} ${message}`, now);
		await refuse(share, `${file} ${message}`);
		return fail({ kind: "release_refused", file, message });
	}

	const popular = share < 1 ? null : await readPopular(ports, release);
	const activation: Activation = { ...entry, action: share < 1 ? "canary" : "activate", share, note: granted.value.note };
	const to = pointerWith(from, id, share, now);
	if (await pointer.move(from, to, activation, popular)) return ok(to);
	return fail({ kind: "conflict", message: "Another activation or rollback came between; look at the pointer and ask again." });
}

/** Whether an isolate has no room for the candidate beside the active release. */
async function isAlone(rows: ReleasePorts["rows"], candidate: Manifest, { active }: ActivePointer): Promise<boolean> {
	const beside = active === null ? null : await rows.get(active);
	return [candidate, beside?.manifest].some((manifest) => manifest?.items.layout === "planes");
}

/** Applies the gate to what the run handed in. */
async function askGate(
	{ rows, runs }: ReleasePorts,
	candidate: Manifest,
	request: Request,
	pointer: ActivePointer,
): Promise<Result<Grant, Failure>> {
	if (request.run === undefined) return fail({ kind: "invalid_field", path: "run", message: "is required when the gate decides" });
	const run = await runs.get(request.run);
	if (run === null) return fail({ kind: "not_found", what: "such run" });
	if (run.state !== "finished" || run.release !== candidate.id) {
		return fail({ kind: "conflict", message: `Run ${run.id} has not handed in release ${candidate.id}.` });
	}
	const active = pointer.active === null ? null : await rows.get(pointer.active);
	const verdict = decide(run.gate, candidate, active?.manifest ?? null);
	switch (verdict.kind) {
		case "activate":
			return ok({ share: request.share, note: verdict.note });
		case "canary_only":
			return ok({ share: Math.min(request.share, verdict.maxShare), note: verdict.note });
		case "refuse":
			return fail({ kind: "gate_refused", message: verdict.message });
	}
}
