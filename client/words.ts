import type { Reason } from "./types.ts";

/** What the component says. */
export type Words = {
	readonly region: string;
	readonly dismiss: (title: string) => string;
	readonly dismissed: (title: string) => string;
	readonly nothing: string;
	/** The line under a product, in place of the server's own sentence; null: none. @param titleOf a product's title, where the shop knows it */
	readonly reason?: (reason: Reason, titleOf: (id: string) => string | undefined) => string | null;
};

export const ENGLISH: Words = {
	region: "Recommended products",
	dismiss: (title) => `Not interested in ${title}`,
	dismissed: (title) => `${title} will not be shown again.`,
	nothing: "Nothing to show here yet.",
};
