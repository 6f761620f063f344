/** WebAssembly as Node has it, as far as it is used here; @types/node leaves it to the DOM's types. */
declare namespace WebAssembly {
	class Module {
		constructor(bytes: Uint8Array<ArrayBuffer>);
		static imports(module: Module): { readonly module: string; readonly name: string; readonly kind: string }[];
	}
	class Instance {
		constructor(module: Module, imports?: Imports);
		readonly exports: Exports;
	}
	class RuntimeError extends Error {}
	interface Global {
		value: unknown;
	}
	type Imports = Record<string, Record<string, unknown>>;
	type Exports = Record<string, unknown>;
}
