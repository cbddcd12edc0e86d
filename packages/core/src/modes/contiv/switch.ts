/** What a node needs for its Open vSwitch bridge, whatever that does. */
import type { Node } from "../../cluster/objects.ts";
import type { ContivSettings } from "../../cluster/settings.ts";
import type { Assumption } from "../../state/network.ts";
import { phrase } from "../../wording/phrase.ts";

/** br_netfilter knows Linux's own bridges: an Open vSwitch one is none of its business. */
export const NO_BRIDGE_NETFILTER: ReadonlyMap<string, string> = new Map(
	["iptables", "ip6tables", "arptables"].map((table) => [`net.bridge.bridge-nf-call-${table}`, "0"]),
);

/** The card that is the switch's way out is not in the input. */
export function noUplink({ name }: Node, { uplink }: ContivSettings): Assumption {
	const place = `node/${name}`;
	const message = phrase("contiv-uplink-missing", { uplink, place, node: name });
	return { code: "contiv-uplink-missing", message, severity: "warning", place };
}
