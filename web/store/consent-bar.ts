import { h } from "./dom.ts";
import type { Shop } from "./shop.ts";

/** Asks for the shopper's word, once; null where it is known, or the browser has said it for her. */
export function consentBar({ client, words, onLeave }: Shop): HTMLElement | null {
	if (client.consent() !== null || client.asksForPrivacy()) return null;
	const bar = h(
		"section",
		{ class: "consent", "aria-labelledby": "consent-title" },
		h("div", {}, h("h2", { id: "consent-title" }, words.consentTitle), h("p", {}, words.consentText)),
		h(
			"div",
			{ class: "consent-answers" },
			h("button", { type: "button", class: "button", id: "consent-yes", onclick: () => client.setConsent(true) }, words.yes),
			h("button", { type: "button", class: "button", id: "consent-no", onclick: () => client.setConsent(false) }, words.no),
		),
	);
	const stop = client.onChange(() => {
		if (client.consent() === null) return;
		stop();
		bar.remove();
	});
	onLeave(stop);
	return bar;
}
