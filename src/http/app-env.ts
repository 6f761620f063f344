import type { Scope } from "../contract/errors.ts";
import type { Services } from "./services.ts";

/** What every handler finds in `c.var`. */
export type AppEnv = {
	Variables: {
		services: Services;
		requestId: string;
		/** Set by `requireScope`: the admin token that was shown. */
		token: AdminToken;
	};
};

export type AdminToken = { readonly name: string; readonly scopes: readonly Scope[] };
