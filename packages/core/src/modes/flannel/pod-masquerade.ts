/** The masquerade rules of the bridge plugin, which has them made where flanneld does not masquerade (plugins pkg/ip/ipmasq_iptables_linux.go). */

import { hostPrefix, prefixOf } from "../../address/prefix.ts";
import type { Pod } from "../../cluster/objects.ts";
import { accept, chain, comment, destination, jump, masquerade, rule, source } from "../../netfilter/xtables/rules.ts";
import type { XtChain } from "../../netfilter/xtables/table.ts";
import type { Origin } from "../../origin/origin.ts";
import type { XtContribution, XtHookRule } from "../../state/contribution.ts";
import { stableHash } from "../../state/hardware-address.ts";
import { podPlace } from "../../state/place.ts";
import { leaseFor } from "./bridge-plugin.ts";
import { MULTICAST } from "./iptables.ts";
import type { Lease } from "./leases.ts";

/** `name` of kube-flannel.yml's cni-conf.json. */
const NETWORK_NAME = "cbr0";

/** One chain for each pod: what it sends to its own subnet stays as it is, the rest gets the node's address. */
export function podMasquerade(pods: readonly Pod[], leases: readonly Lease[]): readonly XtContribution[] {
	return ([4, 6] as const).flatMap((family) => {
		const parts = pods.flatMap((pod) =>
			pod.podIPs
				.filter((address) => address.family === family)
				.flatMap((address) => {
					const lease = leaseFor(address, leases);
					if (lease === undefined) return [];
					const text = comment(`name: "${NETWORK_NAME}" id: "${containerId(pod)}"`);
					const origin: Origin = { component: "bridge-plugin", object: podPlace(pod) };
					const name = `CNI-${containerId(pod).slice(0, 24)}`;
					const own: XtChain = chain(name, [
						rule(origin, [destination(prefixOf(address, lease.subnet.length)), text], accept),
						rule(origin, [destination(MULTICAST[family], true), text], masquerade()),
					]);
					const hook: XtHookRule = {
						chain: "POSTROUTING",
						how: "append",
						rule: rule(origin, [source(hostPrefix(address)), text], jump(name)),
					};
					return [{ own, hook }];
				}),
		);
		if (parts.length === 0) return [];
		const chains = new Map(parts.map(({ own }) => [own.name, own]));
		return [{ family, table: "nat" as const, chains, hooks: parts.map(({ hook }) => hook) }];
	});
}

/** The runtime draws container ids at random; this one is drawn from the pod's name. */
function containerId(pod: Pod): string {
	const words = [0, 1, 2, 3].flatMap((part) => stableHash(`${part} ${pod.namespace}/${pod.name}`));
	return words.map((word) => word.toString(16).padStart(8, "0")).join("");
}
