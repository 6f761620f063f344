import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** The shop and the console as static assets. What is in `public/` is copied as it is: headers, the icon, pictures and product data. */
export default defineConfig({
	root: fileURLToPath(new URL(".", import.meta.url)),
	logLevel: "warn",
	build: {
		target: "es2022",
		emptyOutDir: true,
		// The policy of `_headers` lets nothing in that stands inside the page.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		rolldownOptions: { input: ["index.html", "console/index.html"].map((page) => fileURLToPath(new URL(page, import.meta.url))) },
	},
});
