import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { ERROR_CODES } from "../src/contract/errors.ts";
import { ROUTES, type RouteDescription } from "../src/contract/routes.ts";

/** Checks that JSON Schema cannot tell (such as "exactly one of") are left out of the document, not out of the server. */
const schemaOf = (schema: v.GenericSchema, typeMode: "input" | "output") => {
	const { $schema, ...rest } = toJsonSchema(schema, { target: "draft-2020-12", typeMode, errorMode: "ignore" });
	return rest;
};

const ERROR_ANSWER = {
	description: "The error envelope",
	content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
};

/** OpenAPI 3.1 document of all routes; request schemas tell what may be sent, answers what comes back. */
export function openApiDocument() {
	const paths: Record<string, Record<string, unknown>> = {};
	for (const route of ROUTES) {
		paths[route.path] ??= {};
		(paths[route.path] as Record<string, unknown>)[route.method] = operationOf(route);
	}
	return {
		openapi: "3.1.0",
		info: { title: "Edgeshelf", version: "1", description: "Recommendation and search for an online shop, at the CDN's edge." },
		paths,
		components: {
			securitySchemes: { token: { type: "http", scheme: "bearer" } },
			schemas: {
				Error: {
					type: "object",
					required: ["error"],
					properties: {
						error: {
							type: "object",
							required: ["code", "message", "requestId"],
							properties: {
								code: { enum: ERROR_CODES },
								message: { type: "string" },
								path: { type: "string" },
								requestId: { type: "string" },
							},
						},
					},
				},
			},
		},
	};
}

function operationOf(route: RouteDescription) {
	const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
		name,
		in: "path",
		required: true,
		schema: { type: "string" },
	}));
	return {
		summary: route.summary,
		...(route.scopes && { security: [{ token: [] }], description: `Scope: ${route.scopes.join(" or ")}.` }),
		parameters: [...inPath, ...queryParametersOf(route)],
		...(route.body && {
			requestBody: {
				required: true,
				content: Object.fromEntries(
					route.body.types.map((type) => [
						type,
						route.body && "schema" in route.body ? { schema: schemaOf(route.body.schema, "input") } : {},
					]),
				),
			},
		}),
		responses: {
			...Object.fromEntries(
				Object.entries(route.answers).map(([status, answer]) => [
					status,
					{
						description: answer.description,
						...(answer.schema && { content: { "application/json": { schema: schemaOf(answer.schema, "output") } } }),
						...(answer.type && { content: { [answer.type]: {} } }),
					},
				]),
			),
			default: ERROR_ANSWER,
		},
	};
}

function queryParametersOf(route: RouteDescription) {
	if (route.query === undefined) return [];
	const { properties = {}, required = [] } = schemaOf(route.query, "input");
	return Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: required.includes(name), schema }));
}
