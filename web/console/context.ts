import type { Api } from "./api.ts";

/** What each view is given. */
export type Console = {
	readonly api: Api;
	/** What stands behind the view's name in the address: `#/runs/<argument>`, decoded. */
	readonly argument: string;
	/** Behind a "?" in the address's fragment. */
	readonly query: URLSearchParams;
	/** Goes to `#/…`; to where the view already is, draws it anew. */
	readonly go: (path: string) => void;
	/** Told once when another view is shown. */
	readonly onLeave: (stop: () => void) => void;
};

/** A view's content, below its heading. */
export type View = (shown: Console) => readonly (HTMLElement | null)[];
