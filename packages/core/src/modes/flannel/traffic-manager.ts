/** flanneld's rules on a node: iptables', or nftables' where EnableNFTables says so (flannel pkg/trafficmngr). */
import type { Prefix } from "../../address/prefix.ts";
import type { Pod } from "../../cluster/objects.ts";
import type { FlannelSettings } from "../../cluster/settings.ts";
import type { Origin } from "../../origin/origin.ts";
import type { Contribution, XtContribution } from "../../state/contribution.ts";
import { forwardRules, masqueradeRules } from "./iptables.ts";
import type { Lease } from "./leases.ts";
import { flannelTable, forwardChain, masqueradeChain } from "./nftables.ts";
import { podMasquerade } from "./pod-masquerade.ts";

/** The rules of a node with these leases, on which these pods run. */
export type TrafficManager = (leases: readonly Lease[], pods: readonly Pod[]) => Contribution;

/** What all nodes share is made here, once. Without --ip-masq flanneld leaves masquerading to the bridge plugin. */
export function trafficManager(settings: FlannelSettings): TrafficManager {
	return settings.enableNFTables ? nftablesManager(settings) : iptablesManager(settings);
}

function iptablesManager({ networks, ipMasq }: FlannelSettings): TrafficManager {
	const forwarding = networks.map(forwardRules);
	const byNetwork = new Map<Prefix, ReturnType<typeof masqueradeRules>>();
	const masquerade = (lease: Lease): XtContribution => {
		const rules = byNetwork.get(lease.network) ?? masqueradeRules(lease.network);
		byNetwork.set(lease.network, rules);
		return rules(lease);
	};
	return (leases, pods) => ({
		xtables: [...(ipMasq ? leases.map(masquerade) : podMasquerade(pods, leases)), ...forwarding],
	});
}

function nftablesManager({ networks, ipMasq }: FlannelSettings): TrafficManager {
	const families = ([4, 6] as const).flatMap((family) => {
		const own = networks.filter((network) => network.family === family);
		return own.length === 0 ? [] : [{ family, forwarding: forwardChain(own) }];
	});
	return (leases, pods) => ({
		nftables: families.map(({ family, forwarding }) => {
			const masquerading = ipMasq ? leases.filter((lease) => lease.family === family).map(masqueradeChain) : [];
			const origin: Origin = { component: "flannel" };
			return flannelTable(family, origin, [...masquerading, forwarding]);
		}),
		xtables: ipMasq ? [] : podMasquerade(pods, leases),
	});
}
