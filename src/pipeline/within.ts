/**
 * The value of some I/O of this very request, or null when it failed or did not come in time. The I/O itself goes on.
 */
export async function orNullWithin<T>(milliseconds: number, work: Promise<T>): Promise<T | null> {
	const late = Promise.withResolvers<null>();
	const timer = setTimeout(() => late.resolve(null), milliseconds);
	try {
		return await Promise.race([work.catch(() => null), late.promise]);
	} finally {
		clearTimeout(timer);
	}
}
