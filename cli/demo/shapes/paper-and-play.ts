import { circle, type Draw, ellipse, mirrored, path, placed, rect, shade, stroke } from "./paint.ts";

export const notebook: Draw = (p, form) => {
	if (form === 1) {
		const rings = Array.from(
			{ length: 10 },
			(_, i) =>
				circle(122, 98 + i * 23, 4.5, p.deep) +
				stroke(`M122 ${98 + i * 23}C96 ${88 + i * 23} 96 ${108 + i * 23} 112 ${104 + i * 23}`, p.metal, 5),
		).join("");
		return `${rect(118, 84, 178, 244, 8, p.cream)}${rect(108, 78, 182, 244, 8, p.fill)}${rect(152, 130, 104, 54, 6, p.cream)}${stroke("M168 150H240M168 166H216", p.dark, 4)}${rings}`;
	}
	if (form === 2) {
		return `${placed("rotate(7 200 200)", rect(116, 80, 176, 240, 10, p.dark) + rect(122, 84, 166, 232, 6, p.cream))}${placed("rotate(-4 200 200)", rect(108, 78, 176, 242, 12, p.fill) + rect(108, 78, 30, 242, 12, p.dark) + stroke("M123 96V304", p.seam, 3, "8 7") + rect(160, 128, 96, 44, 4, p.cream) + stroke("M174 150H240", p.dark, 4))}`;
	}
	return `${rect(112, 82, 188, 246, 10, p.deep)}${rect(118, 86, 180, 234, 6, p.cream)}${rect(104, 76, 188, 246, 10, p.fill)}${shade("M104 86C104 80 108 76 114 76H130V322H114C108 322 104 318 104 312Z", 0.2)}${rect(254, 72, 13, 254, 4, p.deep)}${path("M160 322H180V350L170 340L160 350Z", p.deep)}`;
};

export const pen: Draw = (p, form) => {
	if (form === 2) {
		const pencil = (fill: string) =>
			`${rect(-11, -110, 22, 160, 2, fill)}${rect(-11, -136, 22, 18, 6, "#d98c8c")}${rect(-11, -122, 22, 14, 0, p.metal)}${path("M-11 50H11L0 88Z", "#e8cfa6")}${path("M-4 74H4L0 88Z", p.deep)}${path("M-4 -108H4V50H-4Z", "#ffffff30")}`;
		return `${placed("translate(140 222) rotate(14)", pencil(p.base))}${placed("translate(200 214)", pencil(p.light))}${placed("translate(260 222) rotate(-14)", pencil(p.dark))}`;
	}
	const barrel =
		form === 1
			? `${rect(-17, -132, 34, 92, 12, p.dark)}${rect(-17, -44, 34, 8, 0, p.metal)}${rect(-16, -36, 32, 126, 6, p.fill)}${path("M-16 88H16L5 126H-5Z", p.metal)}${rect(-3, 124, 6, 12, 3, p.deep)}${rect(13, -126, 9, 70, 4, p.metal)}`
			: `${path("M-18 -128C-18 -142 18 -142 18 -128V-26H-18Z", p.fill)}${rect(-19, -34, 38, 12, 2, "#d8b778")}${path("M-16 -22H16L13 66H-13Z", p.dark)}${path("M-12 66H12L6 108L0 134L-6 108Z", "#d8b778")}${stroke("M0 92V128", p.deep, 2.5)}${circle(0, 92, 3.5, p.deep)}${rect(12, -118, 9, 76, 4, "#d8b778")}`;
	return `${stroke("M84 318C120 296 140 330 168 312C190 298 206 322 224 314", p.deep, 4)}${placed("translate(226 184) rotate(38) scale(1.12)", barrel)}`;
};

export const plushToy: Draw = (p, form) => {
	const ears =
		form === 1
			? mirrored(
					path("M158 130C128 110 132 20 158 22C186 24 190 100 184 128Z", p.base) +
						path("M160 116C146 98 146 46 158 44C172 46 176 92 172 116Z", "#e9b7ad"),
				)
			: form === 2
				? mirrored(path("M132 148L128 70L186 108Z", p.base) + path("M142 128L140 92L168 110Z", "#e9b7ad"))
				: mirrored(circle(140, 102, 32, p.base) + circle(140, 104, 18, p.light));
	const tail = form === 2 ? stroke("M258 296C308 290 302 236 320 226", p.base, 18) : "";
	const body = `${tail}${ellipse(200, 266, 74, 68, p.base)}${ellipse(200, 274, 46, 46, p.light)}${mirrored(ellipse(138, 248, 24, 40, p.dark) + ellipse(154, 322, 36, 24, p.base) + ellipse(150, 326, 18, 12, p.light))}`;
	const whiskers = form === 2 ? mirrored(stroke("M158 176L120 170M158 184L122 190", p.deep, 2.5)) : "";
	const face = `${circle(200, 158, 76, p.base)}${ellipse(200, 184, 34, 26, p.light)}${mirrored(circle(172, 152, 7, "#2d2523") + circle(174.5, 149.5, 2.2, "#fff") + ellipse(150, 180, 12, 8, "#e39a8f80"))}${ellipse(200, 174, 11, 8, "#5b3d35")}${stroke("M200 182V192M200 192C194 200 186 198 184 194M200 192C206 200 214 198 216 194", "#5b3d35", 3)}`;
	return ears + body + face + whiskers + path("M168 226L200 236L232 226L232 252L200 240L168 252Z", p.deep) + circle(200, 238, 8, p.seam);
};

export const blocks: Draw = (p, form) => {
	const [a, b, c] = ["#e2b04a", "#6f9fb8", "#cf7257"];
	const cube = (x: number, y: number, size: number, fill: string) =>
		rect(x, y, size, size, 7, fill) + rect(x + size - 12, y, 12, size, 6, "#1f181620");
	if (form === 1) {
		return `${cube(92, 252, 72, p.base)}${cube(236, 252, 72, p.base)}${cube(92, 178, 72, p.light)}${cube(236, 178, 72, p.light)}${path("M164 324V252H236V324H222C222 292 178 292 178 324Z", b)}${rect(160, 226, 80, 28, 5, a)}${path("M86 178L128 110L170 178Z", c)}${path("M230 178L272 110L314 178Z", c)}${stroke("M200 226V150", p.wood, 6)}${path("M200 148L244 164L200 180Z", p.dark)}`;
	}
	if (form === 2) {
		const wheel = (x: number) => circle(x, 304, 22, p.deep) + circle(x, 304, 8, p.cream);
		return `${rect(54, 250, 112, 40, 6, p.light)}${cube(64, 196, 52, a)}${rect(120, 216, 38, 34, 5, b)}${rect(166, 268, 30, 8, 3, p.wood)}${rect(192, 226, 154, 64, 8, p.base)}${rect(192, 148, 74, 82, 6, p.dark)}${rect(208, 168, 42, 36, 5, p.cream)}${rect(184, 136, 90, 18, 6, c)}${rect(300, 178, 28, 50, 5, c)}${rect(294, 168, 40, 14, 5, p.deep)}${wheel(84)}${wheel(138)}${wheel(222)}${wheel(274)}${wheel(326)}`;
	}
	return `${cube(100, 248, 76, p.base)}${cube(182, 248, 76, a)}${rect(264, 286, 46, 38, 19, p.light)}${cube(138, 172, 76, b)}${path("M222 248C222 196 300 196 300 248H278C278 224 244 224 244 248Z", p.dark)}${cube(152, 108, 64, c)}${path("M150 108L184 52L218 108Z", p.base)}`;
};
