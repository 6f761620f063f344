import * as v from "valibot";

type Text = v.BaseSchema<string, string, v.BaseIssue<unknown>>;
type Value = v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>;

/**
 * Values by names that anybody may choose. As `v.record`, which leaves out `__proto__`, `prototype` and `constructor`
 * without a word (valibot 1.5.0, `_isValidObjectKey`): here they are names like all others, own properties of what comes
 * out. Who reads one by its name asks `Object.hasOwn` first, and who writes one builds by `Object.fromEntries`.
 */
export function dictionary<const K extends Text, const V extends Value>(key: K, value: V): v.RecordSchema<K, V, undefined> {
	const Entries = v.array(v.tuple([key, value]));
	const record = v.record(key, value);
	return {
		...record,
		"~run"(dataset, config) {
			const input = dataset.value;
			if (typeof input !== "object" || input === null || Array.isArray(input)) return record["~run"](dataset, config);
			const read = Entries["~run"]({ value: Object.entries(input) }, config);
			if (read.issues === undefined) return { typed: true, value: Object.fromEntries(read.value as [string, unknown][]) } as never;
			// An issue is told where it is in the object, not among the entries.
			const issues = read.issues.map((issue) => {
				const [entry, side, ...within] = issue.path ?? [];
				const name = (entry?.value as [string, unknown] | undefined)?.[0] ?? "";
				const at = { type: "object", origin: side?.key === 0 ? "key" : "value", input, key: name, value: side?.value } as const;
				return { ...issue, path: [at, ...within] };
			});
			return { typed: false, value: input, issues } as never;
		},
	};
}
