/** What the keys do. */
import type { JSX, RefObject } from "preact";
import { useTexts } from "./texts/language.ts";
import { VIEWS } from "./views/registry.ts";

export function KeyHelp({ dialog }: { readonly dialog: RefObject<HTMLDialogElement | null> }): JSX.Element {
	const texts = useTexts();
	const keys: readonly (readonly [string, string])[] = [
		["/", texts.keys.search],
		["← →", texts.keys.step],
		["Home End", texts.keys.ends],
		["L", texts.keys.end],
		["C", texts.keys.cause],
		["Space", texts.keys.play],
		["↑ ← + − 0", texts.keys.move],
		[`1 – ${VIEWS.length}`, texts.keys.view],
		["?", texts.keys.help],
		["Esc", texts.keys.close],
	];
	return (
		<dialog ref={dialog} class="help" aria-labelledby="help-title">
			<h2 id="help-title">{texts.keys.title}</h2>
			<dl>
				{keys.map(([key, what]) => (
					<div key={key}>
						<dt>{key.split(" ").map((each) => (each === "–" ? " – " : <kbd key={each}>{each}</kbd>))}</dt>
						<dd>{what}</dd>
					</div>
				))}
			</dl>
			<form method="dialog">
				<button type="submit">{texts.close}</button>
			</form>
		</dialog>
	);
}
