/** What is wrong with a question, or with who should answer it. */
import type { JSX } from "preact";
import type { problemIn } from "../backend/backend.ts";
import { useTexts } from "../texts/language.ts";
import { Notice } from "./notice.tsx";

interface Props {
	readonly problem: ReturnType<typeof problemIn>;
	readonly retry: () => void;
}

export function Problem({ problem, retry }: Props): JSX.Element {
	const texts = useTexts();
	const { code, message, hint, where } = problem;
	if (code === "server-away") {
		return (
			<Notice tone="bad">
				{texts.server.away}{" "}
				<button type="button" onClick={retry}>
					{texts.server.retry}
				</button>
			</Notice>
		);
	}
	return (
		<Notice tone="bad">
			{where === undefined ? "" : `${where}: `}
			{message}
			{hint === undefined ? "" : texts.bracketed(hint)}
		</Notice>
	);
}
