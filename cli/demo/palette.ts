/** Colours of the demo shop, with the words that titles use and the hex that pictures use. */
export type Colour = { readonly key: string; readonly zh: string; readonly hex: string };

export const COLOURS = {
	black: { key: "black", zh: "黑色", hex: "#34343a" },
	grey: { key: "grey", zh: "灰色", hex: "#8f9397" },
	ivory: { key: "ivory", zh: "象牙白", hex: "#f2ebdd" },
	sand: { key: "sand", zh: "沙色", hex: "#d3b78f" },
	camel: { key: "camel", zh: "驼色", hex: "#b98a56" },
	brown: { key: "brown", zh: "棕色", hex: "#7b5641" },
	terracotta: { key: "terracotta", zh: "陶土色", hex: "#c56a47" },
	mustard: { key: "mustard", zh: "芥末黄", hex: "#d6a23c" },
	lemon: { key: "lemon", zh: "柠檬黄", hex: "#ecd36a" },
	red: { key: "red", zh: "红色", hex: "#bb3a3f" },
	burgundy: { key: "burgundy", zh: "酒红色", hex: "#742f40" },
	rose: { key: "rose", zh: "玫瑰粉", hex: "#dd929b" },
	coral: { key: "coral", zh: "珊瑚色", hex: "#e5806b" },
	lilac: { key: "lilac", zh: "淡紫色", hex: "#ab96c6" },
	navy: { key: "navy", zh: "藏青色", hex: "#31446b" },
	blue: { key: "blue", zh: "蓝色", hex: "#4f7fae" },
	sky: { key: "sky", zh: "天蓝色", hex: "#9dc4db" },
	teal: { key: "teal", zh: "青色", hex: "#3f8583" },
	forest: { key: "forest", zh: "墨绿色", hex: "#3f6a51" },
	sage: { key: "sage", zh: "鼠尾草绿", hex: "#a4b89a" },
	olive: { key: "olive", zh: "橄榄绿", hex: "#7f8250" },
} as const satisfies Record<string, Colour>;
export type ColourKey = keyof typeof COLOURS;

const channels = (hex: string): [number, number, number] =>
	[1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];

/** `share` of `b` laid over `a`; both and the result are #rrggbb. */
export function mix(a: string, b: string, share: number): string {
	const [from, to] = [channels(a), channels(b)];
	const mixed = from.map((value, i) => Math.round(value + ((to[i] as number) - value) * share));
	return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** Perceived lightness in [0, 1] (Rec. 601 luma). */
export function lightnessOf(hex: string): number {
	const [red, green, blue] = channels(hex);
	return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}
