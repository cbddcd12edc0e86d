/** Which rule of an ENI's security groups was probably meant for a packet that they drop. */
import { contains } from "../address/prefix.ts";
import type { Direction } from "../fabric/security-group.ts";
import type { Packet } from "../packet/packet.ts";
import type { SecurityGroup, SecurityGroupRule } from "../state/fabric.ts";

/** A rule that would let the packet pass but for one thing. */
export interface NearRule {
	readonly rule: SecurityGroupRule;
	/** `is about other ports`, as it follows on the rule. */
	readonly but: string;
}

/**
 * An accept rule that would let the packet pass: one that is about it but comes after a drop rule, else one that misses it in
 * a single thing. `groupsOf` are the groups of the card with the other end's address.
 */
export function nearRule(
	groups: readonly SecurityGroup[],
	direction: Direction,
	packet: Packet,
	groupsOf: ReadonlySet<string> | null,
): NearRule | undefined {
	const rules = groups
		.flatMap((group) => group.rules)
		.filter((rule) => rule.direction === direction && rule.policy === "accept")
		.map((rule): NearRule & { readonly misses: number } => {
			const misses = [
				...(hasProtocol(rule, packet) ? [] : [`is about ${rule.protocol}`]),
				...(hasPort(rule, packet) ? [] : ["is about other ports"]),
				...(hasPeer(rule, direction, packet, groupsOf) ? [] : [`is about other ${PEERS[direction]}`]),
			];
			return { rule, misses: misses.length, but: misses[0] ?? LATER };
		});
	return rules.find(({ misses }) => misses === 0) ?? rules.find(({ misses }) => misses === 1);
}

/** What is said of a rule that would let the packet pass, were it not for another one. */
export const LATER = "would, but comes after it";

const PEERS = { ingress: "sources", egress: "destinations" } as const;

function hasProtocol({ protocol }: SecurityGroupRule, packet: Packet): boolean {
	return protocol === "all" || protocol === packet.protocol;
}

function hasPort({ ports }: SecurityGroupRule, { dport }: Packet): boolean {
	return ports === null || (ports.from <= dport && dport <= ports.to);
}

function hasPeer(
	{ peer }: SecurityGroupRule,
	direction: Direction,
	{ src, dst }: Packet,
	groupsOf: ReadonlySet<string> | null,
): boolean {
	if (peer.kind === "group") return groupsOf?.has(peer.id) ?? false;
	return peer.prefixes.some((prefix) => contains(prefix, direction === "ingress" ? src : dst));
}
