/** What each view showed last, so that one comes back to it by the menu or a key. */
import { type Route, sameInput } from "./route.ts";

/** Of views that only show; one that runs something begins anew. */
const REMEMBERED: ReadonlySet<string> = new Set(["path", "atlas", "compare", "topology", "state"]);

const seen = new Map<string, Route>();

export function see(route: Route): void {
	if (REMEMBERED.has(route.view)) seen.set(route.view, route);
}

/** Where the menu leads: what was seen there of the same input. The view that one is in begins anew. */
export function wayTo(view: string, from: Route): Route {
	const plain = sameInput(view, from);
	const last = seen.get(view);
	if (last === undefined || view === from.view) return plain;
	// The gallery is of no input: its search stays whatever is asked about.
	if (view === "atlas") return { view, params: { ...last.params, in: from.params.in ?? "" } };
	return last.params.in === from.params.in ? last : plain;
}
