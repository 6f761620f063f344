import { workingEncoder } from "./load-release.ts";
import type { ServingState } from "./ports.ts";
import type { ReleaseKeeper } from "./release-keeper.ts";

/** What an isolate holds now; an encoder that broke down as it served is told before what could not be loaded. */
export function servingState(keeper: ReleaseKeeper): ServingState {
	const release = keeper.serving(null);
	const rung = release === null ? "static" : workingEncoder(release.loaded) === null ? "session" : "personal";
	const broken = release?.loaded.encoder?.fault ?? null;
	return {
		release: release?.loaded.manifest.id ?? null,
		canary: keeper.canary?.loaded.manifest.id ?? null,
		rung,
		catalogueVersion: release?.cursor.version ?? null,
		fault:
			release === null || broken === null
				? keeper.fault
				: { release: release.loaded.manifest.id, file: "encoder.int8.onnx", message: `broke down: ${broken}` },
	};
}
