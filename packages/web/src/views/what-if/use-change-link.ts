/** Keeps what was typed in the address, and takes it from there. */
import type { ManifestFile } from "@podpath/core";
import { useEffect, useRef, useState } from "preact/hooks";
import { go } from "../../navigation.ts";
import { parseRoute } from "../../route.ts";
import { linkOf, typedIn } from "./change-link.ts";
import type { Typed } from "./draft.ts";

export type LinkState =
	/** The address holds a change that is not read yet. */
	| "reading"
	/** The address holds what was typed. */
	| "held"
	/** What was typed is too long for an address. */
	| "too-long"
	/** The change of the address was not made of these manifests. */
	| "unreadable";

/** A pause in typing. */
const PAUSE_MS = 400;

export function useChangeLink(
	link: string | undefined,
	base: readonly ManifestFile[] | null,
	typed: Typed,
	onTyped: (typed: Typed) => void,
): LinkState {
	const [state, setState] = useState<LinkState>(link === undefined ? "held" : "reading");
	/** What this page itself wrote there. */
	const own = useRef<string | undefined>(undefined);
	useEffect(() => {
		if (base === null || link === undefined || link === own.current) return;
		let current = true;
		void typedIn(link, base).then((found) => {
			if (!current) return;
			own.current = link;
			if (found !== null) onTyped(found);
			setState(found === null ? "unreadable" : "held");
		});
		return () => {
			current = false;
		};
	}, [link, base]);
	useEffect(() => {
		if (base === null || state === "reading") return;
		if (state === "unreadable" && Object.keys(typed).length === 0) return;
		let current = true;
		const write = async (): Promise<void> => {
			const change = Object.keys(typed).length === 0 ? "" : await linkOf(base, typed);
			if (!current) return;
			own.current = change === "" || change === null ? undefined : change;
			setState(change === null ? "too-long" : "held");
			const route = parseRoute(location.hash);
			if (route.view === "what-if") go({ ...route, params: { ...route.params, change: change ?? "" } }, true);
		};
		const timer = setTimeout(() => void write(), PAUSE_MS);
		return () => {
			current = false;
			clearTimeout(timer);
		};
	}, [typed, base, state === "reading"]);
	return state;
}
