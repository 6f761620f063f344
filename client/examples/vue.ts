/** A shelf in Vue 3. In templates, tell the compiler: `compilerOptions.isCustomElement = (tag) => tag === "edge-shelf"`. */
import { defineComponent, h, type PropType } from "vue";
import type { Offer } from "./react.tsx";

export const ForYou = defineComponent({
	props: {
		/** What the page's server asked for: shown until the browser's own answer comes. */
		offers: { type: Array as PropType<readonly Offer[]>, required: true },
	},
	setup: (props) => () =>
		h("edge-shelf", { surface: "home", heading: "For you", reasons: "" }, [
			h(
				"ul",
				props.offers.map(({ id, title, href }) => h("li", { key: id }, [h("a", { href }, title)])),
			),
		]),
});
