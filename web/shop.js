import { asksForPrivacy, popularIn, recommend, tell } from "./api.js";
import { fillLegend, fillShelf, priceOf, shortTitleOf, titleOf } from "./cards.js";
import { forget, historyEntries, remember } from "./visit.js";
import { wordsOf } from "./words.js";

const FOR_YOU_LIMIT = 12;
const BECAUSE_LIMIT = 4;
const POPULAR_LIMIT = 6;
/** Pictures in the history strip. */
const STRIP_MAX = 24;
const FIRST_CATEGORY = "Shoes";

const $ = (id) => document.getElementById(id);
const catalogue = await (await fetch("/catalogue.json")).json();
const products = new Map(catalogue.products.map((product) => [product.id, product]));
const productOf = (id) => products.get(id);

let language = navigator.language.startsWith("zh") ? "zh" : "en";
let words = wordsOf(language);
let category = FIRST_CATEGORY;
/** The newest answer of each shelf, to be shown again in another language. */
const answers = { forYou: null, because: null, popular: null };
let asking = new AbortController();

/** The product that the page shows: the last one viewed. */
const shown = () => productOf(historyEntries().findLast(({ event }) => event === "view")?.item);
const consents = () => $("consent").checked;

/** Opens a product from a shelf: the history grows and all shelves follow. */
function openFrom(surface, answer) {
	return (product, position) => {
		const common = {
			item: product.id,
			surface,
			recommendationId: answer.recommendationId,
			value: product.price,
			currency: product.currency,
		};
		tell(consents(), [
			{ ...common, type: "click", position },
			{ ...common, type: "view" },
		]);
		open(product);
	};
}

function open(product) {
	remember(product.id, "view");
	category = product.category;
	$("basket").disabled = false;
	void refresh();
	if ($("because").getBoundingClientRect().top < 0) scrollTo({ top: 0, behavior: "smooth" });
}

/** Asks for all shelves anew; an older question that is still under way is dropped. */
async function refresh() {
	asking.abort();
	asking = new AbortController();
	const { signal } = asking;
	showFrame();
	const history = historyEntries();
	const product = shown();
	const seen = [...new Set(history.map(({ item }) => item))];
	const ask = async (name, question) => {
		try {
			answers[name] = await question;
			if (!signal.aborted) showShelf(name);
		} catch (thrown) {
			if (!signal.aborted) showFailure(name);
			if (thrown.name !== "AbortError") console.warn(thrown.message);
		}
	};
	await Promise.all([
		ask("forYou", recommend({ history, surface: "home", limit: FOR_YOU_LIMIT }, signal)),
		product && ask("because", recommend({ item: product.id, surface: "product", limit: BECAUSE_LIMIT, exclude: seen }, signal)),
		ask("popular", popularIn(category, POPULAR_LIMIT, signal)),
	]);
}

const SHELVES = { forYou: ["for-you-cards", "home"], because: ["because-cards", "product"], popular: ["popular-cards", "category"] };

function showShelf(name) {
	const [id, surface] = SHELVES[name];
	const answer = answers[name];
	if (answer === null) return;
	fillShelf($(id), answer.items, { productOf, language, words, open: openFrom(surface, answer) });
	if (name !== "forYou") return;
	const { source, milliseconds, release } = answer;
	$("told").textContent = words("told", { source, milliseconds, release: release ?? words("noRelease") });
	$("told").dataset.source = source;
	$("legend").hidden = !answer.items.some(({ contributions }) => contributions !== undefined);
}

function showFailure(name) {
	answers[name] = null;
	const note = document.createElement("li");
	note.className = "empty";
	note.textContent = words("failed");
	$(SHELVES[name][0]).replaceChildren(note);
}

/** Everything that does not wait for the API: history, the product in view, the page's words. */
function showFrame() {
	const viewed = historyEntries().filter(({ event }) => event === "view");
	$("history").replaceChildren(...viewed.slice(-STRIP_MAX).reverse().map(stripEntry));
	$("history-empty").hidden = viewed.length > 0;
	$("clear").hidden = viewed.length === 0;
	$("category").value = category;

	const product = shown();
	$("because").hidden = product === undefined;
	if (product === undefined) return;
	$("spotlight-image").src = product.image;
	$("spotlight-brand").textContent = product.brand;
	$("spotlight-title").textContent =
		language === "zh" ? shortTitleOf(product, "zh") : titleOf(product, "en").slice(product.brand.length + 1);
	$("spotlight-price").textContent = priceOf(product, language);
	$("basket").textContent = words($("basket").disabled ? "added" : "addToBasket");
	$("because-title").textContent = words("becauseOf", { title: shortTitleOf(product, language) });
}

function stripEntry({ item }) {
	const entry = document.createElement("li");
	const product = productOf(item);
	if (product === undefined) return entry;
	const button = document.createElement("button");
	button.type = "button";
	button.title = titleOf(product, language);
	const image = document.createElement("img");
	Object.assign(image, { src: product.image, alt: titleOf(product, language), width: 64, height: 64 });
	button.append(image);
	button.onclick = () => open(product);
	entry.append(button);
	return entry;
}

function speak(chosen) {
	language = chosen;
	words = wordsOf(language);
	document.documentElement.lang = language;
	for (const marked of document.querySelectorAll("[data-word]")) marked.textContent = words(marked.dataset.word);
	for (const button of document.querySelectorAll("[data-language]"))
		button.setAttribute("aria-pressed", String(button.dataset.language === language));
	if (asksForPrivacy()) $("consent").nextElementSibling.textContent = words("consentRefused");
	$("category").replaceChildren(...catalogue.categories.map(({ en, zh }) => new Option(language === "zh" ? zh : en, en)));
	fillLegend($("legend"), words);
	showFrame();
	for (const name of Object.keys(SHELVES)) showShelf(name);
}

for (const button of document.querySelectorAll("[data-language]")) button.addEventListener("click", () => speak(button.dataset.language));
$("consent").disabled = asksForPrivacy();
$("clear").addEventListener("click", () => {
	forget();
	category = FIRST_CATEGORY;
	answers.because = null;
	void refresh();
});
$("category").addEventListener("change", () => {
	category = $("category").value;
	void refresh();
});
$("basket").addEventListener("click", () => {
	const product = shown();
	if (product === undefined) return;
	remember(product.id, "cart");
	tell(consents(), [{ type: "cart", item: product.id, surface: "product", quantity: 1, value: product.price, currency: product.currency }]);
	$("basket").disabled = true;
	void refresh();
});

speak(language);
const asked = productOf(new URLSearchParams(location.search).get("item"));
if (asked !== undefined && shown()?.id !== asked.id) open(asked);
else void refresh();
