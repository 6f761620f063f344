import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeCatalogue } from "./catalogue.ts";
import { PATTERNS } from "./categories/category.ts";
import { CATEGORIES } from "./categories/index.ts";
import { drawPicture } from "./pictures.ts";
import { writePage } from "./write-page.ts";

let web: string;
beforeEach(() => {
	web = mkdtempSync(join(tmpdir(), "edgeshelf-web-"));
});
afterEach(() => rmSync(web, { recursive: true }));

test("every form of every category has a drawing of its own, with all tags closed and no NaN", () => {
	for (const { key, forms } of CATEGORIES) {
		const drawings = forms.map((_, form) => drawPicture({ category: key, form, colour: "teal", pattern: "plain" }));
		expect(new Set(drawings).size).toBe(forms.length);
		for (const drawing of drawings) {
			expect(drawing).not.toMatch(/NaN|undefined/);
			expect(drawing.match(/<g[ >]/g)?.length ?? 0).toBe(drawing.match(/<\/g>/g)?.length ?? 0);
		}
	}
});

test("each pattern looks another", () => {
	const drawings = PATTERNS.map((pattern) => drawPicture({ category: "cups", form: 0, colour: "blue", pattern }));
	expect(new Set(drawings).size).toBe(PATTERNS.length);
});

test("the page has a picture for every product that it lists, and no other", () => {
	writePage(web);
	const { products } = JSON.parse(readFileSync(join(web, "catalogue.json"), "utf8")) as { products: { id: string; image: string }[] };
	expect(products.map(({ id }) => id)).toEqual(makeCatalogue().map(({ product }) => product.id));
	for (const { image } of products) expect(existsSync(join(web, image))).toBe(true);
	expect(readdirSync(join(web, "pictures")).length).toBe(new Set(products.map(({ image }) => image)).size);
});

test("writing the page again touches nothing that is right and mends what is not", () => {
	writePage(web);
	const [first = "", second = ""] = readdirSync(join(web, "pictures")).map((name) => join(web, "pictures", name));
	const stray = join(web, "pictures", "stray.svg");
	const [before, text] = [statSync(first).mtimeMs, readFileSync(second, "utf8")];
	writeFileSync(stray, "");
	rmSync(second);
	writePage(web);
	expect(existsSync(stray)).toBe(false);
	expect(readFileSync(second, "utf8")).toBe(text);
	expect(statSync(first).mtimeMs).toBe(before);
});
