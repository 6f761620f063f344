/** A product counts as seen once half of it was in view for a second. @see the viewable impression of the IAB and MRC */
const SEEN_SHARE = 0.5;
const SEEN_MS = 1000;

/**
 * Watches elements until each was truly seen.
 * @param onSeen is called once for each element
 */
export function watchImpressions(onSeen: (element: Element) => void) {
	const timers = new Map<Element, number>();
	function end(element: Element) {
		clearTimeout(timers.get(element));
		timers.delete(element);
	}
	function begin(element: Element) {
		end(element);
		timers.set(
			element,
			window.setTimeout(() => {
				// A tab in the background shows nothing.
				if (document.visibilityState === "hidden") return begin(element);
				end(element);
				observer.unobserve(element);
				onSeen(element);
			}, SEEN_MS),
		);
	}
	const observer = new IntersectionObserver(
		(entries) => {
			for (const { target, intersectionRatio } of entries) intersectionRatio >= SEEN_SHARE ? begin(target) : end(target);
		},
		{ threshold: SEEN_SHARE },
	);
	return {
		watch: (element: Element) => observer.observe(element),
		stop() {
			observer.disconnect();
			for (const element of [...timers.keys()]) end(element);
		},
	};
}
