type Value = string | number | boolean | null | undefined | ((event: Event) => void);
export type Child = Node | string | null | undefined | false;

/**
 * An element with its children. Functions become listeners (`onclick`), true an empty attribute; null, undefined and
 * false none.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
	tag: K,
	attributes: Readonly<Record<string, Value>> = {},
	...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[K] {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (value === null || value === undefined || value === false) continue;
		if (typeof value === "function") made.addEventListener(name.slice(2), value);
		else made.setAttribute(name, value === true ? "" : String(value));
	}
	made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
	return made;
}

/** A drawing of one or more strokes, 24 by 24, in the colour of the text. Readers do not hear of it. */
export function icon(path: string): SVGSVGElement {
	const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
	for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: 22, height: 22, "aria-hidden": "true", class: "icon" }))
		svg.setAttribute(name, String(value));
	const stroke = document.createElementNS("http://www.w3.org/2000/svg", "path");
	stroke.setAttribute("d", path);
	svg.append(stroke);
	return svg;
}
