/** From a path to what else can be asked about it. */
import type { Question } from "@podpath/core";
import type { JSX } from "preact";
import type { Input } from "../../backend/backend.ts";
import { go } from "../../navigation.ts";
import { formatRoute } from "../../route.ts";
import { useTexts } from "../../texts/language.ts";
import { wishForLab } from "../lab/wish.ts";
import { routeOf } from "./asked.ts";

interface Props {
	readonly input: Input;
	readonly question: Question;
}

export function Onward({ input, question }: Props): JSX.Element {
	const { path: texts } = useTexts();
	const asked = routeOf(input, question);
	return (
		<p class="onward">
			<a href={formatRoute({ ...asked, view: "diagnose" })}>{texts.diagnose}</a>
			<button
				type="button"
				class="small"
				onClick={() => {
					wishForLab(question);
					go({ ...asked, view: "lab" });
				}}
			>
				{texts.onKernel}
			</button>
		</p>
	);
}
