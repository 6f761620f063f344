import { circle, type Draw, mirrored, path, rect, shade, stroke } from "./paint.ts";

const SHORT_SLEEVED =
	"M156 92C136 98 118 104 104 114C92 124 76 158 62 190L106 212L120 188L118 312C118 320 124 324 132 324H268C276 324 282 320 282 312L280 188L294 212L338 190C324 158 308 124 296 114C282 104 264 98 244 92C236 120 164 120 156 92Z";
const LONG_SLEEVED =
	"M158 88C138 94 120 100 108 110C92 126 78 190 64 282C63 290 66 294 74 296L98 300C104 300 106 298 108 292L122 206L120 312C120 320 126 324 134 324H266C274 324 280 320 280 312L278 206L292 292C294 298 296 300 302 300L326 296C334 294 337 290 336 282C322 190 308 126 292 110C280 100 262 94 242 88C234 106 166 106 158 88Z";
const SLEEVE_FOLDS = mirrored(shade("M120 188L118 250C112 228 108 214 106 212Z", 0.16));

export const tShirt: Draw = (p, form) => {
	const boxy = form === 2 ? 1.08 : 1;
	const neck = form === 1 ? stroke("M156 92L200 140L244 92", p.dark, 9) : stroke("M156 92C164 122 236 122 244 92", p.dark, 10);
	const inside = form === 1 ? path("M160 92H240L200 134Z", p.deep) : path("M160 91C170 84 230 84 240 91C234 114 166 114 160 91Z", p.deep);
	const body =
		inside +
		path(form === 1 ? SHORT_SLEEVED.replace("C236 120 164 120 156 92", "L200 138L156 92") : SHORT_SLEEVED, p.fill) +
		neck +
		SLEEVE_FOLDS;
	return `<g transform="translate(200 208) scale(${boxy} 1) translate(-200 -208)">${body}${stroke("M126 312H274", p.dark, 2, "5 5")}${mirrored(stroke("M70 184L108 203", p.dark, 2, "5 5"))}</g>`;
};

export const shirt: Draw = (p, form) => {
	const buttons = [140, 176, 212, 248, 284].map((y) => circle(200, y, 4, p.cream) + circle(200, y, 1.4, p.deep)).join("");
	const collar =
		form === 1
			? path("M164 92C176 102 224 102 236 92L234 78C222 88 178 88 166 78Z", p.dark)
			: mirrored(path("M200 118L168 76C160 82 154 90 154 98L176 138Z", p.light) + stroke("M200 118L176 138L154 98", p.dark, 2));
	const pockets =
		form === 2 ? mirrored(path("M132 170H176V206L154 216L132 206Z", p.dark)) : path("M222 168H258V200L240 208L222 200Z", p.dark);
	return `${path("M164 90C176 78 224 78 236 90L200 122Z", p.deep)}${path(LONG_SLEEVED, p.fill)}${mirrored(shade("M122 206L120 280C116 244 112 226 108 214Z", 0.18))}${stroke("M191 112V322M209 112V322", p.dark, 2)}${buttons}${pockets}${collar}${mirrored(stroke("M66 274L104 281", p.dark, 5))}`;
};

export const knitwear: Draw = (p, form) => {
	const ribs = (x0: number, x1: number, y: number, h: number) =>
		Array.from({ length: Math.floor((x1 - x0) / 9) }, (_, i) => stroke(`M${x0 + 5 + i * 9} ${y}v${h}`, p.dark, 2)).join("");
	const hem = path("M119 300H281V312C281 320 275 326 266 326H134C125 326 119 320 119 312Z", p.base) + ribs(122, 280, 304, 18);
	const cuffs = mirrored(
		path("M66 272L106 280L104 294C103 300 100 302 94 301L72 297C64 295 62 291 63 284Z", p.base) +
			stroke("M76 278L73 294M86 280L83 296M96 282L93 298", p.dark, 2),
	);
	if (form === 2) {
		const front =
			path("M176 92L200 196L224 92Z", p.deep) + path(LONG_SLEEVED.replace("C234 106 166 106 158 88", "L200 200L158 88"), p.fill);
		const band = stroke("M160 90L194 200V322M240 90L206 200V322", p.dark, 9);
		return front + hem + cuffs + band + [214, 246, 278, 306].map((y) => circle(200, y, 5, p.cream)).join("");
	}
	const collar =
		form === 1
			? path("M162 58C174 52 226 52 238 58L242 98C228 110 172 110 158 98Z", p.base) +
				stroke("M172 62V100M186 60V104M200 60V105M214 60V104M228 62V100", p.dark, 2) +
				path("M164 58C176 66 224 66 236 58C224 50 176 50 164 58Z", p.deep)
			: path("M160 88C172 80 228 80 240 88C232 106 168 106 160 88Z", p.deep) + stroke("M158 90C168 112 232 112 242 90", p.dark, 10);
	return path(LONG_SLEEVED, p.fill) + mirrored(shade("M122 206L120 280C116 244 112 226 108 214Z", 0.18)) + hem + cuffs + collar;
};

export const trousers: Draw = (p, form) => {
	const legs =
		form === 1
			? "M146 70H254L288 326C288 330 286 332 282 332H216C212 332 210 330 210 326L200 160L190 326C190 330 188 332 184 332H118C114 332 112 330 112 326Z"
			: form === 2
				? "M144 70H256C268 150 268 230 254 322H214L200 164L186 322H146C132 230 132 150 144 70Z"
				: "M146 70H254L266 326C266 330 264 332 260 332H220C216 332 214 330 214 326L200 156L186 326C186 330 184 332 180 332H140C136 332 134 330 134 326Z";
	const cuffs = form === 2 ? mirrored(rect(148, 314, 40, 20, 6, p.dark)) + stroke("M192 78L188 112M208 78L212 112", p.cream, 4) : "";
	const fly = form === 2 ? "" : stroke("M200 88V146C208 144 212 136 212 120V88", p.dark, 2.5) + circle(200, 79, 4, p.metal);
	const loops = form === 2 ? "" : [162, 182, 218, 238].map((x) => rect(x - 3, 66, 6, 26, 2, p.deep)).join("");
	return `${path(legs, p.fill)}${shade("M200 156L214 326H206L200 200L194 326H186Z", 0.18)}${path("M145 68H255L257 90H143Z", p.dark)}${loops}${fly}${mirrored(stroke("M150 94C156 112 150 128 140 136", p.dark, 2.5))}${cuffs}`;
};

export const dress: Draw = (p, form) => {
	if (form === 1) {
		const body =
			"M160 104C172 124 186 116 200 116C214 116 228 124 240 104C244 150 240 168 240 186C246 236 262 290 274 336H126C138 290 154 236 160 186C160 168 156 150 160 104Z";
		return `${mirrored(stroke("M161 106C166 88 172 74 176 60", p.dark, 4))}${path(body, p.fill)}${shade("M206 190C214 240 222 290 226 336H250C240 284 224 236 216 190Z", 0.12)}${stroke("M160 104C172 124 186 116 200 116C214 116 228 124 240 104", p.dark, 4)}`;
	}
	const skirt = "M162 184H238C256 230 282 284 296 326C262 342 138 342 104 326C118 284 144 230 162 184Z";
	const bodice =
		"M164 76C172 90 180 98 200 98C220 98 228 90 236 76L256 84C254 110 246 126 246 140C244 158 240 168 240 188H160C160 168 156 158 154 140C154 126 146 110 144 84Z";
	const sleeves =
		form === 2
			? mirrored(path("M146 82C126 92 112 118 100 164L132 174C138 152 146 138 154 134Z", p.fill) + stroke("M103 160L132 169", p.dark, 5))
			: "";
	const front =
		form === 2
			? stroke("M200 100V330", p.dark, 2) +
				[116, 142, 168, 210, 240, 270, 300].map((y) => circle(200, y, 3.6, p.cream)).join("") +
				mirrored(path("M200 104L172 74L158 84L178 122Z", p.light))
			: stroke("M164 76C172 94 184 100 200 100C216 100 228 94 236 76", p.dark, 5);
	return `${sleeves}${path(skirt, p.fill)}${path(bodice, p.fill)}${shade("M214 196C228 240 246 290 254 334L276 330C262 284 244 236 230 196Z")}${shade("M180 196C172 240 160 290 156 336L142 335C150 284 160 236 170 196Z", 0.09)}${rect(159, 178, 82, 15, 5, p.deep)}${front}`;
};

export const coat: Draw = (p, form) => {
	const body =
		"M158 74C136 80 118 88 108 98C92 118 78 190 66 280C65 288 68 292 76 293L102 296C108 296 110 294 111 288L122 210L112 332C112 338 116 340 122 340H278C284 340 288 338 288 332L278 210L289 288C290 294 292 296 298 296L324 293C332 292 335 288 334 280C322 190 308 118 292 98C282 88 264 80 242 74L200 120Z";
	const base =
		path("M160 76C176 64 224 64 240 76L200 124Z", p.deep) +
		path(body, p.fill) +
		mirrored(shade("M122 210L118 280C116 246 113 228 111 222Z", 0.2));
	if (form === 2) {
		const rows = [122, 160, 198, 236, 274, 312]
			.map((y) => stroke(`M${118 - (y - 122) * 0.02} ${y}C160 ${y + 9} 240 ${y + 9} ${282} ${y}`, p.dark, 3))
			.join("");
		return (
			base +
			rows +
			mirrored(stroke("M84 170C96 178 108 180 118 178M76 216C90 222 104 224 114 222M70 256C84 262 98 264 108 262", p.dark, 3)) +
			stroke("M200 112V338", p.deep, 5) +
			path("M160 72C170 54 230 54 240 72L232 104C216 112 184 112 168 104Z", p.dark)
		);
	}
	const pockets = mirrored(path("M130 242H176V256H130Z", p.dark));
	if (form === 1) {
		const hood =
			path("M152 84C146 44 176 32 200 32C224 32 254 44 248 84C236 104 164 104 152 84Z", p.dark) +
			path("M168 82C166 58 180 50 200 50C220 50 234 58 232 82C222 94 178 94 168 82Z", p.deep);
		return (
			base +
			hood +
			stroke("M200 100V338", p.deep, 4) +
			[132, 172, 212, 300].map((y) => stroke(`M190 ${y}H210`, p.cream, 6)).join("") +
			pockets +
			mirrored(stroke("M70 270L106 276", p.cream, 4))
		);
	}
	const lapels = mirrored(path("M200 190L160 74L146 84L150 120L166 128L158 138L200 196Z", p.dark));
	const buttons = [214, 252, 290].map((y) => circle(186, y, 6, p.cream) + circle(214, y, 6, p.cream)).join("");
	return base + stroke("M200 196V338", p.deep, 3) + lapels + buttons + pockets;
};
