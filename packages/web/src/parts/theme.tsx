/** Light, dark, or as the system is. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { remember, remembered } from "../browser.ts";
import { useTexts } from "../texts/language.ts";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

export function ThemeChoice(): JSX.Element {
	const { theme: texts } = useTexts();
	const [theme, setTheme] = useState<Theme>(() => THEMES.find((each) => each === remembered("theme")) ?? "system");
	useEffect(() => {
		if (theme === "system") delete document.documentElement.dataset.theme;
		else document.documentElement.dataset.theme = theme;
	}, [theme]);
	const choose = (chosen: Theme): void => {
		remember("theme", chosen);
		setTheme(chosen);
	};
	return (
		<label class="select">
			<span class="sr-only">{texts.label}</span>
			<select value={theme} onChange={({ currentTarget }) => choose(currentTarget.value as Theme)}>
				{THEMES.map((each) => (
					<option key={each} value={each}>
						{texts[each]}
					</option>
				))}
			</select>
		</label>
	);
}
