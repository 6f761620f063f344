import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Pattern } from "./categories/category.ts";
import { COLOURS, type ColourKey, lightnessOf, mix } from "./palette.ts";
import { bag, hat, scarf, socks } from "./shapes/accessories.ts";
import { lipstick, nailPolish, perfume, skincare } from "./shapes/beauty.ts";
import { coat, dress, knitwear, shirt, trousers, tShirt } from "./shapes/clothing.ts";
import { boot, shoe } from "./shapes/footwear.ts";
import { candle, cushion, lamp, plantPot, wateringCan } from "./shapes/home-and-garden.ts";
import { coffee, cup, pan, plate, tea, teapot } from "./shapes/kitchen.ts";
import { backpack, blanket, bottle, tent } from "./shapes/outdoors.ts";
import { type Draw, paintOf } from "./shapes/paint.ts";
import { blocks, notebook, pen, plushToy } from "./shapes/paper-and-play.ts";

/** What a picture depends on; products that agree in all of it share one. */
export type PictureTraits = { readonly category: string; readonly form: number; readonly colour: ColourKey; readonly pattern: Pattern };

/** Drawings by category key. */
const DRAWINGS: Record<string, Draw> = {
	"t-shirts": tShirt,
	shirts: shirt,
	knitwear,
	trousers,
	dresses: dress,
	coats: coat,
	scarves: scarf,
	hats: hat,
	socks,
	shoes: shoe,
	boots: boot,
	bags: bag,
	cups: cup,
	teapots: teapot,
	tea,
	coffee,
	pans: pan,
	plates: plate,
	lipstick,
	"nail-polish": nailPolish,
	skincare,
	perfume,
	tents: tent,
	backpacks: backpack,
	bottles: bottle,
	blankets: blanket,
	notebooks: notebook,
	pens: pen,
	"plush-toys": plushToy,
	"building-blocks": blocks,
	"plant-pots": plantPot,
	"watering-cans": wateringCan,
	lamps: lamp,
	cushions: cushion,
	candles: candle,
};

export const pictureName = (traits: PictureTraits): string => `${traits.category}-${traits.form}-${traits.colour}-${traits.pattern}.svg`;

/** SVG of one product, 400 by 400, about 2 KB: a flat drawing before a soft disc. */
export function drawPicture(traits: PictureTraits): string {
	const draw = DRAWINGS[traits.category];
	if (draw === undefined) throw new Error(`no drawing for the category ${traits.category}`);
	const hex = COLOURS[traits.colour].hex;
	const paint = paintOf(hex, traits.pattern === "plain" ? hex : "url(#p)");
	// Pale products stand before a deeper ground, so that their outline shows.
	const isPale = lightnessOf(hex) > 0.76;
	const ground = isPale ? mix(hex, "#a58e76", 0.34) : mix("#f6f1e8", hex, 0.14);
	const disc = isPale ? mix(hex, "#a58e76", 0.22) : mix("#fdfaf4", hex, 0.07);
	const defs = traits.pattern === "plain" ? "" : `<defs>${patternOf(traits.pattern, hex, paint.seam)}</defs>`;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400">${defs}<rect width="400" height="400" fill="${ground}"/><circle cx="200" cy="200" r="168" fill="${disc}"/><ellipse cx="200" cy="336" rx="118" ry="11" fill="#2a211c" fill-opacity=".12"/>${draw(paint, traits.form)}</svg>\n`;
}

function patternOf(pattern: Exclude<Pattern, "plain">, base: string, mark: string): string {
	const tile = (size: number, body: string, turn = "") =>
		`<pattern id="p" width="${size}" height="${size}" patternUnits="userSpaceOnUse"${turn}><rect width="${size}" height="${size}" fill="${base}"/>${body}</pattern>`;
	switch (pattern) {
		case "stripes":
			return tile(26, `<rect width="26" height="9" fill="${mark}" fill-opacity=".75"/>`);
		case "dots":
			return tile(28, `<circle cx="7" cy="7" r="4.5" fill="${mark}"/><circle cx="21" cy="21" r="4.5" fill="${mark}"/>`);
		case "check":
			return tile(
				36,
				`<path d="M0 0H14V36H0Z" fill="${mark}" fill-opacity=".38"/><path d="M0 0V14H36V0Z" fill="${mark}" fill-opacity=".38"/><path d="M25 0V36M0 25H36" stroke="${mark}" stroke-opacity=".6" stroke-width="2"/>`,
			);
		case "sprig":
			return tile(
				44,
				`<g fill="${mark}"><circle cx="12" cy="10" r="3.4"/><circle cx="17" cy="14" r="3.4"/><circle cx="7" cy="14" r="3.4"/><circle cx="12" cy="18" r="3.4"/><ellipse cx="34" cy="34" rx="6" ry="2.6" transform="rotate(-40 34 34)"/><ellipse cx="28" cy="34" rx="6" ry="2.6" transform="rotate(40 28 34)"/></g>`,
			);
	}
}

/** Writes each picture that is not there yet and deletes those that no product has any more. @returns how many there are */
export function writePictures(directory: string, wanted: readonly PictureTraits[]): number {
	mkdirSync(directory, { recursive: true });
	const bodies = new Map(wanted.map((traits) => [pictureName(traits), traits]));
	for (const name of readdirSync(directory)) if (!bodies.has(name)) rmSync(join(directory, name));
	for (const [name, traits] of bodies) if (!existsSync(join(directory, name))) writeFileSync(join(directory, name), drawPicture(traits));
	return bodies.size;
}
