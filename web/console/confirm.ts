import { type Child, h } from "../store/dom.ts";
import { failureLine } from "./parts.ts";

/**
 * Asks before something is done that shoppers will see.
 * @param act what is done on yes; while it fails the dialog stays and says why
 * @returns whether it was done
 */
export function confirmed(title: string, content: readonly Child[], yes: string, act: () => Promise<void>): Promise<boolean> {
	const { promise, resolve } = Promise.withResolvers<boolean>();
	const told = h("div", {});
	let done = false;
	const go = h("button", { type: "button", class: "button", onclick: () => void run() }, yes);
	const dialog = h(
		"dialog",
		{ class: "confirm", "aria-labelledby": "confirm-title" },
		h("h2", { id: "confirm-title" }, title),
		...content,
		told,
		h("div", { class: "row" }, go, h("button", { type: "button", class: "button quiet", onclick: () => dialog.close() }, "Cancel")),
	);
	async function run() {
		go.disabled = true;
		try {
			await act();
			done = true;
			dialog.close();
		} catch (failure) {
			told.replaceChildren(failureLine(failure));
			go.disabled = false;
		}
	}
	dialog.addEventListener("close", () => {
		dialog.remove();
		resolve(done);
	});
	document.body.append(dialog);
	dialog.showModal();
	return promise;
}
