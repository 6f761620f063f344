import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { createSSRApp } from "vue";
import { renderToString } from "vue/server-renderer";
import { popularOffers, shelfHtml } from "./edge.ts";
import { ForYou as ReactForYou } from "./react.tsx";
import { ForYou as VueForYou } from "./vue.ts";

const OFFERS = [{ id: "b", title: "Boots & <more>", href: "/?item=b" }];
const FALLBACK = /<edge-shelf [^>]*heading="For you"[^>]*>.*<a href="\/\?item=b">Boots &amp; &lt;more&gt;<\/a>.*<\/edge-shelf>/;

test("React and Vue render the shelf with what the server knew inside it", async () => {
	expect(renderToStaticMarkup(createElement(ReactForYou, { offers: OFFERS }))).toMatch(FALLBACK);
	expect(await renderToString(createSSRApp(VueForYou, { offers: OFFERS }))).toMatch(FALLBACK);
});

test("the edge writes what is popular, escaped, and an empty shelf where nothing answers", async () => {
	const asked: string[] = [];
	const ask = async (address: string | URL | Request) => {
		asked.push(String(address));
		return Response.json({ items: [{ id: "b" }, { id: "unknown" }] });
	};
	const offerOf = (id: string) => OFFERS.find((offer) => offer.id === id);
	const offers = await popularOffers("https://edge.example", "Shoes", offerOf, ask as typeof fetch);
	expect(asked).toEqual(["https://edge.example/v1/recommendations?surface=category&category=Shoes&limit=10"]);
	expect(shelfHtml('Shoes "n" boots', offers)).toBe(
		'<edge-shelf surface="category" category="Shoes &#34;n&#34; boots" heading="Shoes &#34;n&#34; boots"><ul><li><a href="/?item=b">Boots &#38; &#60;more&#62;</a></li></ul></edge-shelf>',
	);
	const broken = (async () => Promise.reject(new TypeError("down"))) as typeof fetch;
	expect(await popularOffers("https://edge.example", "Shoes", offerOf, broken)).toEqual([]);
});
