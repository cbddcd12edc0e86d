/** The two questions of the Compare view, in one URL: the right side's words end in 2. */
import type { Route } from "../../route.ts";

export const SIDES = ["", "2"] as const;
export type Side = (typeof SIDES)[number];

const WORDS: ReadonlySet<string> = new Set(["in", "from", "to", "protocol", "via", "node", "at", "sourcePort", "way"]);

/** One side as a route of the Path view. */
export function sideOf({ params }: Route, side: Side): Route {
	const own = Object.entries(params).flatMap(([name, value]) => {
		const word = side === "" ? name : name.endsWith("2") ? name.slice(0, -1) : "";
		return WORDS.has(word) ? [[word, value] as const] : [];
	});
	return { view: "path", params: Object.fromEntries(own) };
}

/** The route with one side replaced. The step that was looked at belongs to the old pair. */
export function withSide(route: Route, side: Side, replaced: Route): Route {
	const other: Side = side === "" ? "2" : "";
	return {
		view: "compare",
		params: { ...suffixed(sideOf(route, other), other), ...suffixed(replaced, side) },
	};
}

function suffixed({ params }: Route, side: Side): Readonly<Record<string, string>> {
	const own = Object.entries(params).filter(([word]) => WORDS.has(word));
	return Object.fromEntries(own.map(([word, value]) => [`${word}${side}`, value]));
}

/** Comparisons that teach something, by scenarios of the atlas. */
export const EXAMPLES = [
	{ name: "policy", left: "flannel-vpc/001-2.3", right: "flannel-vpc/001-3.1" },
	{ name: "proxy", left: "flannel-vpc/001-2.2", right: "flannel-vpc/001-2.2-iptables" },
	{ name: "tunnel", left: "calico-ipip/004-CIP-cross", right: "calico-bgp/004-CBG-cross" },
	{ name: "overlay", left: "flannel-vxlan/pod-cross", right: "flannel-host-gw/pod-cross" },
	{ name: "bridgeNetfilter", left: "flannel-vpc/hairpin-iptables", right: "flannel-vpc/hairpin-iptables-no-bridge-nf" },
] as const;
