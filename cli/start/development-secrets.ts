import { createHash, randomBytes } from "node:crypto";
import { parseEnv } from "node:util";
import { SCOPES } from "../../src/contract/errors.ts";
import { CommandFailure } from "../outcome.ts";

const HEADER = "# Random secrets of this machine alone, made by `npm start`; git leaves them out. Deployments have their own.\n";

/**
 * Adds the secrets that `.dev.vars` lacks; lines that are there stay as they are.
 * @param before the file's text, empty when there is none
 * @param random gives that many random bytes
 * @returns the file's new text; equal to `before` when nothing was missing
 * @throws CommandFailure when the admin token cannot be told from what is there
 */
export function completeSecrets(before: string, random: (bytes: number) => Buffer = randomBytes): string {
	const has = parseEnv(before);
	const added: string[] = [];
	const key256 = () => random(32).toString("base64");
	// Single quotes keep the double quotes of JSON; none of these values holds a single quote.
	const add = (name: string, value: string) => added.push(`${name}='${value}'\n`);

	if (!has.SIGNING_KEY) add("SIGNING_KEY", key256());
	if (!has.LOG_KEYS) add("LOG_KEYS", JSON.stringify({ current: "k1", keys: { k1: key256() } }));
	if (!has.ADMIN_TOKENS) {
		const token = has.EDGESHELF_TOKEN ?? random(32).toString("base64url");
		const sha256 = createHash("sha256").update(token).digest("hex");
		add("ADMIN_TOKENS", JSON.stringify([{ name: "development", sha256, scopes: SCOPES }]));
		if (!has.EDGESHELF_TOKEN) add("EDGESHELF_TOKEN", token);
	} else if (!has.EDGESHELF_TOKEN) {
		throw new CommandFailure(
			".dev.vars has ADMIN_TOKENS, of which only hashes can be read: add a line EDGESHELF_TOKEN=... with one of these tokens, or delete ADMIN_TOKENS",
		);
	}
	if (added.length === 0) return before;
	const kept = before === "" ? HEADER : before.endsWith("\n") ? before : `${before}\n`;
	return kept + added.join("");
}
