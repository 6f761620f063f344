import { h } from "../store/dom.ts";
import { createApi } from "./api.ts";
import type { View } from "./context.ts";
import { session } from "./session.ts";
import { signIn } from "./sign-in.ts";
import { inspector } from "./views/inspector.ts";
import { overview } from "./views/overview.ts";
import { privacy } from "./views/privacy.ts";
import { releases } from "./views/releases.ts";
import { rules } from "./views/rules.ts";
import { runs } from "./views/runs.ts";
import { synonyms } from "./views/synonyms.ts";

const VIEWS: Readonly<Record<string, readonly [title: string, view: View]>> = {
	overview: ["Overview", overview],
	releases: ["Releases", releases],
	runs: ["Runs", runs],
	rules: ["Rules", rules],
	synonyms: ["Synonyms", synonyms],
	inspector: ["Inspector", inspector],
	privacy: ["Privacy", privacy],
};
const FIRST = "overview";

/** What ends with the view that is shown. */
const stops: (() => void)[] = [];

/** `#/releases?left=…` and `#/runs/<id>`. */
function placeOf(fragment: string) {
	const [path = "", query = ""] = fragment.replace(/^#\/?/, "").split("?", 2);
	const [name = "", ...rest] = path.split("/");
	return { name: Object.hasOwn(VIEWS, name) ? name : FIRST, argument: decoded(rest.join("/")), query: new URLSearchParams(query) };
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return "";
	}
}

function go(path: string) {
	if (location.hash === path) show();
	else location.hash = path;
}

/** @param refused whether it is since the server no longer knows the token */
function end(refused: boolean) {
	session.end();
	show();
	if (refused) document.querySelector("form")?.before(h("p", { class: "failure", role: "alert" }, "The server does not know this token."));
}

function show() {
	for (const stop of stops.splice(0)) stop();
	for (const dialog of document.querySelectorAll("dialog")) dialog.close();
	const token = session.token();
	if (token === null) {
		document.title = "Edgeshelf · console";
		document.body.replaceChildren(signIn(show));
		document.querySelector<HTMLElement>("#token")?.focus();
		return;
	}
	const { name, argument, query } = placeOf(location.hash);
	const [title, view] = VIEWS[name] ?? ["Overview", overview];
	document.title = `${title} · Edgeshelf console`;
	const api = createApi(token, () => session.token() !== null && end(true));
	const main = h("main", { id: "main", tabindex: -1 }, h("h1", {}, title));
	main.append(...view({ api, argument, query, go, onLeave: (stop) => void stops.push(stop) }).filter((part) => part !== null));
	document.body.replaceChildren(header(name), main);
}

function header(current: string): HTMLElement {
	const links = Object.entries(VIEWS).map(([name, [title]]) =>
		h("a", { href: `#/${name}`, "aria-current": name === current ? "page" : null }, title),
	);
	const out = h("button", { type: "button", class: "link", onclick: () => end(false) }, "Sign out");
	return h("header", {}, h("strong", {}, "Edgeshelf"), h("nav", { "aria-label": "Console" }, ...links), out);
}

addEventListener("hashchange", () => {
	show();
	document.querySelector<HTMLElement>("#main")?.focus();
	scrollTo(0, 0);
});
show();
