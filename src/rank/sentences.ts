import type { SpokenLanguage } from "../contract/language.ts";
import type { HistoryEntry, Reason } from "../contract/recommendation.ts";

/** What a sentence speaks of beside its reason. */
export type Subject = {
	/** Title of the product that the reason names; null: unknown. */
	readonly title: string | null;
	/** What the history last did with that product; null: it is the one that the page shows. */
	readonly event: HistoryEntry["event"] | null;
};

type Kind = Reason["kind"];
type Of<K extends Kind> = Extract<Reason, { kind: K }>;
/** @param title as it is shown; "" unknown */
type Templates = { readonly [K in Kind]: (title: string, reason: Of<K>, event: Subject["event"]) => string };

/** Longest title within a sentence, characters. */
const TITLE_MAX = 80;

const ENGLISH: Templates = {
	because(title, _, event) {
		if (title === "") return "Because of what you viewed";
		if (event === null) return `Goes with ${title}`;
		if (event === "cart") return `Because ${title} is in your cart`;
		return `Because you ${event === "purchase" ? "bought" : "viewed"} ${title}`;
	},
	searched: (_, { query }) => `Because you searched for ${query}`,
	personal: () => "Picked for you",
	popular: () => "Popular",
	similar: (title) => `Similar to ${title || "what you viewed"}`,
	"bought-together": (title) => `Often bought ${title === "" ? "together" : `with ${title}`}`,
	trending: () => "Trending",
	new: () => "New in",
	viewed: () => "You viewed this",
	bought: () => "You bought this",
	rule: () => "Recommended by the shop",
	found: (_, { words }) => `Found by ${words.join(", ")}`,
	meaning: () => "Something like it",
};

const CHINESE: Templates = {
	because(title, _, event) {
		if (title === "") return "根据您看过的商品推荐";
		if (event === null) return `与${title}相配`;
		if (event === "cart") return `因为${title}在您的购物车中`;
		return `因为您${event === "purchase" ? "买过" : "看过"}${title}`;
	},
	searched: (_, { query }) => `因为您搜索过${query}`,
	personal: () => "为您挑选",
	popular: () => "热门",
	similar: (title) => `与${title || "您看过的商品"}相似`,
	"bought-together": (title) => (title === "" ? "经常一起购买" : `常与${title}一起购买`),
	trending: () => "正在流行",
	new: () => "新品",
	viewed: () => "您看过",
	bought: () => "您买过",
	rule: () => "本店推荐",
	found: (_, { words }) => `符合${words.join("、")}`,
	meaning: () => "意思相近",
};

const GERMAN: Templates = {
	because(title, _, event) {
		if (title === "") return "Weil Sie sich Ähnliches angesehen haben";
		if (event === null) return `Passt zu ${title}`;
		if (event === "cart") return `Weil ${title} in Ihrem Warenkorb liegt`;
		return event === "purchase" ? `Weil Sie ${title} gekauft haben` : `Weil Sie sich ${title} angesehen haben`;
	},
	searched: (_, { query }) => `Weil Sie nach ${query} gesucht haben`,
	personal: () => "Für Sie ausgewählt",
	popular: () => "Beliebt",
	similar: (title) => (title === "" ? "Ähnlich wie Angesehenes" : `Ähnlich wie ${title}`),
	"bought-together": (title) => `Oft zusammen ${title === "" ? "" : `mit ${title} `}gekauft`,
	trending: () => "Gerade im Trend",
	new: () => "Neu im Sortiment",
	viewed: () => "Von Ihnen angesehen",
	bought: () => "Von Ihnen gekauft",
	rule: () => "Vom Shop empfohlen",
	found: (_, { words }) => `Gefunden mit ${words.join(", ")}`,
	meaning: () => "Etwas Ähnliches",
};

const TEMPLATES: Readonly<Record<SpokenLanguage, Templates>> = { en: ENGLISH, zh: CHINESE, de: GERMAN };

/** A reason in words of a language: plain text, in which titles stand as the catalogue has them, not escaped. */
export function sentenceOf(reason: Reason, language: SpokenLanguage, { title, event }: Subject): string {
	const template = TEMPLATES[language][reason.kind] as (title: string, reason: Reason, event: Subject["event"]) => string;
	return template(shortened(title ?? ""), reason, event);
}

function shortened(title: string): string {
	const characters = [...title.trim()];
	return characters.length <= TITLE_MAX
		? characters.join("")
		: `${characters
				.slice(0, TITLE_MAX - 1)
				.join("")
				.trimEnd()}…`;
}
