import { toJsonSchema } from "@valibot/to-json-schema";
import { openApiDocument } from "../../cli/openapi.ts";
import { ShopEvent } from "../../src/contract/event.ts";
import { type Schema, sampleOf } from "../../test/fixtures/sample-request.ts";

/** One planted value: `text` as a person would give it, and the same fitted to fields of plain names and of ids. */
export type Planted = { readonly name: string; readonly text: string; readonly label: string; readonly id: string };

/** What an operator writes into fields that exist to hold an operator's words; all else is planted. */
export const OPERATOR_TEXT: Readonly<Record<string, readonly string[]>> = {
	"PUT /admin/catalogue": ["every field: products are published as they are sent"],
	"PUT /admin/releases/{id}/{file}": ["the body: files of a release"],
	"PUT /admin/rules/{id}": ["{id}", "surface", "note", "items"],
	"PUT /admin/synonyms": ["phrases"],
	"POST /admin/runs/claim": ["worker"],
	"POST /admin/runs/{id}/heartbeat": ["stage"],
	"POST /admin/runs/{id}/fail": ["message"],
};

type Operation = {
	readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
	readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
};
/** A request of a route, which is named by method and path as in the document. */
export type Sent<Body = string> = { readonly route: string; readonly method: string; readonly path: string; readonly body: Body | null };

const EVENT = toJsonSchema(ShopEvent.pipe[0], { target: "draft-2020-12", typeMode: "input", errorMode: "ignore" }) as Schema;

/** Every text of a body, as the path to it. */
function textsOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
	if (typeof value === "string") return [path];
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([key, each]) => textsOf(each, [...path, Array.isArray(value) ? Number(key) : key]));
}

function withValue(value: unknown, path: readonly (string | number)[], text: unknown): unknown {
	const [key, ...rest] = path;
	if (key === undefined) return text;
	const copy: Record<string | number, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...(value as object) };
	(copy as Record<string | number, unknown>)[key] = withValue((value as Record<string | number, unknown>)[key], rest, text);
	return copy;
}

/** Events come with a pseudonym and without: the one kind is sealed at the door, the other is not. */
function variantsOf(body: unknown): readonly unknown[] {
	if (typeof body !== "object" || body === null || !("pseudonym" in body)) return [body];
	const { pseudonym, ...rest } = body;
	return [rest, body];
}

let events = 0;
/** Plain values that each route takes. */
function plainValue(path: readonly string[], schema: Schema): unknown {
	const name = path.findLast((part) => !/^\d+$/.test(part)) ?? "";
	if (name === "events") return [sampleOf(EVENT, plainValue)];
	if (name === "at") return Math.floor(Date.now() / 1000);
	if (name === "consent" || name === "excludeSeen") return true;
	// Exactly one of item and query: the item stays.
	if (name === "query" && path.includes("history")) return Symbol.for("nothing");
	if (name === "limit") return schema.type === "string" ? "3" : 3;
	if (name === "filter") return {};
	if (name === "action") return { kind: "pin", items: ["lip-1"], place: 1 };
	if (name === "synonyms") return [{ kind: "group", phrases: ["lip", "mouth"] }];
	if (name === "version") return Symbol.for("nothing");
	if (name === "from" || name === "until") return Symbol.for("nothing");
	if (schema.type !== "string" || schema.enum !== undefined || schema.const !== undefined) return undefined;
	if (name === "id" && path.length === 1) return `planted-event-${String(++events).padStart(10, "0")}`;
	if (name === "currency") return "EUR";
	if (name === "surface") return "home";
	if (name === "query" || name === "q") return "red polish";
	if (name === "release" || name === "baselineRelease") return "20260101T000000Z-0123456789";
	return "lip-1";
}

/** JSON without what was marked as nothing. */
const bodyOf = (value: unknown) => JSON.stringify(value, (_, each: unknown) => (typeof each === "symbol" ? undefined : each));

/** Spellings of a planted value: as it is, and fitted to the patterns of plain names, of ids and of numbers in JSON. */
const spellings = ({ text, label, id }: Planted) => [text, label, id];

const pathsOfDocument = () => openApiDocument().paths as unknown as Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** Every route of the document, "GET /v1/new". */
export const routesOfDocument = (): string[] =>
	Object.entries(pathsOfDocument()).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));

/** Requests of every route with every planted value in every text, parameter and path, and beside the known fields. */
export function* plantedRequests(planted: readonly Planted[]): Generator<Sent> {
	for (const [path, methods] of Object.entries(pathsOfDocument())) {
		for (const [lower, operation] of Object.entries(methods)) {
			const method = lower.toUpperCase();
			const route = `${method} ${path}`;
			const exempt = OPERATOR_TEXT[route] ?? [];
			const schema = operation.requestBody?.content["application/json"]?.schema;
			const whole = schema === undefined ? null : sampleOf(schema, plainValue);
			const query = operation.parameters.filter((parameter) => parameter.in === "query");
			const plainPath = path.replaceAll(/\{(\w+)\}/g, (_, name) => (name === "shelf" ? "similar" : "lip-1"));
			for (const plain of variantsOf(whole)) {
				yield { route, method, path: plainPath, body: plain === null ? null : bodyOf(plain) };
				for (const value of planted) {
					for (const spelling of spellings(value)) {
						const encoded = encodeURIComponent(spelling);
						if (path.includes("{") && !exempt.includes("{id}"))
							yield { route, method, path: path.replaceAll(/\{\w+\}/g, encoded), body: plain === null ? null : bodyOf(plain) };
						for (const { name } of query) yield { route, method, path: `${plainPath}?${name}=${encoded}`, body: null };
						yield { route, method, path: `${plainPath}?unknown=${encoded}`, body: plain === null ? null : bodyOf(plain) };
						if (plain === null) continue;
						yield { route, method, path: plainPath, body: bodyOf({ ...(plain as object), unknown: spelling }) };
						yield { route, method, path: plainPath, body: `${spelling}{` };
						for (const place of textsOf(plain)) {
							if (place.some((part) => exempt.includes(String(part)))) continue;
							yield { route, method, path: plainPath, body: bodyOf(withValue(plain, place, spelling)) };
						}
					}
				}
			}
		}
	}
}
