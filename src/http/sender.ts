import { coarsen } from "../privacy/coarsen.ts";
import { generalise } from "../privacy/crowd.ts";
import { networkOf } from "../privacy/network.ts";
import type { DaySalt, ReleasedFeatures } from "../privacy/ports.ts";
import { sessionKeyFor, visitorKeyFor, vouchedVisitorKeyFor } from "../privacy/visitor-key.ts";
import type { Services } from "./services.ts";

/** The one header in which the platform tells the address; others are the client's own word. */
const ADDRESS_HEADER = "cf-connecting-ip";

/**
 * The door: where a raw request becomes coarse features and keyed hashes. Address and user agent go no further: what makes
 * the visitor's key, where a canary asks for it, gives that key alone.
 * @param now unix seconds
 */
export function createDoor(
	salt: DaySalt,
	features: ReleasedFeatures,
	now: () => number,
): Pick<Services, "senderOf" | "sessionKeyOf" | "witnessOf" | "features"> {
	return {
		features,
		async senderOf(request, waitUntil) {
			const time = now();
			for (const refreshing of [features.refresh(time), salt.refresh(time)]) if (refreshing !== null) waitUntil(refreshing);
			// What answers may be drawn from: of each feature only what a crowd shares.
			const context = generalise(coarsen(request, time), (value) => features.has(value));
			const address = request.headers.get(ADDRESS_HEADER);
			if (address === null) return { context, visitor: async () => null, origin: null };
			const network = networkOf(address);
			return {
				context,
				visitor: async () => visitorKeyFor((await salt.current(time)).salt, network, request.headers.get("user-agent") ?? ""),
				// No answer waits for the store: until an isolate has the shared salt it counts by its own.
				origin: await visitorKeyFor(salt.atHand(time), network, ""),
			};
		},
		sessionKeyOf: async (session) => sessionKeyFor((await salt.current(now())).salt, session),
		async witnessOf(request, session, vouched) {
			const time = now();
			const { salt: daySalt, shared } = await salt.current(time);
			const address = request.headers.get(ADDRESS_HEADER);
			const visitorOf = () => {
				if (!shared) return null;
				if (vouched) return vouchedVisitorKeyFor(daySalt, session);
				// By the network alone: nobody becomes a crowd by changing the user agent.
				return address === null ? null : visitorKeyFor(daySalt, networkOf(address), "");
			};
			return { session: await sessionKeyFor(daySalt, session), visitor: await visitorOf(), context: coarsen(request, time) };
		},
	};
}
