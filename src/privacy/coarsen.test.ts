import { expect, test } from "vitest";
import { coarsen } from "./coarsen.ts";

/** Friday 2026-11-20 23:30:00 UTC. */
const NOW = 1_795_217_400;

const request = (headers: Record<string, string>, cf?: object) =>
	Object.assign(new Request("https://api.shop.example/v1/recommendations", { headers }), { cf });

test.each([
	["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "desktop"],
	["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15", "desktop"],
	["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "desktop"],
	["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1", "mobile"],
	["Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "mobile"],
	["Mozilla/5.0 (Linux; Android 15; SM-X910) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "tablet"],
	["Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "tablet"],
	["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"],
	["curl/8.5.0", "bot"],
	["something else", "unknown"],
	[null, "unknown"],
])("device of %s is %s", (userAgent, device) => {
	expect(coarsen(request(userAgent === null ? {} : { "user-agent": userAgent }), NOW).device).toBe(device);
});

test.each([
	["Asia/Shanghai", "morning", "sat"],
	["Europe/Berlin", "night", "sat"],
	["UTC", "evening", "fri"],
	["America/Los_Angeles", "afternoon", "fri"],
	["Nowhere/Land", "unknown", "unknown"],
	[undefined, "unknown", "unknown"],
])("in %s it is %s, %s", (timezone, daypart, weekday) => {
	expect(coarsen(request({}, { timezone }), NOW)).toMatchObject({ daypart, weekday });
});

test.each([
	["EU", "EU"],
	["AN", "AN"],
	["T1", "unknown"],
	[undefined, "unknown"],
])("continent %s is region %s", (continent, region) => {
	expect(coarsen(request({}, { continent }), NOW).region).toBe(region);
});

test.each([
	[null, "direct"],
	["https://api.shop.example/makeup", "internal"],
	["https://shop.example/makeup", "internal"],
	["https://www.google.co.uk/search?q=lipstick", "search"],
	["https://duckduckgo.com/", "search"],
	["https://l.instagram.com/", "social"],
	["https://t.co/abc", "social"],
	["https://notgoogle.example/", "other"],
	["https://netflix.com/", "other"],
	["not an address", "unknown"],
])("a visit from %s is %s", (referer, referrer) => {
	const headers: Record<string, string> = { origin: "https://shop.example" };
	if (referer !== null) headers.referer = referer;
	expect(coarsen(request(headers), NOW).referrer).toBe(referrer);
});

test("nothing but the coarse features comes out", () => {
	const seen = coarsen(
		request({ "user-agent": "Mozilla/5.0 (Windows NT 10.0)", "cf-connecting-ip": "192.0.2.7" }, { continent: "EU", city: "Berlin" }),
		NOW,
	);
	expect(Object.keys(seen).sort()).toEqual(["daypart", "device", "referrer", "region", "weekday"]);
});
