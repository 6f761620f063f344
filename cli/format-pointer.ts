import type { PointerAnswer } from "./answers.ts";

/** What serves, in one line. */
export function formatPointer({ active, previous, canary, canaryShare }: PointerAnswer): string {
	return [
		`active ${active ?? "none"}`,
		canary !== null && `canary ${canary} for ${Math.round(canaryShare * 1000) / 10}% of visitors`,
		previous !== null && `before it ${previous}`,
	]
		.filter(Boolean)
		.join(", ");
}
