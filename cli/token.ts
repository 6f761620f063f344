import { readFileSync } from "node:fs";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * The admin token: EDGESHELF_TOKEN, else for a server on this machine the line of that name in `.dev.vars`.
 * The development token is never sent elsewhere.
 * @param devVars path of the file; it may be absent
 * @returns null when there is none
 */
export function tokenFor(address: URL, devVars: string | URL, environment: NodeJS.ProcessEnv = process.env): string | null {
	if (environment.EDGESHELF_TOKEN) return environment.EDGESHELF_TOKEN;
	if (!LOOPBACK.has(address.hostname)) return null;
	let text: string;
	try {
		text = readFileSync(devVars, "utf8");
	} catch {
		return null;
	}
	const value = /^\s*EDGESHELF_TOKEN\s*=\s*(.*?)\s*$/m.exec(text)?.[1];
	return value?.replace(/^(["'])(.*)\1$/, "$2") || null;
}

/**
 * Headers with which a service passes Cloudflare Access: CF_ACCESS_CLIENT_ID and CF_ACCESS_CLIENT_SECRET of the environment.
 * @returns none unless both are there, nor for an address without TLS
 */
export function accessHeaders({ protocol }: URL, environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
	const { CF_ACCESS_CLIENT_ID: id, CF_ACCESS_CLIENT_SECRET: secret } = environment;
	if (!id || !secret || protocol !== "https:") return {};
	return { "cf-access-client-id": id, "cf-access-client-secret": secret };
}
