import * as v from "valibot";
import { MANIFEST_FILE, Manifest, requiredFiles } from "../contract/release.ts";
import { fail, ok, type Result } from "../contract/result.ts";
import type { ReleaseTerms, StoredFile } from "./ports.ts";

export type Refusal = { readonly file: string; readonly message: string };

/**
 * Reads a manifest and holds it against the files that were uploaded before it.
 * @param text  the manifest as uploaded
 * @param files as stored
 * @returns the manifest, or the first file that is missing or disagrees
 */
export async function checkManifest(
	id: string,
	text: string,
	files: readonly StoredFile[],
	{ kPairMin, epsilonMax }: ReleaseTerms,
): Promise<Result<Manifest, Refusal>> {
	const parsed = parseManifest(text);
	if (!parsed.ok) return parsed;
	const manifest = parsed.value;
	const refuse = (file: string, message: string) => fail({ file, message });
	if (manifest.id !== id) return refuse(MANIFEST_FILE, `names release ${manifest.id}`);
	for (const name of requiredFiles(manifest.items.layout))
		if (!(name in manifest.files)) return refuse(name, "is required, but the manifest does not name it");
	for (const [name, entry] of Object.entries(manifest.files)) {
		const stored = files.find((file) => file.name === name);
		if (stored === undefined) return refuse(name, "is named in the manifest, but was not uploaded");
		if (stored.bytes !== entry.bytes) return refuse(name, `has ${stored.bytes} bytes, the manifest says ${entry.bytes}`);
		if (stored.sha256 !== entry.sha256) return refuse(name, `has sha256 ${stored.sha256}, the manifest says ${entry.sha256}`);
	}
	const hash = await contentHash(manifest);
	if (!id.endsWith(`-${hash}`)) return refuse(MANIFEST_FILE, `has an id that should end in ${hash} by the content of its files`);
	if (manifest.encoder.dim !== manifest.items.dim) {
		return refuse(MANIFEST_FILE, `has an encoder of ${manifest.encoder.dim} dimensions and items of ${manifest.items.dim}`);
	}
	if (manifest.privacy.kPair !== manifest.kPair) {
		return refuse(MANIFEST_FILE, `says kPair ${manifest.kPair}, and of privacy kPair ${manifest.privacy.kPair}`);
	}
	if (manifest.kPair < kPairMin) {
		return refuse(MANIFEST_FILE, `has pairs of ${manifest.kPair} visitors or more (kPair); this shop asks for ${kPairMin} (K_PAIR_MIN)`);
	}
	if (epsilonMax !== null) {
		const { differentialPrivacy } = manifest.privacy;
		if (differentialPrivacy === null) {
			return refuse(MANIFEST_FILE, `gives no guarantee of differential privacy; this shop asks for epsilon ${epsilonMax} (DP_EPSILON_MAX)`);
		}
		if (differentialPrivacy.epsilon > epsilonMax) {
			return refuse(MANIFEST_FILE, `spent epsilon ${differentialPrivacy.epsilon}; this shop allows ${epsilonMax} (DP_EPSILON_MAX)`);
		}
	}
	return ok(manifest);
}

function parseManifest(text: string): Result<Manifest, Refusal> {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return fail({ file: MANIFEST_FILE, message: "is not JSON" });
	}
	const parsed = v.safeParse(Manifest, value, { abortEarly: true });
	if (parsed.success) return ok(parsed.output);
	const [issue] = parsed.issues;
	return fail({ file: MANIFEST_FILE, message: `${v.getDotPath(issue) ?? "as a whole"} must be ${issue.expected ?? "valid"}` });
}

/** First 10 hex digits of the SHA-256 over the lines "name sha256", sorted by name: the id's second half. */
export async function contentHash({ files }: Pick<Manifest, "files">): Promise<string> {
	const lines = Object.entries(files)
		.map(([name, { sha256 }]) => `${name} ${sha256}\n`)
		.sort();
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(lines.join("")));
	return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"))
		.join("")
		.slice(0, 10);
}
