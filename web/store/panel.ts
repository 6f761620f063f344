import type { ProfileResponse } from "../../src/contract/profile.ts";
import { h, icon } from "./dom.ts";
import type { Told } from "./journal.ts";
import { productHref, type Shop, titleIn } from "./shop.ts";

const CLOSE = "M5 5l14 14M19 5 5 19";
/** Lines of each list. */
const SHOWN_MAX = 20;

/** What the server was told, and what it was not: a dialog at the side of the page. */
export function panel(shop: Shop): HTMLDialogElement {
	const { words, client, journal, onLeave } = shop;
	const body = h("div", { class: "panel-body" });
	const dialog = h(
		"dialog",
		{ class: "panel", "aria-labelledby": "panel-title" },
		h(
			"div",
			{ class: "panel-head" },
			h("div", {}, h("h2", { id: "panel-title" }, words.panel), h("p", {}, words.panelText)),
			h("button", { type: "button", class: "tool", "aria-label": words.close, onclick: () => dialog.close() }, icon(CLOSE)),
		),
		body,
	);
	const portrait = h("div", {});
	const word = wordSection(shop);
	const told = h("div", {});
	const history = h("div", {});
	body.append(
		word.section,
		section(words.told, words.toldText, told),
		notTold(shop),
		section(words.portrait, words.portraitText, portrait),
		history,
	);

	const drawTold = () => told.replaceChildren(toldList(shop, journal.told()));
	const drawOwn = () => {
		word.draw();
		history.replaceChildren(...ownSections(shop));
	};
	onLeave(journal.onChange(() => dialog.open && drawTold()));
	onLeave(client.onChange(() => dialog.open && drawOwn()));
	// A click beside the panel closes it.
	dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
	dialog.addEventListener("toggle", () => {
		if (!dialog.open) return;
		drawOwn();
		drawTold();
		void drawPortrait(shop, portrait);
	});
	return dialog;
}

const section = (title: string, text: string, ...content: readonly (Node | string)[]) =>
	h("section", {}, h("h3", {}, title), h("p", { class: "soft" }, text), ...content);

function wordSection({ client, words }: Shop) {
	const choice = (id: string, label: string, said: boolean) => {
		const input = h("input", { type: "radio", name: "word", id, onchange: () => client.setConsent(said) });
		return { said, input, label: h("label", { class: "option" }, input, h("span", {}, label)) };
	};
	const choices = [choice("word-yes", words.wordYes, true), choice("word-no", words.wordNo, false)];
	const effect = h("p", { class: "effect", role: "status" });
	const fieldset = h(
		"fieldset",
		{},
		h("legend", {}, words.yourWord),
		choices.map(({ label }) => label),
	);
	return {
		section: h("section", {}, fieldset, effect),
		draw() {
			const said = client.consent();
			for (const { input, said: means } of choices) input.checked = means === said;
			effect.textContent = client.asksForPrivacy()
				? words.privacyAsked
				: said === null
					? words.wordUnsaid
					: said
						? words.wordYesText
						: words.wordNoText;
		},
	};
}

function toldList({ words, language }: Shop, told: readonly Told[]): HTMLElement {
	if (told.length === 0) return h("p", { class: "soft" }, words.toldNothing);
	const time = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
	return h(
		"ol",
		{ class: "told", id: "told" },
		told
			.slice(0, SHOWN_MAX)
			.map((each) =>
				h(
					"li",
					{ class: each.events.length > 0 ? "kept" : each.history > 0 ? "read" : "public" },
					h("span", {}, saidOf(each, words)),
					h("code", {}, each.path.replace(/\?.*/, "")),
					h("span", { class: "soft" }, `${time.format(each.at)} · ${words.bytes(each.bytes)}`),
				),
			),
	);
}

function saidOf({ events, history, bytes }: Told, words: Shop["words"]): string {
	if (events.length > 0) return words.toldEvents(events.map(words.event).join(", "));
	if (history > 0) return words.toldHistory(history);
	return bytes === 0 ? words.toldPublic : words.toldNoHistory;
}

const notTold = ({ words }: Shop) =>
	h(
		"section",
		{},
		h("h3", {}, words.notTold),
		h(
			"ul",
			{ class: "not-told" },
			words.notToldList.map((each) => h("li", {}, each)),
		),
	);

/** The history with a way to forget it, and what was dismissed with a way to see it again. */
function ownSections(shop: Shop): HTMLElement[] {
	const { words, client, catalogue } = shop;
	const entries = client.history().filter(({ event }) => event !== "dismiss");
	const lines = entries
		.slice(-SHOWN_MAX)
		.reverse()
		.map(({ item, query, event }) => {
			const product = item === undefined ? undefined : catalogue.product(item);
			return h(
				"li",
				{},
				product ? h("a", { href: productHref(shop, product) }, titleIn(shop, product)) : h("span", {}, `“${query ?? item}”`),
				h("span", { class: "soft" }, words.event(event)),
			);
		});
	const dismissed = client.dismissed().flatMap((id) => catalogue.product(id) ?? []);
	return [
		section(
			words.history,
			words.historyText,
			lines.length === 0 ? h("p", {}, words.historyNone) : h("ol", { class: "entries" }, lines),
			...(client.history().length > 0
				? [h("button", { type: "button", class: "button quiet", id: "forget", onclick: () => client.forget() }, words.forget)]
				: []),
		),
		...(dismissed.length > 0
			? [
					section(
						words.dismissedTitle,
						"",
						h(
							"ul",
							{ class: "entries" },
							dismissed.map((product) =>
								h(
									"li",
									{},
									h("span", {}, titleIn(shop, product)),
									h(
										"button",
										{
											type: "button",
											class: "link",
											"aria-label": words.showAgainTitled(titleIn(shop, product)),
											onclick: () => client.undismiss(product.id),
										},
										words.showAgain,
									),
								),
							),
						),
					),
				]
			: []),
	];
}

async function drawPortrait({ client, words, catalogue, language }: Shop, into: HTMLElement): Promise<void> {
	const none = h("p", {}, words.portraitNone);
	if (!client.maySendHistory() || client.history().length === 0) return into.replaceChildren(none);
	const drawn: ProfileResponse | null = await client.post("/v1/profile", {}).catch(() => null);
	const known = [...(drawn?.categories ?? []), ...(drawn?.brands ?? [])].filter(({ confidence }) => confidence > 0.5);
	if (known.length === 0) return into.replaceChildren(none);
	into.replaceChildren(
		h(
			"ul",
			{ class: "portrait" },
			known.map(({ name, confidence }) =>
				h(
					"li",
					{},
					h("span", {}, catalogue.category(name)?.[language] ?? name),
					h("meter", { min: 0, max: 1, value: confidence, "aria-label": catalogue.category(name)?.[language] ?? name }),
					h("span", { class: "soft" }, words.sure(confidence)),
				),
			),
		),
	);
}
