/** Order and colours (in shop.css) of the score's parts. */
const PARTS = ["encoder", "transitions", "similar", "bought", "popular"];

const element = (name, className, text = "") => {
	const made = document.createElement(name);
	if (className) made.className = className;
	made.textContent = text;
	return made;
};

export const titleOf = (product, language) => (language === "zh" && product.zh) || product.en;

/** The title without its brand and colour: short enough for a reason. */
export const shortTitleOf = (product, language) =>
	language === "zh" && product.zh
		? product.zh.slice(product.brand.length)
		: product.en.slice(product.brand.length + 1).replace(/,[^,]*$/, "");

export const priceOf = (product, language) =>
	new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-IE", { style: "currency", currency: product.currency }).format(
		product.price / 100,
	);

/**
 * Fills a shelf. Cards that stood there before stay the same elements, so that focus is kept; new ones show themselves.
 * @param items of the answer, with reason and contributions where they were asked for
 * @param open called with (product, position) when a card is opened
 */
export function fillShelf(shelf, items, { productOf, language, words, open }) {
	const known = new Map([...shelf.children].map((card) => [card.dataset.id, card]));
	const isFirst = known.size === 0;
	const cards = items.flatMap((item, position) => {
		const product = productOf(item.id);
		if (product === undefined) return [];
		const card = known.get(item.id) ?? emptyCard(product);
		card.classList.toggle("is-new", !isFirst && !known.has(item.id));
		card.querySelector("button").onclick = () => open(product, position);
		describe(card, product, item, { productOf, language, words });
		return [card];
	});
	shelf.replaceChildren(...(cards.length > 0 ? cards : [element("li", "empty", words("nothing"))]));
}

function emptyCard(product) {
	const card = element("li", "card");
	card.dataset.id = product.id;
	const button = element("button", "card-open");
	button.type = "button";
	const image = element("img", "");
	Object.assign(image, { src: product.image, alt: "", width: 400, height: 400, loading: "lazy" });
	button.append(image, element("span", "card-brand", product.brand), element("span", "card-title"), element("span", "price"));
	card.append(button);
	return card;
}

function describe(card, product, item, { productOf, language, words }) {
	const title = card.querySelector(".card-title");
	title.textContent = language === "zh" ? shortTitleOf(product, language) : titleOf(product, language).slice(product.brand.length + 1);
	title.lang = language;
	const price = card.querySelector(".price");
	price.textContent = product.soldOut ? `${priceOf(product, language)} · ${words("soldOut")}` : priceOf(product, language);
	card.querySelector(".why")?.remove();
	if (item.reason === undefined) return;
	const why = element("div", "why");
	why.append(element("p", "reason", reasonText(item.reason, { productOf, language, words })));
	const bar = contributionBar(item.contributions ?? {}, words);
	if (bar !== null) why.append(bar);
	card.append(why);
}

function reasonText(reason, { productOf, language, words }) {
	const because = reason.kind === "because" ? productOf(reason.item) : undefined;
	if (reason.kind === "because" && because === undefined) return words("reason_personal");
	return words(`reason_${reason.kind}`, { title: because && shortTitleOf(because, language), query: reason.query });
}

/** A bar of the positive shares of the score. @returns null when there are none */
function contributionBar(contributions, words) {
	const shares = PARTS.map((part) => [part, Math.max(0, contributions[part] ?? 0)]);
	const total = shares.reduce((sum, [, share]) => sum + share, 0);
	if (total === 0) return null;
	const bar = element("div", "bar");
	bar.setAttribute("role", "img");
	const told = shares
		.filter(([, share]) => share > 0)
		.map(([part, share]) => `${words(`part_${part}`)} ${Math.round((100 * share) / total)}%`);
	bar.setAttribute("aria-label", `${words("parts")} ${told.join(", ")}`);
	bar.title = told.join(", ");
	for (const [part, share] of shares) {
		const piece = element("span", `part-${part}`);
		piece.style.flexGrow = String(share / total);
		bar.append(piece);
	}
	return bar;
}

/** What the colours of the bars mean. */
export function fillLegend(legend, words) {
	legend.replaceChildren(
		element("span", "", words("parts")),
		...PARTS.map((part) => {
			const entry = element("span", "legend-entry");
			entry.append(element("i", `part-${part}`), document.createTextNode(words(`part_${part}`)));
			return entry;
		}),
	);
}
