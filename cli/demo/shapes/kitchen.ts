import { circle, type Draw, ellipse, gleam, mirrored, path, rect, shade, stroke } from "./paint.ts";

export const cup: Draw = (p, form) => {
	const steam = stroke("M170 96C158 80 182 70 170 50M208 92C196 76 220 66 208 46", "#8a7d7055", 6);
	if (form === 1) {
		return `${path("M132 108H268L256 306C255 318 246 324 234 324H166C154 324 145 318 144 306Z", p.fill)}${ellipse(200, 110, 68, 17, p.dark)}${ellipse(200, 113, 56, 11, "#6d4a35")}${path("M139 232H261L256 306C255 318 246 324 234 324H166C154 324 145 318 144 306Z", p.dark)}${gleam("M150 134L164 134L170 220H156Z")}`;
	}
	if (form === 2) {
		return `${steam}${path("M96 148H304C304 232 262 288 232 296H168C138 288 96 232 96 148Z", p.fill)}${rect(158, 292, 84, 24, 6, p.dark)}${ellipse(200, 150, 104, 26, p.dark)}${ellipse(200, 154, 90, 18, "#9fae68")}${gleam("M114 176C120 214 134 242 150 262L164 258C146 232 134 206 132 178Z")}`;
	}
	return `${steam}${stroke("M268 168C330 156 336 264 262 262", p.dark, 20)}${path("M112 132H282V276C282 304 266 322 240 322H154C128 322 112 304 112 276Z", p.fill)}${ellipse(197, 134, 85, 20, p.dark)}${ellipse(197, 138, 72, 13, "#6d4a35")}${gleam("M128 166H144V272C144 284 128 284 128 270Z")}${shade("M258 150H282V276C282 304 266 322 240 322H222C250 318 258 300 258 276Z", 0.1)}`;
};

export const teapot: Draw = (p, form) => {
	if (form === 1) {
		return `${stroke("M258 150C326 136 322 262 256 264", p.dark, 16)}${path("M140 166C112 164 108 196 82 186C92 216 122 234 142 232Z", p.dark)}${path("M152 130H248L272 300C274 314 264 322 250 322H150C136 322 126 314 128 300Z", p.fill)}${path("M150 130C156 104 244 104 250 130Z", p.dark)}${circle(200, 100, 13, p.wood)}${gleam("M160 156H176L164 290H148Z", 0.22)}`;
	}
	const handle = form === 2 ? stroke("M200 200L336 132", p.wood, 22) : stroke("M142 152C150 60 250 60 258 152", p.wood, 13);
	return `${handle}${path("M280 212C316 210 312 168 346 158C350 196 330 256 282 266Z", p.dark)}${path("M92 232C92 172 140 142 196 142C252 142 300 172 300 232C300 282 268 314 240 320H152C124 314 92 282 92 232Z", p.fill)}${path("M138 162C150 132 242 132 254 162C224 176 168 176 138 162Z", p.dark)}${circle(196, 130, 12, p.wood)}${gleam("M112 224C114 198 128 178 146 170L152 182C138 192 128 208 126 230Z")}${shade("M284 190C308 250 282 304 240 320H210C262 300 284 250 284 190Z", 0.1)}`;
};

const leafSprig = (p: { cream: string; leaf: string }, x: number, y: number) =>
	`${circle(x, y, 34, p.cream)}${path(`M${x} ${y + 22}C${x - 28} ${y + 6} ${x - 18} ${y - 18} ${x} ${y - 24}C${x + 18} ${y - 18} ${x + 28} ${y + 6} ${x} ${y + 22}Z`, p.leaf)}${stroke(`M${x} ${y + 22}V${y - 12}`, p.cream, 3)}`;

export const tea: Draw = (p, form) => {
	if (form === 1) {
		return `${path("M122 92H278L292 306C292 318 286 324 276 324H124C114 324 108 318 108 306Z", p.fill)}${path("M120 92H280L283 128H117Z", p.dark)}${stroke("M124 110H276", p.seam, 3, "7 6")}${rect(140, 164, 120, 116, 10, p.cream)}${leafSprig({ cream: p.cream, leaf: p.leaf }, 200, 212)}${stroke("M164 262H236", p.dark, 5)}`;
	}
	if (form === 2) {
		const sachet = (x: number, y: number, fill: string) =>
			rect(x, y, 56, 62, 6, fill) + stroke(`M${x + 12} ${y + 40}H${x + 44}`, p.deep, 3) + circle(x + 28, y + 22, 9, p.leaf);
		return `${path("M70 176L102 88H298L330 176Z", p.deep)}${path("M84 170L110 98H290L316 170Z", p.fill)}${rect(66, 172, 268, 146, 10, p.dark)}${rect(80, 186, 240, 118, 6, p.deep)}${sachet(92, 198, p.cream)}${sachet(172, 198, p.light)}${sachet(252, 198, p.cream)}${rect(80, 276, 240, 28, 4, p.dark)}`;
	}
	return `${rect(118, 118, 164, 206, 14, p.fill)}${rect(110, 84, 180, 52, 14, p.dark)}${ellipse(200, 88, 76, 10, p.light)}${rect(138, 168, 124, 122, 12, p.cream)}${leafSprig({ cream: p.cream, leaf: p.leaf }, 200, 214)}${stroke("M166 268H234", p.dark, 5)}${gleam("M124 142H134V316H124Z", 0.2)}`;
};

export const coffee: Draw = (p, form) => {
	const bean = (x: number, y: number, turn: number) =>
		`<g transform="translate(${x} ${y}) rotate(${turn})">${ellipse(0, 0, 15, 21, "#6b4630")}${stroke("M0 -16C7 -6 -7 6 0 16", "#3d2618", 3)}</g>`;
	if (form === 2) {
		const sachet = path("M0 0H120V150H0Z", p.fill) + rect(14, 44, 92, 76, 6, p.cream) + stroke("M28 100H92", p.dark, 4);
		return `<g transform="translate(92 96) rotate(-6)">${sachet}${bean(60, 74, 30)}</g><g transform="translate(176 150) rotate(5)">${sachet}${rect(0, 0, 120, 18, 0, p.dark)}${bean(60, 74, -20)}</g>`;
	}
	const beans =
		form === 0 ? bean(108, 314, 60) + bean(300, 312, 20) + bean(326, 320, 80) : path("M252 326C262 296 318 296 336 326Z", "#6b4630");
	return `${path("M126 96H274L286 312C286 320 282 326 274 326H126C118 326 114 320 114 312Z", p.fill)}${path("M132 62H268L274 108H126Z", p.dark)}${stroke("M134 84H266", p.seam, 4)}${rect(142, 158, 116, 128, form === 0 ? 58 : 10, p.cream)}${bean(190, 208, 30)}${bean(214, 218, -24)}${stroke("M170 258H230", p.dark, 5)}${beans}${circle(200, 132, 6, p.deep)}`;
};

export const pan: Draw = (p, form) => {
	if (form === 0) {
		return `${rect(270, 188, 110, 20, 10, p.wood)}${path("M258 182H296V214H258Z", p.metal)}${circle(164, 200, 124, p.dark)}${circle(164, 200, 112, p.base)}${circle(164, 200, 92, p.deep)}${stroke("M96 176C106 142 132 124 162 122", p.dark, 8)}`;
	}
	const lid = `${path("M92 172C96 124 304 124 308 172Z", p.dark)}${rect(84, 168, 232, 16, 8, p.deep)}${rect(178, 112, 44, 20, 10, form === 1 ? p.wood : p.metal)}${gleam("M124 164C138 146 158 140 178 138L178 146C160 150 146 156 138 166Z", 0.25)}`;
	const pot = `${path("M96 184H304V284C304 306 290 318 270 318H130C110 318 96 306 96 284Z", p.fill)}${gleam("M112 196H126V290C118 286 112 276 112 264Z", 0.22)}${shade("M280 184H304V284C304 306 290 318 270 318H252C274 312 280 298 280 280Z", 0.12)}`;
	return form === 1
		? `${rect(292, 200, 98, 20, 10, p.wood)}${pot}${lid}`
		: `${mirrored(stroke("M100 208C66 204 66 244 100 240", p.dark, 15))}${pot}${lid}`;
};

export const plate: Draw = (p, form) => {
	if (form === 1) {
		return `${path("M74 176H326C326 252 282 300 246 308H154C118 300 74 252 74 176Z", p.fill)}${ellipse(200, 178, 126, 36, p.dark)}${ellipse(200, 182, 110, 27, p.light)}${rect(152, 302, 96, 18, 6, p.dark)}${gleam("M92 200C98 236 116 266 138 284L152 280C128 258 114 230 110 202Z")}`;
	}
	if (form === 2) {
		return `${ellipse(200, 206, 152, 100, p.dark)}${ellipse(200, 200, 152, 100, p.fill)}${ellipse(200, 200, 112, 66, p.light)}${ellipse(200, 203, 104, 59, p.cream)}`;
	}
	return `${circle(200, 204, 130, p.dark)}${circle(200, 200, 130, p.fill)}${circle(200, 200, 90, p.dark)}${circle(200, 202, 86, p.light)}${circle(200, 202, 74, p.cream)}`;
};
