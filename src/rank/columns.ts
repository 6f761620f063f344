/** Codes by row, as wide as their names need. */
export type CodeColumn = Int8Array | Int16Array | Int32Array;

/** What can be filtered on, by row. A release's own columns, with the overlay's values written over them. */
export type Columns = {
	readonly count: number;
	/** Minor unit; -1 unknown. */
	readonly price: Int32Array;
	/** Code of the category; -1 none. */
	readonly category: CodeColumn;
	/** 1: in stock. */
	readonly inStock: Uint8Array;
	/** 1: may never be shown: deleted, or without a vector. */
	readonly hidden: Uint8Array;
	/** By attribute code, then row: code of the value; -1 none. A column may be shorter than `count`: none beyond. */
	readonly attributes: readonly CodeColumn[];
};

/** Codes of names, shared by all tables of a release. */
export interface Codes {
	/** @returns -1 when the category is not known */
	categoryOf(name: string): number;
	/** @returns -1 when no column has the name */
	attributeOf(name: string): number;
	/** @returns -1 when the attribute has no such value */
	valueOf(attribute: number, value: string): number;
}

/** @param names codes are -1 to `names - 1` */
export const columnTypeFor = (names: number) => (names <= 2 ** 7 ? Int8Array : names <= 2 ** 15 ? Int16Array : Int32Array);

/** The column, or a wider one with the same codes where it has no room for a code. */
export const wideEnough = (column: CodeColumn, code: number): CodeColumn =>
	code < 2 ** (8 * column.BYTES_PER_ELEMENT - 1) ? column : new (columnTypeFor(code + 1))(column);
