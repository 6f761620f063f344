import { h } from "../../store/dom.ts";
import { short } from "../format.ts";
import { niceTop, svg } from "./svg.ts";

export type Series = { readonly name: string; readonly values: readonly (number | null)[] };

const WIDTH = 640;
const HEIGHT = 190;
const LEFT = 44;
const BOTTOM = 24;
const TOP = 10;
const LABELS_MAX = 8;
/** Series past these share the last colour. */
export const COLOURS = 6;

type Options = { readonly label: string; readonly x: readonly string[]; readonly format?: (n: number) => string };

/** Stacked columns, one to each place of `x`. */
export function stackedBars(series: readonly Series[], options: Options): HTMLElement {
	const totals = options.x.map((_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
	return plot(series, options, Math.max(0, ...totals), (y, stepX) => {
		const floor = options.x.map(() => 0);
		return series.flatMap(({ name, values }, s) =>
			values.flatMap((n, at) => {
				if (!n) return [];
				const from = floor[at] ?? 0;
				floor[at] = from + n;
				const title = svg("title", {}, `${options.x[at]}, ${name}: ${(options.format ?? short)(n)}`);
				const box = { x: LEFT + at * stepX + stepX * 0.12, y: y(from + n), width: stepX * 0.76, height: y(from) - y(from + n) };
				return [svg("rect", { ...box, class: colourOf(s) }, title)];
			}),
		);
	});
}

/** Lines with a dot to each value; null leaves a gap. */
export function lines(series: readonly Series[], options: Options): HTMLElement {
	const top = Math.max(0, ...series.flatMap(({ values }) => values.map((n) => n ?? 0)));
	return plot(series, options, top, (y, stepX) =>
		series.flatMap(({ name, values }, s) => {
			const points = values.flatMap((n, at) => (n === null ? [] : [{ at, n, x: LEFT + (at + 0.5) * stepX, y: y(n) }]));
			const path = points.map((p, i) => `${i > 0 && points[i - 1]?.at === p.at - 1 ? "L" : "M"}${p.x} ${p.y}`).join("");
			const dots = points.map((p) =>
				svg(
					"circle",
					{ cx: p.x, cy: p.y, r: 3, class: colourOf(s) },
					svg("title", {}, `${options.x[p.at]}, ${name}: ${(options.format ?? short)(p.n)}`),
				),
			);
			return [svg("path", { d: path, class: `line ${colourOf(s)}` }), ...dots];
		}),
	);
}

function plot(
	series: readonly Series[],
	{ label, x, format = short }: Options,
	highest: number,
	marks: (y: (n: number) => number, stepX: number) => readonly SVGElement[],
): HTMLElement {
	const top = niceTop(highest);
	const y = (n: number) => TOP + (1 - n / top) * (HEIGHT - TOP - BOTTOM);
	const stepX = (WIDTH - LEFT) / x.length;
	const every = Math.ceil(x.length / LABELS_MAX);
	const grid = [0, top / 2, top].flatMap((n) => [
		svg("line", { x1: LEFT, x2: WIDTH, y1: y(n), y2: y(n), class: "grid" }),
		svg("text", { x: LEFT - 6, y: y(n) + 4, class: "tick end" }, format(n)),
	]);
	const names = x.flatMap((name, at) =>
		at % every === 0 ? [svg("text", { x: LEFT + (at + 0.5) * stepX, y: HEIGHT - 6, class: "tick middle" }, name)] : [],
	);
	const drawing = svg(
		"svg",
		{ viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, class: "plot" },
		...grid,
		...names,
		...marks(y, stepX),
	);
	const figure = h("figure", {});
	figure.append(drawing, legend(series.map(({ name }) => name)));
	return figure;
}

function legend(names: readonly string[]): HTMLElement {
	const entry = (name: string, at: number) => {
		const item = h("li", {});
		const key = svg(
			"svg",
			{ width: 12, height: 12, "aria-hidden": "true" },
			svg("rect", { width: 12, height: 12, rx: 3, class: colourOf(at) }),
		);
		item.append(key, name);
		return item;
	};
	return h("ul", { class: "legend" }, ...names.map(entry));
}

export const colourOf = (at: number): string => `series-${Math.min(at, COLOURS - 1)}`;
