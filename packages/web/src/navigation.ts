/** The route as the page's one source of truth: read from the URL, written to the URL. */
import { useEffect, useState } from "preact/hooks";
import { formatRoute, parseRoute, type Route } from "./route.ts";

/** `replace`: the same place seen a little differently, which the back button need not come back to. */
export function go(route: Route, replace = false): void {
	const hash = formatRoute(route);
	if (hash === location.hash) return;
	if (replace) history.replaceState(null, "", hash);
	else history.pushState(null, "", hash);
	dispatchEvent(new PopStateEvent("popstate"));
}

/** Calls `again` when a link is followed to where the page already is, which the browser tells nobody. */
export function useFollowedAgain(again: () => void): void {
	useEffect(() => {
		const clicked = ({ target }: MouseEvent): void => {
			const link = target instanceof Element ? target.closest("a") : null;
			if (link !== null && link.hash === location.hash) again();
		};
		addEventListener("click", clicked);
		return () => removeEventListener("click", clicked);
	});
}

export function useRoute(): Route {
	const [hash, setHash] = useState(location.hash);
	useEffect(() => {
		const read = (): void => setHash(location.hash);
		addEventListener("popstate", read);
		addEventListener("hashchange", read);
		return () => {
			removeEventListener("popstate", read);
			removeEventListener("hashchange", read);
		};
	}, []);
	return parseRoute(hash);
}
