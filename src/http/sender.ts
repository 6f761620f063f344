import { coarsen } from "../privacy/coarsen.ts";
import type { DaySalt } from "../privacy/ports.ts";
import { sessionKeyFor, visitorKeyFor } from "../privacy/visitor-key.ts";
import type { Services } from "./services.ts";

/**
 * The door: where a raw request becomes coarse features and a keyed hash. Address and user agent go no further.
 * @param now unix seconds
 */
export function createDoor(salt: DaySalt, now: () => number): Pick<Services, "senderOf" | "sessionKeyOf"> {
	return {
		async senderOf(request) {
			const time = now();
			const address = request.headers.get("cf-connecting-ip");
			const userAgent = request.headers.get("user-agent") ?? "";
			if (address === null) return { context: coarsen(request, time), visitor: null, origin: null };
			const daySalt = await salt.current(time);
			const [visitor, origin] = await Promise.all([visitorKeyFor(daySalt, address, userAgent), visitorKeyFor(daySalt, address, "")]);
			return { context: coarsen(request, time), visitor, origin };
		},
		sessionKeyOf: async (session) => sessionKeyFor(await salt.current(now()), session),
	};
}
