import type { Result } from "../contract/result.ts";
import type { WordTable } from "../text/text-vector.ts";
import { TOKENIZER } from "../text/tokens.ts";
import { orRefuse, readContainer, refuse, refusing } from "./esb1.ts";

/** Reads `text.bin` or `meaning.bin`. @param stated dimensions that it must have; null: its own. @returns why the file is refused, in words that follow its name */
export function readWords(file: Uint8Array, stated: number | null): Result<WordTable, string> {
	return refusing(() => {
		const container = orRefuse(readContainer(file, "text"));
		const dim = stated ?? Number(container.meta.dim);
		if (container.meta.tokenizer !== TOKENIZER) refuse(`has the tokenizer ${container.meta.tokenizer}, not ${TOKENIZER}`);
		if (container.meta.dim !== dim) refuse(`is for ${container.meta.dim} dimensions; the manifest says ${dim}`);
		const idf = orRefuse(container.section("idf", "f32", [null]));
		const count = idf.length;
		const offsets = orRefuse(container.section("wordOffsets", "u32", [count + 1]));
		const bytes = orRefuse(container.section("wordBytes", "u8", [null]));
		if (offsets[0] !== 0 || offsets[count] !== bytes.length) refuse("has words that do not fill their section");
		for (let row = 0; row < count; row++)
			if ((offsets[row] as number) > (offsets[row + 1] as number)) refuse("has word offsets out of order");
		const decoder = new TextDecoder();
		const rowOf = new Map<string, number>();
		for (let row = 0; row < count; row++)
			rowOf.set(decoder.decode(bytes.subarray(offsets[row] as number, offsets[row + 1] as number)), row);
		const scales = orRefuse(container.section("scales", "f32", [count]));
		const bias = orRefuse(container.section("bias", "f32", [dim]));
		for (const values of [scales, idf, bias]) if (!values.every(Number.isFinite)) refuse("has a scale, idf or bias that is no number");
		return { dim, rowOf, vectors: orRefuse(container.section("vectors", "i8", [count, dim])), scales, idf, bias };
	});
}
