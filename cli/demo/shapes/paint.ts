import { lightnessOf, mix } from "../palette.ts";

/** The colours one picture is drawn with; all are SVG fills. */
export type Paint = {
	/** The product's colour, or its pattern where it has one. */
	readonly fill: string;
	readonly base: string;
	readonly light: string;
	readonly dark: string;
	readonly deep: string;
	/** Colour of seams, laces, ribs: stands out from `base`. */
	readonly seam: string;
	readonly cream: string;
	readonly wood: string;
	readonly metal: string;
	readonly leaf: string;
};

/** Draws one product on a canvas of 400 by 400, centre 200, ground line about 320. @returns SVG elements */
export type Draw = (paint: Paint, form: number) => string;

export function paintOf(hex: string, fill: string): Paint {
	const isLight = lightnessOf(hex) > 0.72;
	return {
		fill,
		base: hex,
		light: mix(hex, "#ffffff", 0.35),
		dark: mix(hex, "#2a2320", isLight ? 0.16 : 0.24),
		deep: mix(hex, "#221c1a", isLight ? 0.36 : 0.48),
		seam: isLight ? mix(hex, "#6b5a4a", 0.45) : mix(hex, "#fffaf0", 0.5),
		cream: "#f7f1e4",
		wood: "#b98f63",
		metal: "#c3beb4",
		leaf: "#71966a",
	};
}

/** A filled path. */
export const path = (d: string, fill: string): string => `<path d="${d}" fill="${fill}"/>`;

/** A line without fill, round ends. */
export const stroke = (d: string, colour: string, width: number, dash = ""): string =>
	`<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"${dash ? ` stroke-dasharray="${dash}"` : ""}/>`;

export const rect = (x: number, y: number, width: number, height: number, radius: number, fill: string): string =>
	`<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}"/>`;

export const circle = (x: number, y: number, radius: number, fill: string): string =>
	`<circle cx="${x}" cy="${y}" r="${radius}" fill="${fill}"/>`;

export const ellipse = (x: number, y: number, rx: number, ry: number, fill: string): string =>
	`<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}"/>`;

/** The same drawing once more, moved, scaled or turned. */
export const placed = (transform: string, body: string): string => `<g transform="${transform}">${body}</g>`;

/** Left and right halves of something symmetric about x = 200. */
export const mirrored = (body: string): string => body + placed("translate(400 0) scale(-1 1)", body);

/** Shade over a part of a patterned surface. */
export const shade = (d: string, opacity = 0.12): string => `<path d="${d}" fill="#1f1816" fill-opacity="${opacity}"/>`;

/** Light over a part of a surface. */
export const gleam = (d: string, opacity = 0.28): string => `<path d="${d}" fill="#ffffff" fill-opacity="${opacity}"/>`;
