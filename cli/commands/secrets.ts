import { randomBytes } from "node:crypto";
import { parseEnv } from "node:util";
import { parseArguments } from "../arguments.ts";
import type { Command } from "../outcome.ts";
import { completeSecrets } from "../start/development-secrets.ts";

const help = `edgeshelf secrets

Makes random secrets for a deployment and prints them as JSON for "wrangler deploy --secrets-file". The admin token is
told once, on standard error: the secrets hold only its hash. RETRAIN_WEBHOOK_KEY is what a provider's job checks a signed
webhook with; it does nothing until RETRAIN_WEBHOOK_URL is set.`;

async function run(args: readonly string[]): Promise<number> {
	parseArguments(args, {});
	const { EDGESHELF_TOKEN, ...secrets } = parseEnv(completeSecrets(""));
	console.log(JSON.stringify({ ...secrets, RETRAIN_WEBHOOK_KEY: randomBytes(32).toString("base64") }, null, 2));
	console.error(`Admin token, told this once: ${EDGESHELF_TOKEN}`);
	return 0;
}

export const secretsCommand: Command = { summary: "random secrets for a deployment", help, run };
