/** The changed network on a real kernel, and what it does with the packet. */
import type { EditedFile, Question, ServedInput } from "@podpath/core";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { GivenInput } from "../../backend/backend.ts";
import { LAB } from "../../texts/lab.ts";
import { useTextsOf } from "../../texts/language.ts";
import { Offered } from "../lab/offered.tsx";
import { Running } from "../lab/running.tsx";
import { useLab } from "../lab/use-lab.ts";

interface Props {
	readonly input: GivenInput;
	readonly served: ServedInput;
	readonly question: Question;
	/** What was changed in the input's files. */
	readonly edited: readonly EditedFile[];
}

/** Whether there is a kernel is looked for when somebody opens it. */
export function OnKernel(props: Props): JSX.Element {
	const texts = useTextsOf(LAB);
	const [opened, setOpened] = useState(false);
	return (
		<details class="on-kernel" open={opened} onToggle={({ currentTarget }) => setOpened(currentTarget.open)}>
			<summary>{texts.onKernel}</summary>
			{opened && (
				<Offered served={props.served}>
					<Run {...props} />
				</Offered>
			)}
		</details>
	);
}

function Run({ input, question, edited }: Props): JSX.Element {
	const texts = useTextsOf(LAB);
	const run = useLab(input, question, edited);
	return (
		<>
			<p class="quiet">{texts.ofEdited}</p>
			<Running run={run} />
		</>
	);
}
