import { ENGLISH } from "../../../client/element.ts";
import type { Reason } from "../../../client/index.ts";

const DEPARTMENTS: Readonly<Record<string, string>> = {
	clothing: "Clothing",
	footwear: "Shoes & bags",
	kitchen: "Kitchen",
	beauty: "Beauty",
	outdoors: "Outdoors",
	stationery: "Stationery",
	toys: "Toys",
	garden: "Garden",
	home: "Home",
};
const SEASONS: Readonly<Record<string, string>> = {
	spring: "for spring",
	summer: "for summer",
	autumn: "for autumn",
	winter: "for winter",
	"all year": "for every season",
};
const STYLES: Readonly<Record<string, string>> = {
	classic: "Made to be kept.",
	minimal: "Nothing on it that need not be there.",
	playful: "It does not take itself too seriously.",
	rustic: "Honest and a little rough, as it should be.",
	sporty: "Ready when you are.",
};
const PATTERNS: Readonly<Record<string, string>> = {
	plain: "plain",
	stripes: "striped",
	dots: "dotted",
	check: "checked",
	sprig: "with a sprig print",
};

export const EN = {
	shop: "Edgeshelf",
	tagline: "demo shop",
	skip: "Skip to content",
	search: "Search",
	searchHint: "What are you looking for?",
	departments: "Departments",
	department: (key: string) => DEPARTMENTS[key] ?? key,
	cart: "Cart",
	otherLanguage: "中文",
	home: "Home",
	breadcrumb: "You are here",
	footer: "Invented products, drawn by a program. Nothing here can be bought.",
	apiDocs: "API",

	heroTitle: "Good things, and the ones that go with them",
	heroText: "A shop that learns from what you look at now, beside you at the network's edge, and does not need to know who you are.",
	heroAction: "Shop clothing",
	heroSecond: "For the home",
	forYou: "For you",
	trending: "Trending now",
	trendingIn: (category: string) => `Trending in ${category.toLowerCase()}`,
	fresh: "New in",
	recent: "You looked at",
	categories: "Shop by category",
	productsIn: (count: number) => `${count} ${count === 1 ? "product" : "products"}`,

	colour: "Colour",
	size: "Size",
	material: "Material",
	brand: "Brand",
	category: "Category",
	price: "Price",
	details: "Details",
	pattern: "Pattern",
	patternOf: (pattern: string) => PATTERNS[pattern] ?? pattern,
	tale: (form: string, material: string, pattern: string, style: string, season: string) =>
		`${form} in ${material.toLowerCase()}${pattern === "plain" ? "" : `, ${PATTERNS[pattern]}`}, ${SEASONS[season] ?? ""}. ${STYLES[style] ?? ""}`,
	inStock: "In stock",
	lastPieces: (count: number) => `Only ${count} left`,
	soldOut: "Sold out",
	addToCart: "Add to cart",
	added: "Added to your cart",
	toCart: "View cart",
	boughtTogether: "Bought together",
	similar: "More like this",
	colours: (count: number) => `${count} colours`,
	sizes: (count: number) => `${count} sizes`,
	noProduct: "This product is not in the shop",
	noProductText: "It may have been taken out. Here is what others like.",

	cartTitle: "Your cart",
	cartEmpty: "Your cart is empty",
	cartEmptyText: "What you add is kept in this browser only.",
	goesWithCart: "Goes with what is in your cart",
	pieces: "Pieces",
	remove: "Remove",
	removeTitled: (title: string) => `Remove ${title}`,
	piecesOf: (title: string) => `Pieces of ${title}`,
	total: "Total",
	checkout: "Buy now",
	checkoutText: "This is a demonstration: nothing is charged or delivered.",
	bought: "Thank you for your order",
	boughtText: "Nothing was charged, and nothing will be delivered: this is a demonstration.",
	keepShopping: "Continue shopping",

	resultsFor: (query: string) => `Results for "${query}"`,
	noResults: (query: string) => `Nothing matches "${query}"`,
	noResultsText: "Try fewer or other words, or look at what others like.",
	searchEmpty: "Search the shop",
	searchFallback: "The search service does not answer: these are products whose titles hold your words.",
	corrected: (query: string) => `Showing results for "${query}".`,
	without: (words: string) => `No product has all of your words: these lack ${words}.`,
	suggestions: "Suggestions",
	filter: "Filter",
	filterWith: (count: number) => (count === 0 ? "Filter" : `Filter (${count})`),
	clearFilter: "Clear all",
	onlyInStock: "In stock only",
	priceBand: (from: string | null, to: string | null) =>
		from === null ? `Under ${to}` : to === null ? `${from} and more` : `${from} to ${to}`,
	noneLeft: "No product is left with these filters.",
	showMore: "Show more",

	consentTitle: "May this shop learn from your visit?",
	consentText: "If you agree, what you do here is remembered in this browser and sent to the shop without your name, account or cookie.",
	yes: "Yes, learn",
	no: "No",
	panel: "What the shop knows",
	panelText: "Everything that this page tells the server, and what it does not.",
	close: "Close",
	yourWord: "Your word",
	wordYes: "Yes: learn from this visit",
	wordNo: "No: tell the server nothing of me",
	wordYesText: "Your history goes along with each question, and what you do is sent. It is remembered in this browser.",
	wordNoText: "Nothing of you is sent or stored. The shelves are those that everybody sees.",
	wordUnsaid:
		"Not asked yet: your history goes along with questions, and the server does not keep it. Nothing is sent to be kept, nothing is stored.",
	privacyAsked:
		"Your browser asks every site not to be tracked (Global Privacy Control). Nothing of you is sent or stored, whatever you choose.",
	told: "Told to the server",
	toldText: "Newest first, since this page was loaded.",
	toldNothing: "Nothing yet.",
	toldPublic: "A list that everybody sees: nothing of you",
	toldHistory: (entries: number) => `A question, with ${entries} ${entries === 1 ? "entry" : "entries"} of your history: read, not kept`,
	toldNoHistory: "A question without history",
	toldEvents: (types: string) => `To be kept: ${types}`,
	event: (type: string) =>
		({
			impression: "seen",
			view: "viewed",
			click: "clicked",
			cart: "put into the cart",
			uncart: "taken out of the cart",
			purchase: "bought",
			search: "searched",
			dismiss: "dismissed",
		})[type] ?? type,
	bytes: (count: number) => `${count} bytes`,
	notTold: "Not told",
	notToldList: [
		"Your name, address or account: there is none",
		"Cookies: none are set or sent",
		"Who you were yesterday: the visit's random number ends after half an hour without use, and its hash is remade each day",
		"Your network address and browser: read at the door for country and kind of device, then dropped",
		"The words you type, unless they are words of the catalogue",
	],
	history: "Your history",
	historyText: "It lives in this browser. The server keeps none of it.",
	historyNone: "Nothing yet. Look at a product, and the shelves follow.",
	forget: "Forget it all",
	dismissedTitle: "Not shown again",
	showAgain: "Show again",
	showAgainTitled: (title: string) => `Show ${title} again`,
	portrait: "What your history says",
	portraitText: "Drawn by the server when you open this, and kept nowhere.",
	portraitNone: "Not enough to tell.",
	sure: (share: number) => `${Math.round(share * 100)}% sure`,

	shelf: {
		...ENGLISH,
		reason(reason: Reason, titleOf: (id: string) => string | undefined): string | null {
			const title = "item" in reason ? titleOf(reason.item) : undefined;
			switch (reason.kind) {
				case "because":
					return title === undefined ? "Picked for you" : `Because you viewed ${title}`;
				case "searched":
					return `You searched for ${reason.query}`;
				case "personal":
					return "Picked for you";
				case "similar":
					return title === undefined ? "Similar" : `Like ${title}`;
				case "bought-together":
					return title === undefined ? "Often bought together" : `Often bought with ${title}`;
				case "trending":
					return "Trending";
				case "new":
					return "New in";
				case "popular":
					return "Popular";
				case "viewed":
					return "You looked at it";
				case "bought":
					return "You bought it";
				case "rule":
					return "Our pick";
			}
		},
	},
};

export type Words = typeof EN;
