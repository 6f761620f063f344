import { circle, type Draw, ellipse, gleam, mirrored, path, placed, rect, shade, stroke } from "./paint.ts";

const leaves = (x: number, y: number, leaf: string) => {
	const blade = (turn: number, length: number, fill: string) =>
		placed(
			`translate(${x} ${y}) rotate(${turn})`,
			path(
				`M0 0C-${length * 0.26} -${length * 0.4} -${length * 0.2} -${length * 0.8} 0 -${length}C${length * 0.2} -${length * 0.8} ${length * 0.26} -${length * 0.4} 0 0Z`,
				fill,
			),
		);
	return blade(-52, 96, leaf) + blade(50, 98, leaf) + blade(-24, 122, "#5d8459") + blade(24, 126, "#86aa7c") + blade(0, 138, leaf);
};

export const plantPot: Draw = (p, form) => {
	if (form === 1) {
		return `${mirrored(stroke("M150 262L134 332", p.wood, 10))}${leaves(200, 178, p.leaf)}${path("M104 172H296V222C296 258 268 286 236 286H164C132 286 104 258 104 222Z", p.fill)}${ellipse(200, 174, 96, 14, p.deep)}${gleam("M118 192H130V226C130 244 138 256 146 264C128 254 118 240 118 222Z", 0.25)}`;
	}
	if (form === 2) {
		return `${placed("translate(-78 22) scale(0.96)", leaves(200, 212, p.leaf))}${placed("translate(8 22) scale(0.96)", leaves(200, 212, "#7da077"))}${placed("translate(94 22) scale(0.96)", leaves(200, 212, p.leaf))}${path("M64 224H336L318 316C316 324 310 328 302 328H98C90 328 84 324 82 316Z", p.fill)}${rect(56, 212, 288, 28, 8, p.dark)}`;
	}
	return `${leaves(200, 196, p.leaf)}${path("M120 214H280L262 314C260 324 254 328 244 328H156C146 328 140 324 138 314Z", p.fill)}${rect(108, 186, 184, 38, 8, p.dark)}${gleam("M140 232H154L164 312H156C152 312 150 310 149 306Z", 0.22)}`;
};

export const wateringCan: Draw = (p, form) => {
	if (form === 2) {
		return `${path("M132 196C132 160 168 148 176 134H224C232 148 268 160 268 196V300C268 318 256 326 240 326H160C144 326 132 318 132 300Z", p.fill)}${rect(172, 104, 56, 34, 5, p.metal)}${path("M150 74H242V106H160C150 106 146 96 150 74Z", p.deep)}${path("M242 78L268 84V98L242 102Z", p.metal)}${stroke("M176 108C158 116 152 130 156 146", p.deep, 8)}${gleam("M148 196H160V304H148Z", 0.3)}${circle(292, 78, 3, p.light)}${circle(306, 92, 3, p.light)}${circle(292, 106, 3, p.light)}`;
	}
	const spout =
		form === 1
			? stroke("M130 292C76 272 110 150 52 122", p.dark, 13)
			: path("M136 232L78 152L98 138L150 210Z", p.dark) + placed("translate(82 142) rotate(-38)", rect(-34, -14, 68, 18, 8, p.deep));
	const drops = form === 1 ? "" : circle(46, 178, 4, p.light) + circle(58, 196, 4, p.light) + circle(38, 204, 4, p.light);
	return `${stroke("M270 204C350 160 350 306 276 290", p.dark, 13)}${stroke("M152 176C160 104 252 104 262 176", p.dark, 13)}${spout}${drops}${path("M126 178H280L294 308C295 320 288 326 276 326H132C120 326 113 320 114 308Z", p.fill)}${path("M126 178C132 162 274 162 280 178C274 192 132 192 126 178Z", p.deep)}${stroke("M117 290H291", p.dark, 5)}${gleam("M140 200H154L144 284H130Z", 0.25)}`;
};

export const lamp: Draw = (p, form) => {
	if (form === 1) {
		return `${path("M94 150L188 96L216 146C194 190 132 206 112 186Z", p.fill)}${path("M112 186C132 206 194 190 216 146L208 190C184 214 150 222 124 212Z", "#f7e2a3")}${stroke("M202 122L282 176L214 298", p.metal, 10)}${circle(282, 176, 11, p.deep)}${circle(204, 120, 12, p.deep)}${path("M142 324C146 300 276 300 280 324Z", p.dark)}`;
	}
	if (form === 2) {
		return `${stroke("M200 20V106", p.deep, 5)}${rect(184, 96, 32, 26, 6, p.metal)}${path("M184 120H216C252 130 318 186 326 258H74C82 186 148 130 184 120Z", p.fill)}${ellipse(200, 258, 126, 20, p.deep)}${ellipse(200, 260, 106, 13, "#f7e2a3")}${circle(200, 272, 20, "#fbeec2")}${gleam("M108 236C116 196 144 164 172 148L180 158C156 174 134 204 128 238Z", 0.22)}`;
	}
	return `${path("M150 74H250L300 204H100Z", p.fill)}${ellipse(200, 204, 100, 14, p.deep)}${ellipse(200, 206, 84, 9, "#f7e2a3")}${shade("M226 74H250L300 204H256Z", 0.1)}${path("M188 210H212V232C246 250 246 290 222 312H178C154 290 154 250 188 232Z", p.wood)}${rect(142, 310, 116, 16, 8, p.deep)}`;
};

export const cushion: Draw = (p, form) => {
	if (form === 1) {
		const seams = Array.from({ length: 8 }, (_, i) =>
			placed(`rotate(${i * 45} 200 204)`, stroke("M200 204C208 168 204 126 200 84", p.dark, 3)),
		).join("");
		return `${ellipse(200, 212, 128, 124, p.dark)}${ellipse(200, 204, 128, 122, p.fill)}${seams}${circle(200, 204, 13, p.deep)}`;
	}
	if (form === 2) {
		return `${path("M76 152C120 136 280 136 324 152C342 180 342 232 324 258C280 276 120 276 76 258Z", p.fill)}${ellipse(82, 205, 24, 55, p.dark)}${circle(82, 205, 9, p.seam)}${stroke("M316 156C330 184 330 228 316 256", p.dark, 5)}${shade("M84 244C140 262 268 262 328 244L324 258C280 276 120 276 76 258Z", 0.14)}`;
	}
	return `${path("M84 92C150 112 250 112 316 92C336 90 340 98 334 116C318 170 318 240 334 296C340 314 334 320 316 318C250 298 150 298 84 318C66 320 60 314 66 296C82 240 82 170 66 116C60 98 64 90 84 92Z", p.fill)}${stroke("M100 110C160 124 240 124 300 110M300 300C240 286 160 286 100 300", p.dark, 3)}${shade("M334 296C340 314 334 320 316 318C250 298 150 298 84 318C66 320 60 314 66 296C140 274 262 274 334 296Z", 0.1)}${mirrored(circle(72, 98, 9, p.deep) + circle(72, 312, 9, p.deep))}`;
};

const flame = (x: number, y: number) =>
	`${stroke(`M${x} ${y + 16}V${y - 2}`, "#4a3c33", 3.5)}${path(`M${x} ${y - 44}C${x + 22} ${y - 20} ${x + 18} ${y + 4} ${x} ${y + 4}C${x - 18} ${y + 4} ${x - 22} ${y - 20} ${x} ${y - 44}Z`, "#eda43f")}${path(`M${x} ${y - 22}C${x + 10} ${y - 10} ${x + 9} ${y + 2} ${x} ${y + 2}C${x - 9} ${y + 2} ${x - 10} ${y - 10} ${x} ${y - 22}Z`, "#fae3a0")}`;

export const candle: Draw = (p, form) => {
	if (form === 1) {
		return `${flame(200, 122)}${rect(136, 136, 128, 188, 10, p.fill)}${ellipse(200, 138, 64, 17, p.light)}${ellipse(200, 139, 30, 8, p.dark)}${shade("M236 146H264V314C264 320 260 324 254 324H236Z", 0.12)}${path("M136 144C144 160 150 196 156 196C163 196 160 162 172 154Z", p.light)}`;
	}
	if (form === 2) {
		const stick = (x: number, y: number) =>
			flame(x, y) +
			path(`M${x - 11} ${y + 14}H${x + 11}L${x + 13} 296H${x - 13}Z`, p.fill) +
			path(`M${x - 34} 324C${x - 30} 306 ${x - 18} 306 ${x - 18} 290H${x + 18}C${x + 18} 306 ${x + 30} 306 ${x + 34} 324Z`, "#c9a25f");
		return stick(120, 132) + stick(200, 92) + stick(280, 132);
	}
	return `${flame(200, 138)}${path("M112 160H288V300C288 316 278 326 262 326H138C122 326 112 316 112 300Z", p.fill)}${ellipse(200, 162, 88, 20, p.dark)}${ellipse(200, 166, 76, 14, p.cream)}${rect(146, 206, 108, 76, 6, p.cream)}${stroke("M166 232H234M166 254H212", p.dark, 5)}${gleam("M122 186H134V306C126 302 122 296 122 288Z", 0.35)}`;
};
