/** Pods with addresses of their node's pod CIDR, which the VPC's route table leads to it (vpc_router_linux.go of v1.4.1). */
import type { Prefix } from "../../address/prefix.ts";
import type { Node } from "../../cluster/objects.ts";
import { accept, chain, comment, destination, jump, masquerade, rule, source } from "../../netfilter/xtables/rules.ts";
import type { XtContribution } from "../../state/contribution.ts";
import { terwayOrigin } from "./link-local.ts";

const MASQUERADE_CHAIN = "terway-brb-masq";

/** Pods' packets that leave the cluster get the node's address; what is forwarded is let through. */
export function vpcRules(node: Node, podCIDRs: readonly Prefix[]): readonly XtContribution[] {
	const origin = terwayOrigin(`node/${node.name}`, MASQUERADE_CHAIN);
	const why = comment("terway:masq-outgoing");
	return podCIDRs.flatMap((cidr): XtContribution[] => {
		const { family } = cidr;
		const masq = rule(origin, [source(cidr), destination(cidr, true)], masquerade(true));
		return [
			{
				family,
				table: "nat",
				chains: new Map([[MASQUERADE_CHAIN, chain(MASQUERADE_CHAIN, [masq])]]),
				hooks: [{ chain: "POSTROUTING", how: "append", rule: rule(origin, [why], jump(MASQUERADE_CHAIN)) }],
			},
			{
				family,
				table: "filter",
				chains: new Map(),
				hooks: [{ chain: "FORWARD", how: "append", rule: rule(terwayOrigin(`node/${node.name}`), [], accept) }],
			},
		];
	});
}
