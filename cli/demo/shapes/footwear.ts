import { type Draw, path, rect, stroke } from "./paint.ts";

export const shoe: Draw = (p, form) => {
	if (form === 1) {
		return `${path("M70 268C66 234 72 204 84 192C104 206 126 208 150 200C186 222 230 228 268 236C312 244 334 260 334 284H72Z", p.fill)}${path("M150 200C186 222 230 228 268 236C252 252 214 258 184 248C162 240 150 222 150 200Z", p.dark)}${path("M84 192C104 206 126 208 150 200L156 218C128 228 100 224 78 210Z", p.deep)}${path("M196 222L236 230L228 254L186 248Z", p.deep)}${stroke("M204 238H222", p.metal, 5)}${path("M68 280H338V290C338 298 332 302 324 302H130V312H78C70 312 66 306 66 298Z", p.deep)}`;
	}
	if (form === 2) {
		return `${path("M64 284C120 292 280 296 338 276C344 292 336 308 316 310H88C70 310 62 300 64 284Z", p.wood)}${path("M70 280C130 290 280 292 334 274L332 284C280 300 130 298 68 290Z", p.cream)}${stroke("M214 286C222 240 262 228 300 276", p.fill, 24)}${stroke("M118 286C104 236 116 200 144 176", p.fill, 20)}${stroke("M98 214C128 226 160 224 182 210", p.fill, 16)}${stroke("M150 198C190 214 214 240 226 272", p.fill, 16)}${rect(150, 206, 20, 20, 4, p.metal)}`;
	}
	return `${path("M68 280C62 236 66 196 80 168C98 182 122 184 142 172C166 200 204 226 254 236C304 244 336 256 338 282Z", p.fill)}${path("M254 236C304 244 336 256 338 282H270C250 272 246 254 254 236Z", p.light)}${path("M68 280C64 250 65 222 70 196C92 206 104 240 104 282Z", p.dark)}${path("M80 168C98 182 122 184 142 172L150 182C126 200 98 198 75 184Z", p.deep)}${stroke("M160 206L184 184M178 218L202 198M198 228L220 210M218 236L238 222", p.cream, 6)}${stroke("M128 270C150 236 186 250 232 268", p.seam, 9)}${path("M62 276H340C346 276 348 282 346 290C344 304 336 312 322 312H88C70 312 60 300 62 276Z", "#e9e0cf")}${stroke("M66 294H344", "#b9ad9a", 3)}`;
};

export const boot: Draw = (p, form) => {
	const top = form === 2 ? 64 : 92;
	const shaft = `M116 ${top}C144 ${top + 8} 184 ${top + 8} 214 ${top}C214 150 214 186 222 206C250 222 320 226 328 284H108C104 220 116 160 116 ${top}Z`;
	const sole =
		form === 1
			? path("M102 278H332V294H336V312H296V304H284V312H244V304H232V312H192V304H172V314H102Z", p.deep)
			: path("M102 280H332C336 294 332 306 322 306H172V316H110C102 316 100 306 102 280Z", p.deep);
	const rim = path(
		`M115 ${top}C144 ${top + 9} 184 ${top + 9} 215 ${top}L215 ${top + 14}C184 ${top + 22} 144 ${top + 22} 114 ${top + 14}Z`,
		p.dark,
	);
	if (form === 1) {
		const laces = [126, 150, 174, 198]
			.map((y, i) => stroke(`M${190 + i * 3} ${y}L${216 + i * 5} ${y + 12}M${216 + i * 5} ${y - 2}L${190 + i * 3} ${y + 12}`, p.cream, 5))
			.join("");
		return (
			path(shaft, p.fill) +
			path(`M188 ${top + 4}L214 ${top}C214 150 214 186 222 206C240 216 254 220 262 226L232 244C204 214 186 170 188 ${top + 4}Z`, p.dark) +
			laces +
			path("M262 240C300 244 324 258 328 284H256C250 266 252 250 262 240Z", p.dark) +
			sole +
			rim
		);
	}
	if (form === 2) {
		return (
			path(shaft, p.fill) +
			stroke("M108 250C170 258 220 250 258 226", p.dark, 4) +
			sole +
			rim +
			stroke(`M204 ${top + 36}V176`, p.light, 8) +
			rect(114, 112, 30, 12, 4, p.dark)
		);
	}
	return (
		path(shaft, p.fill) +
		path("M148 112H188C190 150 186 196 174 226H162C150 196 146 150 148 112Z", p.deep) +
		stroke("M158 118C158 160 160 196 165 218M168 118V222M178 118C178 160 176 196 171 218", p.dark, 3) +
		path(`M150 ${top + 2}C150 70 172 70 172 ${top + 2}L166 ${top + 12}H156Z`, p.deep) +
		path("M270 236C306 244 324 258 328 284H262C256 266 260 248 270 236Z", p.dark) +
		sole +
		rim
	);
};
