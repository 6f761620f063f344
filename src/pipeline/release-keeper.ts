import type { VisitorKey } from "../contract/context.ts";
import type { ActivePointer, Manifest } from "../contract/release.ts";
import type { NamedRule } from "../contract/rule.ts";
import { isInCanary } from "./canary.ts";
import { loadPlanes } from "./load-planes.ts";
import { filesOf, loadRelease, type ReleaseFault, workingEncoder } from "./load-release.ts";
import { createOverlaidRelease, type OverlaidRelease } from "./overlaid-release.ts";
import type {
	HotListSource,
	HotLists,
	MakeEncoder,
	MakeRowSpace,
	OverlaySource,
	ReleaseSource,
	RowSpace,
	RuleSource,
	WaitUntil,
} from "./ports.ts";
import { orNullWithin } from "./within.ts";

/** Least time between two readings of pointer and overlay, seconds. */
export const POLL_SECONDS = 10;
/** Age of the last good reading from which a request waits for a new one, seconds: changes must obey within 60. */
const STALE_SECONDS = 45;
/** Longest such wait, milliseconds: a reading takes a few, or some dozen from far away. */
const STALE_WAIT_MS = 250;
/** Time until a release that could not be loaded is tried again, seconds. */
const RETRY_SECONDS = 30;
/** Age at which a reading that never ended is given up, seconds: its request may have been cancelled. */
const ABANDONED_SECONDS = 60;
/** Changes read at once. */
const OVERLAY_PAGE_ROWS = 2000;
/** Least time between two readings of the hot lists, seconds: with the readings' own a new product is listed within 60. */
const HOT_LISTS_SECONDS = 30;

export type KeeperPorts = {
	readonly releases: ReleaseSource;
	readonly overlay: OverlaySource;
	readonly hotLists: HotListSource;
	readonly rules: RuleSource;
	readonly makeEncoder: MakeEncoder;
	readonly makeRowSpace: MakeRowSpace;
	/** Told of what could not be loaded. */
	readonly onFault: (release: string, fault: ReleaseFault) => void;
};

/** When what is done beside a request may take up what the request needs itself. */
export type Beside = {
	/** Resolves once its response is made and written out: the stores are asked for much only then. */
	readonly responded: Promise<void>;
	/** Resolves once the response has had time to leave: only then begins what keeps the CPU for long. */
	readonly left: Promise<void>;
};

/** Holds the releases that serve and keeps them fresh, off the path of requests. */
export interface ReleaseKeeper {
	/** Whether `tend` has anything to start. */
	isDue(now: number): boolean;
	/**
	 * Starts what is due under `waitUntil`; other requests never wait for it. Waits itself only when the last good
	 * reading is so old that changes could be missed.
	 * @param beside the request in whose course this happens
	 */
	tend(now: number, waitUntil: WaitUntil, beside: Beside): Promise<void>;
	/** @param visitor null: no canary */
	serving(visitor: VisitorKey | null): OverlaidRelease | null;
	readonly canary: OverlaidRelease | null;
	/** The active release or the canary by its id; null: not loaded yet; undefined: it is neither. */
	named(id: string): OverlaidRelease | null | undefined;
	readonly hot: HotLists | null;
	/** The shop's rules as last read; none before that. */
	readonly rules: readonly NamedRule[];
	readonly fault: { readonly release: string; readonly file: string; readonly message: string } | null;
}

const inPlanes = ({ items }: Manifest): boolean => items.layout === "planes";

type Fault = NonNullable<ReleaseKeeper["fault"]>;

export function createReleaseKeeper(ports: KeeperPorts): ReleaseKeeper {
	const held = new Map<string, OverlaidRelease>();
	/** When each release that could not be loaded, or only without its encoder, may be tried again. */
	const retryAt = new Map<string, number>();
	let pointer: ActivePointer | null = null;
	let servingId: string | null = null;
	let hot: { readonly lists: HotLists; readonly at: number } | null = null;
	let rules: readonly NamedRule[] = [];
	let fault: Fault | null = null;
	/** Memory of the last release in planes, for the next one; null: none is free. */
	let worn: RowSpace | null = null;
	/** When the reading that is under way began; null: none is. */
	let readingSince: number | null = null;
	let triedAt = Number.NEGATIVE_INFINITY;
	let goodAt = Number.NEGATIVE_INFINITY;

	function note(release: string, at: ReleaseFault): void {
		fault = { release, ...at };
		ports.onFault(release, at);
	}

	async function catchUp(release: OverlaidRelease): Promise<void> {
		for (;;) {
			const changes = await ports.overlay.changes(release.cursor, OVERLAY_PAGE_ROWS);
			release.apply(changes);
			if (changes.length < OVERLAY_PAGE_ROWS) return;
		}
	}

	/** Loads beside what is held. Without an encoder only when nothing else could serve. */
	async function load(id: string, now: number, { responded, left }: Beside): Promise<void> {
		if ((retryAt.get(id) ?? 0) > now) return;
		retryAt.set(id, now + RETRY_SECONDS);
		const manifest = await ports.releases.manifest(id);
		if (manifest === null) return note(id, { file: "manifest.json", message: "is not there" });
		const stored = ports.releases.stored(id);
		const isAlone = inPlanes(manifest) || Array.from(held.values()).some(({ loaded }) => inPlanes(loaded.manifest));
		if (isAlone && id !== pointer?.active)
			return note(id, { file: "manifest.json", message: "is of a size that has no room beside another release" });
		await responded;
		const files = inPlanes(manifest) ? {} : await stored.files(filesOf(manifest));
		await left;
		if (isAlone) makeRoom();
		const loadWith = (makeEncoder: MakeEncoder | null) =>
			inPlanes(manifest)
				? loadPlanes(manifest, stored, makeEncoder, ports.makeRowSpace, worn)
				: loadRelease(manifest, files, makeEncoder, ports.makeRowSpace);
		let loaded = await loadWith(ports.makeEncoder);
		if (!loaded.ok && loaded.error.file === "encoder.int8.onnx") {
			note(id, loaded.error);
			if (held.has(id) || held.size > 0) return;
			loaded = await loadWith(null);
		}
		if (!loaded.ok) return note(id, loaded.error);
		worn = null;
		const release = createOverlaidRelease(loaded.value, ports.makeRowSpace);
		await catchUp(release);
		drop(id);
		held.set(id, release);
		if (loaded.value.encoder !== null) {
			retryAt.delete(id);
			if (fault?.release === id) fault = null;
		}
	}

	function drop(id: string): void {
		const release = held.get(id);
		if (release === undefined) return;
		release.retire();
		release.loaded.encoder?.release();
		held.delete(id);
		if (inPlanes(release.loaded.manifest)) worn = release.loaded.space;
	}

	/** Lets go what is held: until the next one is loaded a lower rung answers. */
	function makeRoom(): void {
		for (const id of held.keys()) drop(id);
		servingId = null;
	}

	/** One whose encoder broke down is loaded anew: another release's model may have broken what both ran on. */
	function needsLoading(id: string | null): id is string {
		const release = id === null ? undefined : held.get(id);
		return id !== null && (release === undefined || workingEncoder(release.loaded) === null);
	}

	async function read(now: number, beside: Beside): Promise<void> {
		const [next, nextRules] = await Promise.all([ports.releases.pointer(), ports.rules.rules(), ...Array.from(held.values(), catchUp)]);
		rules = nextRules;
		pointer = next;
		goodAt = now;
		settle();
		for (const id of [next.active, next.canary]) {
			if (!needsLoading(id)) continue;
			await load(id, now, beside);
			settle();
		}
		if (hot === null || now - hot.at >= HOT_LISTS_SECONDS) hot = { lists: await ports.hotLists.lists(), at: now };
	}

	/** The active release serves as soon as it is held; until then the one before. What nobody needs any more goes. */
	function settle(): void {
		const active = pointer?.active ?? null;
		if (active === null || held.has(active)) servingId = active;
		for (const id of held.keys()) if (id !== servingId && id !== active && id !== pointer?.canary) drop(id);
	}

	function isDue(now: number): boolean {
		const isReading = readingSince !== null && now - readingSince < ABANDONED_SECONDS;
		return !isReading && now - triedAt >= POLL_SECONDS;
	}

	return {
		isDue,
		async tend(now, waitUntil, beside) {
			if (!isDue(now)) return;
			readingSince = now;
			triedAt = now;
			const work = read(now, beside)
				// The store is out of reach: the last good state serves. The next reading tries again.
				.catch(() => {})
				.finally(() => {
					readingSince = null;
				});
			waitUntil(work);
			if (servingId !== null && now - goodAt >= STALE_SECONDS) await orNullWithin(STALE_WAIT_MS, work);
		},
		serving(visitor) {
			const canary = pointer?.canary ?? null;
			if (canary !== null && visitor !== null && held.has(canary) && isInCanary(canary, visitor, pointer?.canaryShare ?? 0)) {
				return held.get(canary) ?? null;
			}
			return servingId === null ? null : (held.get(servingId) ?? null);
		},
		named(id) {
			if (pointer === null) return null;
			return id === pointer.active || id === pointer.canary ? (held.get(id) ?? null) : undefined;
		},
		get canary() {
			return pointer?.canary ? (held.get(pointer.canary) ?? null) : null;
		},
		get hot() {
			return hot?.lists ?? null;
		},
		get rules() {
			return rules;
		},
		get fault() {
			return fault;
		},
	};
}
