/** Says where two answers part. */
import type { JSX } from "preact";
import { useTexts } from "../../texts/language.ts";
import type { Parting } from "./parting.ts";

export function Parted({ parting }: { readonly parting: Parting | null }): JSX.Element {
	const { compare: texts } = useTexts();
	return (
		<p class="difference" role="status">
			{parting === null
				? texts.same
				: (parting.by === "course" ? texts.differ : texts.decidedElsewise)(parting.step + 1)}
		</p>
	);
}
