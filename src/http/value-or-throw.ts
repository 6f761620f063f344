import { type Failure, RequestFailure } from "../contract/errors.ts";
import type { Result } from "../contract/result.ts";

/** The value, or the failure thrown for the error handler to answer. */
export function valueOrThrow<T>(result: Result<T, Failure>): T {
	if (!result.ok) throw new RequestFailure(result.error);
	return result.value;
}
