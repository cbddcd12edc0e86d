/** What a view shows that has no network to look at yet: what it is for, and how to get there. */
import type { JSX } from "preact";
import { formatRoute } from "../route.ts";
import type { EN } from "../texts/en.ts";
import { useTexts } from "../texts/language.ts";

export function NoInput({ view }: { readonly view: keyof (typeof EN)["viewHints"] }): JSX.Element {
	const { viewHints, noInput, sentence } = useTexts();
	return (
		<div class="no-input">
			<p>{sentence(viewHints[view])}</p>
			<p>
				{noInput.choose} <a href={formatRoute({ view: "atlas", params: {} })}>{viewHints.atlas}</a>
			</p>
			<p class="quiet">
				{noInput.own} <code>podpath serve -f cluster.yaml</code>
			</p>
		</div>
	);
}
