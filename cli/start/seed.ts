import { fileURLToPath } from "node:url";
import { CatalogueReport } from "../../src/contract/product.ts";
import { PointerAnswer, ReleasesAnswer } from "../answers.ts";
import { type Client, parseAnswer } from "../client.ts";
import type { DemoProduct } from "../demo/catalogue.ts";
import { CommandFailure } from "../outcome.ts";
import { readReleaseFolder } from "../release-folder.ts";
import { uploadRelease } from "../upload-release.ts";

const DEMO_RELEASE = fileURLToPath(new URL("../../models/demo", import.meta.url));

/** The release that serves. @returns null on a state that never had one */
export async function activeRelease(client: Client): Promise<string | null> {
	return (await client.call(ReleasesAnswer, "GET", "/admin/releases")).pointer.active;
}

/**
 * Puts the demo shop in, through the routes that any shop uses: catalogue, release files, activation by an operator.
 * @returns the release's id
 * @throws CommandFailure when the server refuses a product or a file
 */
export async function seedDemo(client: Client, catalogue: readonly DemoProduct[]): Promise<string> {
	const body = catalogue.map(({ product }) => `${JSON.stringify(product)}\n`).join("");
	const { bytes } = await client.send("PUT", "/admin/catalogue", { body, type: "application/x-ndjson" });
	const { rejected } = parseAnswer(CatalogueReport, "PUT /admin/catalogue", bytes);
	const bad = rejected[0];
	if (bad !== undefined) throw new CommandFailure(`the demo product ${bad.id} was refused: ${bad.path} ${bad.message}`);

	const release = readReleaseFolder(DEMO_RELEASE);
	await uploadRelease(client, release, () => undefined);
	await client.call(PointerAnswer, "POST", `/admin/releases/${release.id}/activate`, { by: "operator" }, { idempotent: true });
	return release.id;
}
