import type { Reason } from "./types.ts";

/** What the component says. */
export type Words = {
	readonly region: string;
	readonly dismiss: (title: string) => string;
	readonly dismissed: (title: string) => string;
	readonly nothing: string;
	/** The line under a product; null: none. @param titleOf a product's title, where the shop knows it */
	readonly reason: (reason: Reason, titleOf: (id: string) => string | undefined) => string | null;
};

const ABOUT: { readonly [kind: string]: string } = { because: "Goes with", similar: "Like", "bought-together": "Bought with" };

export const ENGLISH: Words = {
	region: "Recommended products",
	dismiss: (title) => `Not interested in ${title}`,
	dismissed: (title) => `${title} will not be shown again.`,
	nothing: "Nothing to show here yet.",
	reason(reason, titleOf) {
		if (reason.kind === "searched") return `You searched for ${reason.query}`;
		if (reason.kind === "trending" || reason.kind === "new") return reason.kind === "new" ? "New" : "Trending";
		const title = "item" in reason && titleOf(reason.item);
		return title ? `${ABOUT[reason.kind]} ${title}` : null;
	},
};
