/** A new connection's first packet at the hooks of TEST_NODE. */
import { type Address, address, isLoopback } from "../../src/address/address.ts";
import type { Choices } from "../../src/kernel/choices.ts";
import type { AddressType } from "../../src/netfilter/context.ts";
import type { Hook } from "../../src/netfilter/hook.ts";
import type { Packet } from "../../src/packet/packet.ts";
import type { Flow } from "./kubernetes-flow-cases.ts";
import { TEST_NODE } from "./proxied-cluster.ts";
import { packet, ruleContext } from "./rule-context.ts";

export function packetOf({ src, dst, protocol, port }: Pick<Flow, "src" | "dst" | "protocol" | "port">): Packet {
	const from = address(src);
	return packet({ family: from.family, src: from, dst: address(dst), protocol, dport: port });
}

/** Whether an address is the node's. */
export function isHere(candidate: Address): boolean {
	return isLoopback(candidate) || TEST_NODE.deviceAddresses.some(({ text }) => text === candidate.text);
}

export interface SetUp {
	readonly choices: Choices;
	readonly mark: number;
}

const TYPES: Readonly<Record<string, AddressType>> = Object.fromEntries(
	TEST_NODE.deviceAddresses.map(({ text }) => [text, "LOCAL"]),
);

export function atHook(hook: Hook, of: Packet, { choices, mark }: SetUp): ReturnType<typeof ruleContext> {
	return ruleContext({
		hook,
		packet: of,
		mark,
		types: TYPES,
		locallyGenerated: hook === "output",
		connection: {
			state: "new",
			direction: "original",
			originalSource: of.src,
			originalDestination: of.dst,
			originalSourcePort: of.sport,
			originalDestinationPort: of.dport,
			replySource: of.dst,
			replyDestination: of.src,
			replySourcePort: of.dport,
			replyDestinationPort: of.sport,
			sourceNat: false,
			destinationNat: false,
			mark: 0,
		},
		chance: (probability, about) => choices.choose([probability, 1 - probability], about) === 0,
		choose: (weights, about) => choices.choose(weights, about),
	});
}
