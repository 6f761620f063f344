import { type CoarseContext, REGIONS } from "../contract/context.ts";
import { localTime } from "./local-time.ts";

/** What the platform says of a request's origin; absent in tests and behind other proxies. */
type Origin = { readonly country?: string; readonly continent?: string; readonly timezone?: string };

/** ISO 3166-1 alpha-2; "XX" is the platform's word for not known, "T1" its word for Tor. */
const COUNTRY = /^(?!XX$)[A-Z]{2}$/;

/**
 * What may be known of a sender: country, region, device class, part of day, weekday, kind of referrer. Everything finer ends
 * here.
 * @param now unix seconds
 */
export function coarsen(request: Request, now: number): CoarseContext {
	const { country, continent, timezone } = (request as { readonly cf?: Origin }).cf ?? {};
	return {
		...(country !== undefined && COUNTRY.test(country) && { country }),
		region: REGIONS.find((region) => region === continent) ?? "unknown",
		device: deviceOf(request.headers.get("user-agent")),
		...localTime(timezone, now),
		referrer: referrerOf(request),
	};
}

const BOT = /bot\b|bot\/|crawl|spider|slurp|headless|lighthouse|monitor|preview|curl\/|wget\/|python|go-http|okhttp|axios|node-fetch/i;
const TABLET = /ipad|tablet|playbook|silk(?!.*mobile)|android(?!.*mobile)/i;
const MOBILE = /mobi|iphone|ipod|android/i;
const DESKTOP = /windows nt|macintosh|x11|cros/i;

function deviceOf(userAgent: string | null): CoarseContext["device"] {
	if (userAgent === null) return "unknown";
	if (BOT.test(userAgent)) return "bot";
	if (TABLET.test(userAgent)) return "tablet";
	if (MOBILE.test(userAgent)) return "mobile";
	return DESKTOP.test(userAgent) ? "desktop" : "unknown";
}

const SEARCH = /(^|\.)(google|bing|duckduckgo|yahoo|baidu|yandex|ecosia|qwant|startpage|naver|sogou|so)\.[a-z.]{2,6}$/;
const SOCIAL =
	/(^|\.)(facebook|instagram|twitter|x|t|tiktok|pinterest|reddit|youtube|linkedin|weibo|snapchat|threads|vk)\.(com|co|net|ru|it)$/;

/** Internal is what comes from this host or from the page's own origin. */
function referrerOf(request: Request): CoarseContext["referrer"] {
	const referrer = request.headers.get("referer");
	if (referrer === null) return "direct";
	const origin = request.headers.get("origin");
	// What most pages send, told without parsing an address.
	if (origin !== null && (referrer === origin || referrer.startsWith(`${origin}/`))) return "internal";
	const host = hostOf(referrer);
	if (host === null) return "unknown";
	if (host === hostOf(request.url) || host === hostOf(origin ?? "")) return "internal";
	if (SEARCH.test(host)) return "search";
	return SOCIAL.test(host) ? "social" : "other";
}

function hostOf(address: string): string | null {
	return URL.parse(address)?.hostname ?? null;
}
