/** Which modes are compared. */
import type { JSX } from "preact";
import { useTextsOf } from "../../texts/language.ts";
import { MODES } from "../../texts/modes.ts";
import { byPlugin, toggled } from "./picked-modes.ts";

interface Props {
	readonly names: readonly string[];
	readonly picked: readonly string[];
	/** None: all. */
	readonly onPick: (modes: readonly string[]) => void;
}

export function ModePicker({ names, picked, onPick }: Props): JSX.Element {
	const texts = useTextsOf(MODES);
	const all = picked.length === names.length;
	return (
		<fieldset class="mode-picker">
			<legend>{texts.picked(picked.length, names.length)}</legend>
			{byPlugin(names).map((group) => (
				<span key={group[0]} class="plugin">
					{group.map((mode) => (
						<label key={mode} class="check">
							<input
								type="checkbox"
								checked={!all && picked.includes(mode)}
								// From all, the first one that is picked is meant alone.
								onChange={() => onPick(all ? [mode] : toggled(mode, picked, names))}
							/>{" "}
							{mode}
						</label>
					))}
				</span>
			))}
			<button type="button" class="small" disabled={all} onClick={() => onPick([])}>
				{texts.pickAll}
			</button>
		</fieldset>
	);
}
