/**
 * Waits for I/O no longer than given. The I/O itself goes on: it may still take effect.
 * @throws Error "TimeoutError" by name
 */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
	const late = Promise.withResolvers<never>();
	const timer = setTimeout(() => late.reject(new DOMException("took too long", "TimeoutError")), milliseconds);
	try {
		return await Promise.race([work, late.promise]);
	} finally {
		clearTimeout(timer);
	}
}
