import { beforeAll, expect, test } from "vitest";
import { type AccessCheck, createAccessCheck } from "./access.ts";

const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
const TEAM = "https://shop.cloudflareaccess.com";
const AUDIENCE = "a".repeat(64);
const NOW = 1_795_168_800;

const base64url = (content: Uint8Array | string) => {
	const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
	return btoa(String.fromCharCode(...bytes))
		.replaceAll("+", "-")
		.replaceAll("/", "_")
		.replaceAll("=", "");
};
const json = (value: unknown) => base64url(JSON.stringify(value));

let ours: CryptoKeyPair;
let others: CryptoKeyPair;
let jwk: JsonWebKey;
beforeAll(async () => {
	[ours, others] = (await Promise.all([1, 2].map(() => crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"])))) as [
		CryptoKeyPair,
		CryptoKeyPair,
	];
	jwk = (await crypto.subtle.exportKey("jwk", ours.publicKey)) as JsonWebKey;
});

const CLAIMS = { iss: TEAM, aud: [AUDIENCE], exp: NOW + 60, nbf: NOW - 60, sub: "someone" };

async function assertion(claims: object = {}, header: object = {}, key = ours.privateKey): Promise<string> {
	const signed = `${json({ alg: "RS256", kid: "k1", typ: "JWT", ...header })}.${json({ ...CLAIMS, ...claims })}`;
	return `${signed}.${base64url(new Uint8Array(await crypto.subtle.sign(ALGORITHM.name, key, new TextEncoder().encode(signed))))}`;
}

/** A check over a team that publishes our key as k1. */
function check(
	fetched: string[] = [],
	answer: () => Response = () => Response.json({ keys: [{ ...jwk, kid: "k1", alg: "RS256" }] }),
): AccessCheck {
	return createAccessCheck({
		team: TEAM,
		audience: AUDIENCE,
		fetch: async (url) => {
			fetched.push(url);
			return answer();
		},
	});
}

test("an assertion that the team signed for this application opens", async () => {
	expect(await check()(await assertion(), NOW)).toBe("open");
});

test("one for another application or team, expired, not yet valid or by another key does not", async () => {
	const refused = [
		assertion({ aud: ["b".repeat(64)] }),
		assertion({ aud: undefined }),
		assertion({ iss: "https://other.cloudflareaccess.com" }),
		assertion({ exp: NOW }),
		assertion({ exp: undefined }),
		assertion({ nbf: NOW + 120 }),
		assertion({}, {}, others.privateKey),
		assertion({}, { kid: "k2" }),
	];
	for (const each of refused) expect(await check()(await each, NOW)).toBe("refused");
});

test("what is replayed after its end is refused by the check that took it before", async () => {
	const [same, token] = [check(), await assertion()];
	expect([await same(token, NOW), await same(token, NOW + 59), await same(token, NOW + 60)]).toEqual(["open", "open", "refused"]);
});

test("neither another algorithm nor a token without one is taken", async () => {
	const [head, body, signature] = (await assertion()).split(".") as [string, string, string];
	const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(jwk.n), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
	const hs256 = `${json({ alg: "HS256", kid: "k1" })}.${body}`;
	const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(hs256)));
	for (const token of [
		`${json({ alg: "none", kid: "k1" })}.${body}.`,
		`${hs256}.${base64url(mac)}`,
		`${head}.${body}.`,
		`${head}.${json({ ...CLAIMS, exp: NOW + 9999 })}.${signature}`,
		`${head}.${body}`,
		"..",
		"",
		"no token at all",
		`${base64url("null")}.${body}.${signature}`,
		`${head}.${base64url("[1]")}.${signature}`,
	])
		expect(await check()(token, NOW)).toBe("refused");
	expect(await check()(null, NOW)).toBe("refused");
});

test("keys are fetched once, anew after their time, and for an unknown key at most once a minute", async () => {
	const fetched: string[] = [];
	const same = check(fetched);
	const late = await assertion({ exp: NOW + 99_999 });
	for (let k = 0; k < 3; k++) await same(late, NOW);
	expect(fetched).toEqual([`${TEAM}/cdn-cgi/access/certs`]);
	const unknown = await assertion({ exp: NOW + 99_999 }, { kid: "k2" });
	for (const later of [1, 2, 61, 62]) await same(unknown, NOW + later);
	expect(fetched).toHaveLength(2);
	await same(late, NOW + 61 + 3600);
	expect(fetched).toHaveLength(3);
});

test("while the team's keys cannot be had the door stays shut, and the last ones are kept on", async () => {
	let broken = true;
	const same = check([], () => (broken ? new Response("no", { status: 500 }) : Response.json({ keys: [{ ...jwk, kid: "k1" }] })));
	const late = await assertion({ exp: NOW + 99_999 });
	expect(await same(late, NOW)).toBe("unavailable");
	broken = false;
	expect(await same(late, NOW + 61)).toBe("open");
	broken = true;
	expect(await same(late, NOW + 61 + 7200)).toBe("open");
});
