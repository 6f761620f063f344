import { type Card, emptyCard, fillCard, make, skeleton } from "./card.ts";
import type { Edgeshelf } from "./edgeshelf.ts";
import { watchImpressions } from "./impressions.ts";
import { SHELF_STYLE } from "./shelf-style.ts";
import { NOTHING } from "./shelves.ts";
import type { Answer, Question, RecommendedItem, Shelf } from "./types.ts";
import { ENGLISH, type Words } from "./words.ts";

const LIMIT_DEFAULT = 10;

/** What the shop knows and the component does not. */
export type Shop = {
	/** A product's card; undefined: the shop does not show it. */
	readonly card: (id: string) => Card | undefined;
	/** Asked at each drawing, so that the language may change. */
	readonly words?: () => Words;
};

/**
 * Defines `<edge-shelf>`: a row of products from a shelf, by the attributes `surface`, `shelf`, `item`, `items` (JSON),
 * `category`, `limit`, `diversity`, `heading` and `reasons`. What stands between its tags is shown until an answer comes, and stays
 * where none does; without it a skeleton of the same height is shown. Parts: head, heading, step, list, card, link, image, brand,
 * title, price, reason, dismiss, skeleton, status.
 */
export function defineEdgeShelf(client: Edgeshelf, { card: cardOf, words = () => ENGLISH }: Shop, tag = "edge-shelf"): void {
	if (customElements.get(tag)) return;
	const sheet = new CSSStyleSheet();
	sheet.replaceSync(SHELF_STYLE);

	class EdgeShelf extends HTMLElement {
		static observedAttributes = ["surface", "shelf", "item", "items", "category", "limit", "diversity", "heading", "reasons"];
		#root = this.attachShadow({ mode: "open" });
		#heading = make("h2", "heading");
		#head = make("div", "head");
		#status = make("p", "status");
		#list = make("ul", "list");
		#answer: Answer | null = null;
		#asked = 0;
		#stop: (() => void) | null = null;
		#cards = new Map<string, HTMLLIElement>();
		#seen = new Set<string>();
		#impressions: ReturnType<typeof watchImpressions> | null = null;
		#isPlanned = false;

		connectedCallback() {
			this.#root.adoptedStyleSheets = [sheet];
			this.#status.setAttribute("role", "status");
			this.#head.replaceChildren(this.#heading, this.#step("‹", -1), this.#step("›", 1));
			this.setAttribute("role", this.getAttribute("role") ?? "region");
			this.#impressions = watchImpressions((card) => this.#tellSeen(card as HTMLElement));
			this.#stop = client.onChange(() => this.#plan());
			this.#wait();
			this.#plan();
		}

		disconnectedCallback() {
			this.#stop?.();
			this.#impressions?.stop();
			this.#asked++;
		}

		attributeChangedCallback() {
			if (this.isConnected) this.#plan();
		}

		/** For the pointer alone: by keyboard, the focus moves the row. */
		#step(text: string, direction: number) {
			const button = make("button", "step", "", text);
			button.tabIndex = -1;
			button.setAttribute("aria-hidden", "true");
			button.addEventListener("click", () => this.#list.scrollBy({ left: direction * this.#list.clientWidth, behavior: "smooth" }));
			return button;
		}

		get question(): Question {
			const text = (name: string) => this.getAttribute(name) || undefined;
			const category = text("category");
			const question = {
				shelf: text("shelf") as Shelf | undefined,
				surface: text("surface"),
				item: text("item"),
				items: this.hasAttribute("items") ? (JSON.parse(text("items") ?? "[]") as string[]) : undefined,
				limit: Number(text("limit")) || LIMIT_DEFAULT,
				diversity: Number(text("diversity")) || undefined,
				filter: category === undefined ? undefined : { category: [category] },
				...(this.hasAttribute("reasons") && { explain: true, language: this.closest<HTMLElement>("[lang]")?.lang || undefined }),
			};
			return Object.fromEntries(Object.entries(question).filter(([, value]) => value !== undefined)) as Question;
		}

		/** Asks once for any number of changes at the same time. */
		#plan() {
			if (this.#isPlanned) return;
			this.#isPlanned = true;
			queueMicrotask(() => {
				this.#isPlanned = false;
				if (this.isConnected) void this.#ask();
			});
		}

		async #ask() {
			const asked = ++this.#asked;
			this.#frame();
			this.setAttribute("aria-busy", "true");
			try {
				const answer = await client.shelf(this.question, (stale) => this.#answer || this.#show(stale));
				if (asked === this.#asked) this.#show(answer);
			} catch {
				// What stands there stays: the older answer, or what the page's server wrote.
				if (asked === this.#asked && this.#answer === null && this.childElementCount === 0) this.#show(NOTHING);
			}
			if (asked === this.#asked) this.removeAttribute("aria-busy");
		}

		#frame() {
			const heading = this.getAttribute("heading") ?? "";
			this.setAttribute("aria-label", heading || words().region);
			this.#heading.textContent = heading;
			this.#heading.hidden = heading === "";
		}

		/** What the page's server wrote between the tags, else a skeleton. */
		#wait() {
			if (this.#answer !== null) return;
			if (this.childElementCount > 0) return this.#root.replaceChildren(document.createElement("slot"));
			this.#frame();
			const cards = Array.from({ length: this.question.limit as number }, () => skeleton(this.hasAttribute("reasons")));
			this.#list.replaceChildren(...cards);
			this.#root.replaceChildren(this.#head, this.#list, this.#status);
		}

		#show(answer: Answer) {
			this.#answer = answer;
			const before = this.#cards;
			const focused = this.#root.activeElement?.closest("li") as HTMLElement | null | undefined;
			this.#cards = new Map();
			for (const [position, item] of answer.items.entries()) {
				const card = cardOf(item.id);
				if (card) this.#cards.set(item.id, this.#draw(before.get(item.id), item, card, position));
			}
			const cards = [...this.#cards.values()];
			if (cards.length === 0) cards.push(make("li", "card nothing", "", words().nothing));
			// The same cards in the same order stay where they are, and keep focus and scroll.
			const shown = this.#list.children;
			if (cards.length !== shown.length || cards.some((card, i) => card !== shown[i])) this.#list.replaceChildren(...cards);
			if (this.#list.parentNode === null) this.#root.replaceChildren(this.#head, this.#list, this.#status);
			if (focused) this.#focus(focused.dataset.id);
		}

		#focus(id = "") {
			const card = this.#cards.get(id) ?? this.#cards.values().next().value;
			card?.querySelector("a")?.focus({ preventScroll: true });
		}

		#draw(known: HTMLLIElement | undefined, { id, reason }: RecommendedItem, card: Card, position: number): HTMLLIElement {
			const made: HTMLLIElement =
				known ??
				emptyCard(
					card.image,
					() => client.track(this.#happening("click", made)),
					() => this.#dismiss(made),
				);
			Object.assign(made.dataset, { id, position });
			const said = words();
			const why = reason && said.reason ? said.reason(reason, (other) => cardOf(other)?.title) : reason?.sentence;
			fillCard(made, card, this.hasAttribute("reasons") ? (why ?? "") : null, said.dismiss(card.title));
			if (!this.#seen.has(id)) this.#impressions?.watch(made);
			return made;
		}

		#happening(type: "click" | "dismiss" | "impression", { dataset }: HTMLElement) {
			const { value, currency } = cardOf(dataset.id as string) ?? {};
			return {
				type,
				item: dataset.id as string,
				surface: this.getAttribute("surface") ?? "home",
				recommendationId: this.#answer?.recommendationId ?? null,
				position: Number(dataset.position),
				...(type === "click" && value !== undefined && { value, currency: currency ?? null }),
			};
		}

		#tellSeen(card: HTMLElement) {
			this.#seen.add(card.dataset.id as string);
			client.track(this.#happening("impression", card));
		}

		#dismiss(card: HTMLElement) {
			const next = (card.nextElementSibling ?? card.previousElementSibling) as HTMLElement | null;
			const id = card.dataset.id as string;
			this.#status.textContent = words().dismissed(cardOf(id)?.title ?? "");
			this.#cards.delete(id);
			card.remove();
			this.#focus(next?.dataset.id);
			client.track(this.#happening("dismiss", card));
		}
	}
	customElements.define(tag, EdgeShelf);
}
