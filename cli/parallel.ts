/**
 * Works through the jobs in order, at most `width` at a time. The first rejection stops the taking of further jobs.
 * @throws what the job threw, once those under way have ended
 */
export async function runParallel<T>(jobs: Iterable<T>, width: number, work: (job: T, index: number) => Promise<void>): Promise<void> {
	const iterator = jobs[Symbol.iterator]();
	const failures: unknown[] = [];
	let index = 0;
	const lane = async () => {
		while (failures.length === 0) {
			const next = iterator.next();
			if (next.done) return;
			try {
				await work(next.value, index++);
			} catch (thrown) {
				failures.push(thrown);
			}
		}
	};
	await Promise.all(Array.from({ length: width }, lane));
	if (failures.length > 0) throw failures[0];
}
