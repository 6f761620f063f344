import { circle, type Draw, ellipse, gleam, mirrored, path, rect, shade, stroke } from "./paint.ts";

export const tent: Draw = (p, form) => {
	const grass = stroke("M48 314H352", p.leaf, 7);
	if (form === 1) {
		return `${stroke("M60 312L206 92M206 92L352 312", p.wood, 6)}${path("M206 104L330 312H112Z", p.dark)}${path("M200 100L306 312H70Z", p.fill)}${path("M198 150L228 312H150Z", p.deep)}${path("M198 150L150 312H172L196 220Z", p.light)}${grass}`;
	}
	if (form === 2) {
		return `${stroke("M200 96V70", p.wood, 7)}${path("M200 88C210 160 276 210 318 236V312H82V236C124 210 190 160 200 88Z", p.fill)}${shade("M200 88C210 160 276 210 318 236V312H262C258 236 214 180 200 88Z", 0.12)}${path("M200 168C208 214 222 262 226 312H174C178 262 192 214 200 168Z", p.deep)}${stroke("M82 240C140 262 260 262 318 240", p.dark, 4)}${path("M200 66L228 78L200 88Z", p.cream)}${grass}`;
	}
	return `${path("M66 312C70 190 140 108 204 108C268 108 330 190 334 312Z", p.fill)}${shade("M204 108C268 108 330 190 334 312H268C272 220 246 140 204 108Z", 0.14)}${path("M196 176C156 200 140 256 140 312H240C244 256 236 200 196 176Z", p.deep)}${path("M196 176C156 200 140 256 140 312H164C164 256 172 206 196 176Z", p.light)}${stroke("M66 312C70 190 140 108 204 108C268 108 330 190 334 312", p.dark, 5)}${grass}`;
};

export const backpack: Draw = (p, form) => {
	const straps = mirrored(path("M118 150C84 168 82 268 96 300L118 304Z", p.deep));
	if (form === 1) {
		return `${straps}${path("M118 128H282C294 200 298 260 292 312C291 322 284 328 274 328H126C116 328 109 322 108 312C102 260 106 200 118 128Z", p.fill)}${rect(112, 84, 176, 50, 20, p.dark)}${stroke("M124 108H276", p.seam, 3, "7 6")}${rect(186, 84, 28, 128, 3, p.wood)}${rect(180, 178, 40, 22, 4, p.metal)}${path("M128 232H272V300C272 308 266 312 258 312H142C134 312 128 308 128 300Z", p.dark)}${stroke("M128 246H272", p.seam, 3)}`;
	}
	const tall = form === 2;
	const top = tall ? 62 : 92;
	return `${straps}${stroke(`M174 ${top}C174 ${top - 34} 226 ${top - 34} 226 ${top}`, p.deep, 9)}${path(`M108 ${top + 70}C108 ${top + 10} 148 ${top - 6} 200 ${top - 6}C252 ${top - 6} 292 ${top + 10} 292 ${top + 70}V306C292 320 284 328 270 328H130C116 328 108 320 108 306Z`, p.fill)}${tall ? path("M108 136C108 86 148 56 200 56C252 56 292 86 292 136C262 152 138 152 108 136Z", p.dark) + mirrored(rect(140, 130, 14, 54, 4, p.wood)) : stroke("M128 168C140 142 260 142 272 168", p.dark, 4)}${path("M134 216H266V296C266 304 260 308 252 308H148C140 308 134 304 134 296Z", p.dark)}${stroke("M134 234H266", p.seam, 4)}${rect(192, 230, 16, 18, 4, p.metal)}${tall ? rect(104, 300, 192, 26, 13, p.light) + circle(118, 313, 7, p.dark) + circle(282, 313, 7, p.dark) : ""}`;
};

export const bottle: Draw = (p, form) => {
	if (form === 1) {
		return `${rect(182, 52, 36, 30, 8, p.deep)}${path("M158 80H242L252 116H148Z", p.dark)}${path("M146 116H254C262 116 266 122 264 132C256 168 256 196 264 226V304C264 318 256 326 242 326H158C144 326 136 318 136 304V226C144 196 144 168 136 132C134 122 138 116 146 116Z", p.fill)}${stroke("M140 246H260", p.dark, 4)}${gleam("M152 130H166C172 168 170 196 164 224H150C156 190 156 160 152 130Z", 0.3)}`;
	}
	if (form === 2) {
		return `${stroke("M252 150C312 150 312 268 254 270", p.deep, 13)}${path("M158 60H228L238 108H148Z", p.metal)}${rect(146, 106, 94, 20, 5, p.dark)}${path("M146 124H240C252 136 258 150 258 166V304C258 318 250 326 236 326H150C136 326 128 318 128 304V166C128 150 134 136 146 124Z", p.fill)}${rect(128, 192, 130, 12, 0, p.dark)}${rect(128, 284, 130, 12, 0, p.dark)}${gleam("M142 160H154V308H142Z", 0.3)}`;
	}
	return `${stroke("M176 64C176 36 224 36 224 64", p.deep, 8)}${rect(164, 60, 72, 46, 10, p.deep)}${rect(170, 104, 60, 12, 0, p.metal)}${path("M168 114H232C236 134 258 140 258 172V304C258 318 250 326 236 326H164C150 326 142 318 142 304V172C142 140 164 134 168 114Z", p.fill)}${gleam("M156 172H168V304H156Z", 0.32)}${shade("M240 160C252 168 258 176 258 190V304C258 318 250 326 236 326H224C236 320 240 312 240 300Z", 0.12)}${ellipse(206, 238, 16, 16, p.cream)}${path("M196 244L206 228L216 244Z", p.dark)}`;
};

export const blanket: Draw = (p, form) => {
	const fringe = Array.from({ length: 15 }, (_, i) => stroke(`M${94 + i * 15} 312v20`, p.dark, 4)).join("");
	if (form === 0) {
		const roll = `${path("M86 164H300C330 164 344 190 344 216C344 242 330 268 300 268H86Z", p.fill)}${circle(96, 216, 52, p.dark)}${stroke("M96 184C124 184 128 240 98 240C76 240 74 206 94 206C106 206 108 222 98 222", p.cream, 5)}`;
		return `${roll}${rect(158, 162, 18, 108, 3, p.wood)}${rect(268, 162, 18, 108, 3, p.wood)}${stroke("M167 162C180 96 264 96 277 162", p.wood, 11)}`;
	}
	if (form === 1) {
		return `${path("M84 150C84 132 96 122 112 122H288C304 122 316 132 316 150V176H84Z", p.light)}${rect(80, 152, 240, 52, 22, p.fill)}${rect(80, 200, 240, 54, 22, p.fill)}${rect(80, 250, 240, 62, 22, p.fill)}${stroke("M96 202H304M96 252H304", p.deep, 4)}${shade("M80 282C80 300 96 312 112 312H288C304 312 320 300 320 282V290C320 304 306 314 290 314H110C94 314 80 304 80 290Z", 0.2)}`;
	}
	return `${rect(86, 84, 228, 232, 8, p.fill)}${fringe}${path("M206 84H306C310 84 314 88 314 92V218C280 196 226 146 206 84Z", p.light)}${path("M206 84C226 146 280 196 314 218C262 222 198 168 206 84Z", p.dark)}`;
};
