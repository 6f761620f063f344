/**
 * Every reason for which a request can fail, with its evidence. `http/errors.ts` maps each to a status and a public
 * message in one exhaustive switch, so a new reason does not compile until it is mapped.
 */
export type Failure =
	| { kind: "bad_json" }
	| { kind: "body_too_large"; maxBytes: number }
	| { kind: "invalid_field"; path: string; message: string }
	| { kind: "unknown_field"; path: string }
	| { kind: "unauthorized" }
	| { kind: "forbidden"; scope: Scope }
	| { kind: "not_found"; what: string }
	| { kind: "conflict"; message: string }
	| { kind: "release_refused"; file: string; message: string }
	| { kind: "gate_refused"; message: string }
	| { kind: "log_unreadable"; object: string; message: string }
	| { kind: "rate_limited"; retryAfterSeconds: number }
	| { kind: "unavailable"; retryAfterSeconds: number }
	| { kind: "internal" };

/** Codes as the public sees them; the closed set of `error.code`. */
export const ERROR_CODES = [
	"bad_json",
	"body_too_large",
	"invalid_field",
	"unknown_field",
	"unauthorized",
	"forbidden",
	"not_found",
	"conflict",
	"release_refused",
	"gate_refused",
	"log_unreadable",
	"rate_limited",
	"unavailable",
	"internal",
] as const satisfies readonly Failure["kind"][];

/** What an admin token may do. */
export const SCOPES = ["catalogue", "release", "train", "read", "erase"] as const;
export type Scope = (typeof SCOPES)[number];

/** Thrown by a handler or middleware; the one error handler turns it into the envelope. */
export class RequestFailure extends Error {
	readonly failure: Failure;

	constructor(failure: Failure) {
		super(failure.kind);
		this.failure = failure;
		this.name = "RequestFailure";
	}
}
