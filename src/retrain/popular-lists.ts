import * as v from "valibot";
import { Popular } from "../contract/release.ts";
import type { ReleasePorts, ReleaseRow } from "./ports.ts";
import { bytesOf } from "./verify-stored.ts";

/** The lists of `popular.json`; null when the file is not at hand or is none. */
export async function readPopular({ files }: Pick<ReleasePorts, "files">, release: ReleaseRow): Promise<Popular | null> {
	const stored = release.files.find(({ name }) => name === "popular.json");
	const content = stored === undefined ? null : await files.read(release.id, stored);
	if (content === null) return null;
	try {
		const parsed = v.safeParse(Popular, JSON.parse(new TextDecoder().decode(await bytesOf(content))));
		return parsed.success ? parsed.output : null;
	} catch {
		return null;
	}
}
