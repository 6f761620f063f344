import { ATTRIBUTE_COLUMNS_MAX } from "../contract/product.ts";
import type { Codes } from "../rank/columns.ts";
import type { ItemFile } from "./read-items.ts";

/** Names of a release with a code each; the overlay adds what it brings. Codes are never given again. */
export interface GrowingCodes extends Codes {
	readonly attributeCount: number;
	categoryName(code: number): string | null;
	categoryNames(): readonly string[];
	addCategory(name: string): number;
	attributeName(code: number): string;
	/** @returns -1 when all columns are taken */
	addAttribute(name: string): number;
	addValue(attribute: number, value: string): number;
	/** Names of an attribute's values, by code. */
	valueNames(attribute: number): readonly string[];
	/** Of variant groups. */
	readonly groups: GroupCodes;
}

/** Codes of variant groups; several tables may have them in common. */
export interface GroupCodes {
	/**
	 * Code of a group. A release has its groups by number alone: a group is known by the first product that comes with
	 * its name, whose row has the number.
	 * @param before code that the product's row had, -1 none
	 */
	add(name: string, before: number): number;
	/** Codes given. */
	readonly size: number;
	/** By code, where all were added by name. */
	names(): readonly string[];
}

/** @param first codes below this are given already @param names of the first ones */
export function createGroupCodes(first = 0, names: readonly string[] = []): GroupCodes {
	const codes = new Map(names.map((name, code) => [name, code]));
	const named = new Set(codes.values());
	let next = Math.max(first, names.length);
	return {
		add(name, before) {
			const known = codes.get(name);
			if (known !== undefined) return known;
			const code = before === -1 || named.has(before) ? next++ : before;
			codes.set(name, code);
			named.add(code);
			return code;
		},
		get size() {
			return next;
		},
		names: () => [...codes.keys()],
	};
}

export function createCodes(
	{ categories, attributes }: Pick<ItemFile["meta"], "categories" | "attributes">,
	groups: GroupCodes = createGroupCodes(),
): GrowingCodes {
	const names = [...categories];
	const categoryCodes = new Map(names.map((name, code) => [name, code]));
	const columns = attributes.map(({ values }) => new Map(values.map((value, code) => [value, code])));
	const attributeNames = attributes.map(({ name }) => name);
	const columnCodes = new Map(attributes.map(({ name }, code) => [name, code]));
	return {
		get attributeCount() {
			return columns.length;
		},
		categoryOf: (name) => categoryCodes.get(name) ?? -1,
		attributeOf: (name) => columnCodes.get(name) ?? -1,
		valueOf: (attribute, value) => columns[attribute]?.get(value) ?? -1,
		categoryName: (code) => names[code] ?? null,
		categoryNames: () => names,
		attributeName: (code) => attributeNames[code] as string,
		addCategory(name) {
			const known = categoryCodes.get(name);
			if (known !== undefined) return known;
			categoryCodes.set(name, names.push(name) - 1);
			return names.length - 1;
		},
		addAttribute(name) {
			const known = columnCodes.get(name);
			if (known !== undefined) return known;
			if (columns.length >= ATTRIBUTE_COLUMNS_MAX) return -1;
			columnCodes.set(name, columns.push(new Map()) - 1);
			attributeNames.push(name);
			return columns.length - 1;
		},
		addValue(attribute, value) {
			const values = columns[attribute] as Map<string, number>;
			const known = values.get(value);
			if (known === undefined) values.set(value, values.size);
			return known ?? values.size - 1;
		},
		valueNames: (attribute) => [...(columns[attribute]?.keys() ?? [])],
		groups,
	};
}
