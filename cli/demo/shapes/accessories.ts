import { circle, type Draw, ellipse, mirrored, path, placed, rect, shade, stroke } from "./paint.ts";

export const scarf: Draw = (p, form) => {
	if (form === 1) {
		const folded = path("M200 78L322 200L200 322L78 200Z", p.fill);
		return `${folded}${stroke("M200 96L304 200L200 304L96 200Z", p.seam, 6)}${shade("M200 78L322 200L200 322Z", 0.08)}${path("M200 322L78 200L200 216Z", p.dark)}${stroke("M200 322L200 216L78 200", p.deep, 2)}`;
	}
	if (form === 2) {
		const ring = "M84 188C84 138 316 138 316 188V232C316 292 84 292 84 232Z";
		return `${path(ring, p.fill)}${ellipse(200, 188, 116, 38, p.dark)}${ellipse(200, 192, 88, 24, p.deep)}${shade("M84 232C84 292 316 292 316 232V250C316 300 84 300 84 250Z", 0.14)}${stroke("M112 216C150 246 250 246 288 216M104 244C150 276 250 276 296 244", p.dark, 3)}`;
	}
	const fringe = (x: number, y: number, turn: number) =>
		placed(`translate(${x} ${y}) rotate(${turn})`, [0, 11, 22, 33, 44, 55].map((dx) => stroke(`M${dx + 3} 0v24`, p.dark, 4)).join(""));
	const tails =
		path("M176 168L128 320L192 326L214 190Z", p.fill) +
		fringe(128, 318, 5) +
		path("M206 176L222 300L286 292L240 160Z", p.fill) +
		fringe(221, 301, -7) +
		shade("M206 176L222 300L240 298L218 180Z", 0.16);
	const loop =
		path("M112 104C128 62 272 62 288 104C304 150 244 196 200 196C156 196 96 150 112 104Z", p.fill) +
		path("M138 102C154 84 246 84 262 102C268 122 236 140 200 140C164 140 132 122 138 102Z", p.deep);
	return `${tails}${loop}${shade("M112 112C112 160 160 192 200 196C244 196 300 154 288 108C284 150 240 172 200 172C160 172 118 152 112 112Z", 0.12)}${path("M172 164C186 156 220 156 234 166L238 206C222 216 186 216 170 206Z", p.dark)}`;
};

export const hat: Draw = (p, form) => {
	if (form === 1) {
		const crown = "M104 232C104 152 150 116 206 116C262 116 296 156 296 226C240 214 160 214 104 232Z";
		const brim =
			"M104 228C150 214 250 212 296 226C330 236 356 254 356 266C330 262 290 252 250 250C190 248 140 252 104 262C98 252 98 238 104 228Z";
		return `${path(crown, p.fill)}${path(brim, p.dark)}${circle(206, 116, 9, p.dark)}${stroke("M206 120C196 150 192 190 194 218M206 120C240 140 258 180 262 218", p.dark, 2.5, "6 5")}`;
	}
	if (form === 2) {
		return `${ellipse(200, 254, 152, 40, p.dark)}${ellipse(200, 246, 152, 38, p.base)}${path("M116 246C120 160 132 112 162 106C182 102 190 116 200 116C210 116 218 102 238 106C268 112 280 160 284 246C252 264 148 264 116 246Z", p.fill)}${path("M117 226C150 244 250 244 283 226L284 248C252 266 148 266 116 248Z", p.deep)}${shade("M240 108C264 118 278 170 283 226L262 234C262 180 256 130 240 108Z", 0.14)}`;
	}
	const ribs = Array.from({ length: 17 }, (_, i) => stroke(`M${116 + i * 10.5} 246v46`, p.deep, 2.5)).join("");
	return `${circle(200, 92, 30, p.light)}${stroke("M184 84l8 6M204 74l2 10M212 96l10-2M192 104l2 10", p.dark, 3)}${path("M112 256C104 150 150 106 200 106C250 106 296 150 288 256Z", p.fill)}${shade("M238 116C276 132 294 180 288 256H262C266 190 256 140 238 116Z", 0.12)}${rect(100, 240, 200, 58, 20, p.dark)}${ribs}`;
};

export const socks: Draw = (p, form) => {
	const top = [96, 160, 58][form] ?? 96;
	const one = `${path(`M132 ${top}H194V222C194 240 204 250 220 262L256 288C276 304 268 330 242 330C216 330 186 320 164 302C140 284 132 262 132 240Z`, p.fill)}${path("M230 270L256 288C276 304 268 330 242 330C234 330 226 329 218 327C212 306 216 284 230 270Z", p.dark)}${path("M133 226C150 226 166 240 166 262C164 280 152 288 148 287C138 274 132 260 132 240Z", p.dark)}${rect(129, top - 6, 68, 30, 7, p.deep)}${stroke(`M141 ${top}v18M152 ${top}v18M163 ${top}v18M174 ${top}v18M185 ${top}v18`, p.base, 2)}`;
	return placed("translate(62 -14)", one) + placed("translate(-36 6)", one);
};

export const bag: Draw = (p, form) => {
	if (form === 1) {
		return `${stroke("M112 190C60 60 340 60 288 190", p.deep, 7)}${path("M100 184H300C310 184 314 190 314 198V284C314 302 302 312 286 312H114C98 312 86 302 86 284V198C86 190 90 184 100 184Z", p.fill)}${path("M86 196C86 188 92 182 102 182H298C308 182 314 188 314 196C314 240 262 258 200 258C138 258 86 240 86 196Z", p.dark)}${rect(182, 242, 36, 30, 6, p.metal)}${circle(200, 257, 5, p.deep)}${stroke("M94 206C98 240 146 250 200 250C254 250 302 240 306 206", p.seam, 2, "6 5")}`;
	}
	if (form === 2) {
		return `${stroke("M138 152C130 50 270 50 262 152", p.deep, 8)}${path("M116 150H284L300 306C301 318 294 326 282 326H118C106 326 99 318 100 306Z", p.fill)}${path("M116 150C120 130 280 130 284 150C280 170 120 170 116 150Z", p.deep)}${path("M103 280H297L300 306C301 318 294 326 282 326H118C106 326 99 318 100 306Z", p.dark)}${stroke("M112 182C150 196 250 196 288 182", p.cream, 5)}${stroke("M188 194C180 222 178 240 182 256M212 194C220 222 222 240 218 256", p.cream, 4)}${circle(182, 260, 6, p.wood)}${circle(218, 260, 6, p.wood)}`;
	}
	return `${stroke("M148 176V116C148 72 252 72 252 116V176", p.deep, 9)}${path("M92 164H308L322 316C322 324 318 328 310 328H90C82 328 78 324 78 316Z", p.fill)}${path("M92 164H308L310 184H90Z", p.dark)}${shade("M250 184L262 328H310C318 328 322 324 322 316L310 184Z", 0.08)}${mirrored(rect(139, 166, 18, 38, 4, p.wood) + circle(148, 190, 3, p.cream))}`;
};
