/** A shelf in React 19, which renders custom elements by itself. Define the element once, in the browser: see `start.ts`. */
declare module "react" {
	namespace JSX {
		interface IntrinsicElements {
			"edge-shelf": {
				surface: string;
				shelf?: string;
				item?: string;
				limit?: number;
				heading?: string;
				reasons?: boolean;
				children?: ReactNode;
			};
		}
	}
}

export type Offer = { readonly id: string; readonly title: string; readonly href: string };

/** @param offers what the page's server asked for (see `edge.ts`): shown until the browser's own answer comes */
export function ForYou({ item, offers }: { readonly item?: string; readonly offers: readonly Offer[] }) {
	return (
		<edge-shelf surface="home" heading="For you" reasons {...(item !== undefined && { item })}>
			<ul>
				{offers.map(({ id, title, href }) => (
					<li key={id}>
						<a href={href}>{title}</a>
					</li>
				))}
			</ul>
		</edge-shelf>
	);
}
