import { h } from "../store/dom.ts";
import { ApiFailure, createApi } from "./api.ts";
import { failureLine, field } from "./parts.ts";
import { session } from "./session.ts";

/** The door: a token is typed in and tried on the status, which any reader may see. */
export function signIn(onSignedIn: () => void): HTMLElement {
	const input = h("input", { type: "password", id: "token", autocomplete: "off", required: true, spellcheck: "false" });
	const told = h("div", {});
	const go = h("button", { type: "submit", class: "button" }, "Open the console");
	async function attempt(event: Event) {
		event.preventDefault();
		const token = input.value.trim();
		if (token === "") return;
		go.disabled = true;
		told.replaceChildren();
		try {
			// A header takes no other characters.
			if (!/^[\x21-\x7e]+$/.test(token)) throw new ApiFailure(401, "The server does not know this token.");
			await createApi(token).ask("GET", "/admin/status");
			session.begin(token);
			onSignedIn();
		} catch (failure) {
			told.replaceChildren(failureLine(failure));
			input.focus();
		}
		go.disabled = false;
	}
	return h(
		"main",
		{ class: "door", id: "main" },
		h("h1", {}, "Edgeshelf console"),
		h("p", { class: "soft" }, "It asks for a token with the scope “read”; to change anything, “release”, “catalogue” or “train” too."),
		h("form", { onsubmit: (event) => void attempt(event) }, field("Token", input, "Kept in this tab until it is closed."), told, go),
	);
}
