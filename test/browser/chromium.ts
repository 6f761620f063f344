import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"];

/** The system's browser. @throws Error with one sentence that says what to do where there is none */
export async function launchChromium(): Promise<Browser> {
	const executablePath = process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path));
	if (executablePath === undefined || !existsSync(executablePath))
		throw new Error("the browser tests need Chromium: install it (Debian: apt install chromium) or set CHROMIUM to its path");
	return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
