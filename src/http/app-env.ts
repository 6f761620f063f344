import type { Scope } from "../contract/errors.ts";
import type { Sender } from "../pipeline/ports.ts";
import type { Services } from "./services.ts";

/** What every handler finds in `c.var`. */
export type AppEnv = {
	Variables: {
		services: Services;
		requestId: string;
		/** Set by `admitVisitor` on all routes under /v1. */
		sender: Sender;
		/** Set by `admitVisitor`: a token was shown that may read everything. */
		isReader: boolean;
		/** Set by `requireScope`: the admin token that was shown. */
		token: AdminToken;
	};
};

export type AdminToken = { readonly name: string; readonly scopes: readonly Scope[] };
