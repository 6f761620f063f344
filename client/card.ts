/** A product as a card shows it. */
export type Card = {
	readonly title: string;
	readonly href: string;
	readonly image?: string | undefined;
	readonly brand?: string | undefined;
	/** With its currency, in the shopper's language. */
	readonly price?: string | undefined;
	/** Minor unit, for the events. */
	readonly value?: number | undefined;
	readonly currency?: string | undefined;
};

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, part: string, className = "", text = ""): HTMLElementTagNameMap[K] {
	const made = document.createElement(tag);
	made.setAttribute("part", part);
	made.className = className;
	made.textContent = text;
	return made;
}

/** @param reason null: the shelf gives none, and keeps no room for it */
function linesOf({ brand, title, price }: Partial<Card>, reason: string | null) {
	const lines = { brand, title, price, ...(reason !== null && { reason }) };
	return Object.entries(lines).map(([part, text]) => make("span", part, "line", text));
}

/** What stands in a card's place, and has its height. */
export function skeleton(hasReason: boolean): HTMLLIElement {
	const made = make("li", "card skeleton");
	made.setAttribute("aria-hidden", "true");
	made.append(make("div", "image"), ...linesOf({}, hasReason ? "" : null));
	return made;
}

/** An empty card: a link, and the control that dismisses. */
export function emptyCard(image: string | undefined, onOpen: () => void, onDismiss: () => void): HTMLLIElement {
	const made = make("li", "card");
	const link = make("a", "link");
	const picture = make("img", "image");
	// Before its source, so that a picture far away is not fetched.
	picture.loading = "lazy";
	Object.assign(picture, { alt: "", width: 400, height: 400, src: image ?? "" });
	link.append(picture);
	link.addEventListener("click", onOpen);
	const button = make("button", "dismiss", "", "×");
	button.type = "button";
	button.addEventListener("click", onDismiss);
	made.append(link, button);
	return made;
}

/** Writes a product into a card; its picture stays as it is. */
export function fillCard(made: HTMLLIElement, card: Card, reason: string | null, dismissLabel: string): void {
	const link = made.querySelector("a") as HTMLAnchorElement;
	link.href = card.href;
	link.replaceChildren(link.firstChild as Node, ...linesOf(card, reason));
	const button = made.querySelector("button") as HTMLButtonElement;
	button.title = dismissLabel;
	button.setAttribute("aria-label", dismissLabel);
}
