import * as v from "valibot";
import type { Result } from "../../contract/result.ts";
import { LANGUAGES } from "../../text/analyse.ts";
import { createVocabulary } from "../../text/vocabulary.ts";
import { createCodes, createGroupCodes } from "../codes.ts";
import { type Container, orRefuse, readContainer, refuse, refusing } from "../esb1.ts";
import { type Section, textSections, writeContainer } from "../write-esb1.ts";
import { type Segment, segmentOf } from "./segment.ts";

const KIND = "search";
/** Name of the rule by which texts became terms: a file made by another one is refused. */
export const ANALYSIS = "en-porter-de-snowball-cjk-pairs-1";

const Meta = v.object({
	analysis: v.literal(ANALYSIS),
	version: v.number(),
	languages: v.array(v.picklist(LANGUAGES)),
	categories: v.array(v.string()),
	attributes: v.array(v.object({ name: v.string(), values: v.array(v.string()) })),
});

const u32 = (values: ArrayLike<number>): Section => ({ dtype: "u32", shape: [values.length], values });
const u8 = (values: ArrayLike<number>): Section => ({ dtype: "u8", shape: [values.length], values });
const i32 = (values: ArrayLike<number>): Section => ({ dtype: "i32", shape: [values.length], values });

/** A segment as an ESB1 file. @param version of the catalogue, up to which it is complete */
export function writeSegment({ index, columns, codes, ids, titles, firstSeenAt }: Segment, version: number): Uint8Array<ArrayBuffer> {
	const { vocabulary } = index;
	const terms = Array.from({ length: vocabulary.size }, (_, id) => vocabulary.termOf(id));
	const names = { ids, titles, terms, forms: vocabulary.forms.texts, groups: codes.groups.names() };
	const texts = Object.entries(names).flatMap(([name, values]) => {
		const { offsets, bytes } = textSections(values);
		return [[`${name}Offsets`, offsets] as const, [`${name}Bytes`, bytes] as const];
	});
	const sections = {
		...Object.fromEntries(texts),
		formTerms: u32(vocabulary.forms.terms),
		mainForms: u32(vocabulary.forms.main),
		starts: u32(index.starts),
		rows: u32(index.rows),
		weights: u8(index.weights),
		fields: u8(index.fields),
		namedStarts: u32(index.namedStarts),
		named: u32(index.named),
		price: i32(columns.price),
		category: i32(columns.category),
		inStock: u8(columns.inStock),
		group: i32(columns.group),
		firstSeenAt: u32(firstSeenAt),
		...Object.fromEntries(columns.attributes.map((column, code) => [`attribute${code}`, i32(column)])),
	};
	const attributes = columns.attributes.map((_, code) => ({ name: codes.attributeName(code), values: codes.valueNames(code) }));
	return writeContainer(KIND, sections, {
		analysis: ANALYSIS,
		version,
		languages: index.languages,
		categories: codes.categoryNames(),
		attributes,
	});
}

/** Reads such a file; the arrays are views over it. @returns why it is refused, in words that follow its name */
export function readSegment(file: Uint8Array): Result<{ readonly segment: Segment; readonly version: number }, string> {
	return refusing(() => {
		const container = orRefuse(readContainer(file, KIND));
		const meta = v.safeParse(Meta, container.meta);
		if (!meta.success) refuse(`has no valid ${v.getDotPath(meta.issues[0]) ?? "meta"}`);
		const { version, languages, categories, attributes } = meta.output;
		const ids = textsOf(container, "ids");
		const count = ids.length;
		const terms = textsOf(container, "terms");
		const forms = textsOf(container, "forms");
		const starts = orRefuse(container.section("starts", "u32", [terms.length + 1]));
		const postings = starts[terms.length] as number;
		const group = orRefuse(container.section("group", "i32", [count]));
		// Files of before have groups by number alone.
		const groups = container.has("groupsBytes") ? textsOf(container, "groups") : [];
		const namedStarts = orRefuse(container.section("namedStarts", "u32", [count + 1]));
		const segment = segmentOf({
			index: {
				count,
				languages,
				vocabulary: createVocabulary(terms, {
					texts: forms,
					terms: orRefuse(container.section("formTerms", "u32", [forms.length])),
					main: orRefuse(container.section("mainForms", "u32", [terms.length])),
				}),
				starts,
				rows: orRefuse(container.section("rows", "u32", [postings])),
				weights: orRefuse(container.section("weights", "u8", [postings])),
				fields: orRefuse(container.section("fields", "u8", [postings])),
				namedStarts,
				named: orRefuse(container.section("named", "u32", [namedStarts[count] as number])),
			},
			columns: {
				count,
				price: orRefuse(container.section("price", "i32", [count])),
				category: orRefuse(container.section("category", "i32", [count])),
				inStock: orRefuse(container.section("inStock", "u8", [count])),
				hidden: new Uint8Array(count),
				group,
				attributes: attributes.map((_, code) => orRefuse(container.section(`attribute${code}`, "i32", [count]))),
			},
			codes: createCodes({ categories, attributes }, createGroupCodes(1 + group.reduce((most, code) => Math.max(most, code), -1), groups)),
			ids,
			titles: textsOf(container, "titles"),
			firstSeenAt: orRefuse(container.section("firstSeenAt", "u32", [count])),
		});
		return { segment, version };
	});
}

function textsOf(container: Container, name: string): string[] {
	const offsets = orRefuse(container.section(`${name}Offsets`, "u32", [null]));
	const bytes = orRefuse(container.section(`${name}Bytes`, "u8", [null]));
	const count = offsets.length - 1;
	if (count < 0 || offsets[count] !== bytes.length) refuse(`has ${name} that do not fill their section`);
	const decoder = new TextDecoder();
	return Array.from({ length: count }, (_, i) => decoder.decode(bytes.subarray(offsets[i] as number, offsets[i + 1] as number)));
}
