type Attributes = Readonly<Record<string, string | number>>;

/** An SVG element. Colours come by class: the page's policy lets no inline style in. */
export function svg(name: string, attributes: Attributes = {}, ...children: readonly (Node | string)[]): SVGElement {
	const made = document.createElementNS("http://www.w3.org/2000/svg", name);
	for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
	made.append(...children);
	return made;
}

/** The least of 1, 2, 5 times a power of ten that is at least `value`: where an axis ends. */
export function niceTop(value: number): number {
	if (value <= 0) return 1;
	const power = 10 ** Math.floor(Math.log10(value));
	return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}
