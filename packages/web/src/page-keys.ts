/** Keys that work everywhere in the page. */
import { useEffect } from "preact/hooks";
import { wayTo } from "./last-seen.ts";
import { go } from "./navigation.ts";
import { parseRoute } from "./route.ts";
import { isTyping } from "./typing.ts";
import { VIEWS } from "./views/registry.ts";

export function usePageKeys(onHelp: () => void): void {
	useEffect(() => {
		const press = (event: KeyboardEvent): void => {
			if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
			if (event.key === "?") onHelp();
			else if (event.key === "/") focusSearch();
			else if (!goToView(event.key)) return;
			event.preventDefault();
		};
		addEventListener("keydown", press);
		return () => removeEventListener("keydown", press);
	}, [onHelp]);
}

/** A view marks the field that `/` leads to. */
function focusSearch(): void {
	const field = document.querySelector("[data-search]");
	if (!(field instanceof HTMLInputElement)) return;
	field.focus();
	field.select();
}

function goToView(key: string): boolean {
	const view = /^[1-9]$/.test(key) ? VIEWS[Number(key) - 1] : undefined;
	if (view !== undefined) go(wayTo(view.id, parseRoute(location.hash)));
	return view !== undefined;
}
