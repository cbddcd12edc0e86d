/** One scenario of the atlas, found by typing what one would type into the atlas' search. */
import type { AtlasIndex, ServedInput } from "@podpath/core";
import type { JSX } from "preact";
import { useCallback } from "preact/hooks";
import { Combobox, type Proposal } from "../../parts/combobox.tsx";
import { useLanguage, useTexts } from "../../texts/language.ts";
import { titleIn } from "../../texts/title.ts";
import { searchFor } from "./search.ts";

interface Props {
	readonly label: string;
	readonly atlas: AtlasIndex;
	readonly served: ServedInput;
	/** The name of a scenario; empty: what the server was started with, or nothing. */
	readonly value: string;
	readonly onChoose: (value: string) => void;
}

export function ScenarioPicker({ label, atlas, served, value, onChoose }: Props): JSX.Element {
	const { compare: texts } = useTexts();
	const language = useLanguage();
	const propose = useCallback(
		async (typed: string): Promise<readonly Proposal[]> => {
			const name = typed.trim();
			const { found } = searchFor(
				atlas.modes.flatMap(({ scenarios }) => scenarios),
				name,
			);
			return found
				.toSorted((one, other) => Number(other.name === name) - Number(one.name === name))
				.map((each) => ({ name: each.name, title: titleIn(each, language) }));
		},
		[atlas, language],
	);
	return (
		<Combobox
			label={label}
			value={value}
			placeholder={served.kind === "atlas" ? texts.choose : served.name}
			propose={propose}
			onChoose={onChoose}
			listed
		/>
	);
}
