import type { Language } from "./catalogue.ts";

/** Places of the shop. All lie at `/`, told apart by the query: a static page needs no server to find them. */
export type Place =
	| { readonly page: "home" }
	| { readonly page: "category"; readonly category: string }
	| { readonly page: "department"; readonly department: string }
	| { readonly page: "product"; readonly item: string }
	| { readonly page: "search"; readonly query: string }
	| { readonly page: "cart" };

export function placeOf(query: URLSearchParams): Place {
	const value = (name: string) => query.get(name) ?? "";
	if (query.has("item")) return { page: "product", item: value("item") };
	if (query.has("category")) return { page: "category", category: value("category") };
	if (query.has("department")) return { page: "department", department: value("department") };
	if (query.has("search")) return { page: "search", query: value("search") };
	return query.has("cart") ? { page: "cart" } : { page: "home" };
}

/** @param language is part of the address where the shopper chose it */
export function addressOf(place: Place, language: Language | null): string {
	const query = new URLSearchParams();
	if (place.page === "product") query.set("item", place.item);
	if (place.page === "category") query.set("category", place.category);
	if (place.page === "department") query.set("department", place.department);
	if (place.page === "search") query.set("search", place.query);
	if (place.page === "cart") query.set("cart", "");
	if (language !== null) query.set("lang", language);
	return query.size === 0 ? "/" : `/?${query}`;
}

/** The language that an address chooses. */
export function chosenLanguage(query: URLSearchParams): Language | null {
	const told = query.get("lang");
	return told === "en" || told === "zh" ? told : null;
}
