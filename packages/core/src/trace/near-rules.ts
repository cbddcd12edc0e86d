/** Which rule of an ENI's security groups was probably meant for a packet that they drop. */
import { contains } from "../address/prefix.ts";
import type { Direction } from "../fabric/security-group.ts";
import type { Packet } from "../packet/packet.ts";
import type { SecurityGroup, SecurityGroupRule } from "../state/fabric.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";

/** A rule that would let the packet pass but for one thing. */
export interface NearRule {
	readonly rule: SecurityGroupRule;
	/** What is said of it, as it follows on the rule: `is about other ports`. */
	readonly but: Phrase;
	/** It would let the packet pass, were it not for another one before it. */
	readonly later: boolean;
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
				...(hasProtocol(rule, packet) ? [] : [phrase("near-other-protocol", { protocol: rule.protocol })]),
				...(hasPort(rule, packet) ? [] : [phrase("near-other-ports")]),
				...(hasPeer(rule, direction, packet, groupsOf) ? [] : [phrase(PEERS[direction])]),
			];
			const [but = phrase("near-later")] = misses;
			return { rule, misses: misses.length, but, later: misses.length === 0 };
		});
	return rules.find(({ misses }) => misses === 0) ?? rules.find(({ misses }) => misses === 1);
}

const PEERS = { ingress: "near-other-sources", egress: "near-other-destinations" } as const;

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
