import { Hono } from "hono";
import { html, raw } from "hono/html";
import { ROUTES, type RouteDescription } from "../contract/routes.ts";
import type { AppEnv } from "./app-env.ts";
import document from "./openapi.generated.json";

/** Made once, and not before somebody asks: every cold start would pay for it. */
function once<T>(make: () => T): () => T {
	let made: { readonly value: T } | null = null;
	return () => {
		made ??= { value: make() };
		return made.value;
	};
}

const documentText = once(() => JSON.stringify(document));

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2024; background: #fff }
h2 { font-size: 1rem; margin: 2.5rem 0 .25rem } code, pre { font: 14px/1.45 ui-monospace, monospace }
pre { background: #f4f5f7; padding: .75rem 1rem; overflow: auto; border-radius: 6px } summary { cursor: pointer; color: #44505c }
b { display: inline-block; min-width: 4.5rem; color: #0b6b4f }
@media (prefers-color-scheme: dark) { body { color: #e6e8ea; background: #14171a } pre { background: #1e2327 } summary { color: #a9b4bf } b { color: #5fd0a8 } }`;

const schemaBlock = (title: string, schema: unknown) =>
	html`<details><summary>${title}</summary><pre>${JSON.stringify(schema, null, 2)}</pre></details>`;

function section(route: RouteDescription) {
	const operation = (document.paths as Record<string, Record<string, { requestBody?: { content: object }; responses: object }>>)[
		route.path
	]?.[route.method];
	return html`<section><h2><b>${route.method.toUpperCase()}</b> <code>${route.path}</code></h2>
<p>${route.summary}${route.scopes ? html` <em>Token with scope ${route.scopes.join(" or ")}.</em>` : ""}</p>
${operation?.requestBody ? schemaBlock("Request", Object.values(operation.requestBody.content)[0]) : ""}${schemaBlock("Answers", operation?.responses)}</section>`;
}

const page = once(
	() => html`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Edgeshelf API</title><style>${raw(STYLE)}</style>
<h1>Edgeshelf API</h1><p>The same as data: <a href="/openapi.json">/openapi.json</a>, OpenAPI 3.1.</p>${ROUTES.map(section)}</html>`,
);

/** `GET /openapi.json` and `GET /docs`. */
export function docsRoutes(): Hono<AppEnv> {
	return new Hono<AppEnv>()
		.get("/openapi.json", (c) =>
			c.body(documentText(), 200, { "content-type": "application/json", "cache-control": "public, max-age=300" }),
		)
		.get("/docs", async (c) => {
			c.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
			c.header("cache-control", "public, max-age=300");
			return c.html(await page());
		});
}
