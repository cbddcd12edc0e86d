/** The underlay where the input says nothing of it: the simplest one in which the mode's nodes reach each other. */
import { type Address, addressPlus, type Family } from "../../address/address.ts";
import { contains, lastAddress, nthAddress, type Prefix, prefixOf } from "../../address/prefix.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { EniObject } from "../../cluster/settings.ts";
import type { Origin } from "../../origin/origin.ts";
import type { Assumption } from "../../state/assumption.ts";
import { type Phrase, phrase } from "../../wording/phrase.ts";
import type { Subnet } from "./card.ts";
import { podRoutes, vpcOf } from "./described.ts";
import type { UnderlayNetwork } from "./underlay.ts";

const ORIGIN: Origin = { component: "assumption", note: "underlay-assumed" };
const ETHERNET_MTU = 1500;
/** The block is at least this wide: what people give a subnet of each family. */
const LONGEST: Readonly<Record<Family, number>> = { 4: 24, 6: 64 };

/**
 * One segment with all nodes in it, or where the mode needs a VPC's routes or there are ENIs, one vSwitch. Empty where no
 * node has an address.
 */
export function assumedNetworks(
	cluster: Cluster,
	options: { readonly podRoutesInVpc: readonly Family[]; readonly enis: readonly EniObject[] },
): readonly UnderlayNetwork[] {
	const { podRoutesInVpc, enis } = options;
	const addresses = [...cluster.nodes.flatMap((node) => node.internalIPs), ...enis.flatMap((eni) => eni.addresses)];
	const taken = new Set([...addresses, ...cluster.hosts.flatMap((host) => host.addresses)].map((each) => each.text));
	const blocks = ([4, 6] as const).flatMap((family) => {
		const common = commonBlock(addresses.filter((each) => each.family === family));
		if (common === undefined) return [];
		return [enis.length > 0 ? withVpcGateway(common, taken) : withRouter(common, taken)];
	});
	if (blocks.length === 0) return [];
	const [first = "", second] = blocks.map(({ prefix, gateway }) =>
		phrase("underlay-block", { prefix: prefix.text, gateway: gateway.text }),
	);
	const told = second === undefined ? first : phrase("underlay-two-blocks", { first, second });
	const assumption = (network: Phrase): Assumption => ({
		code: "underlay-assumed",
		message: phrase("underlay-assumed", { network, blocks: told }),
	});
	const prefixes = blocks.map((block) => block.prefix);
	const routed = podRoutesInVpc.length > 0;
	if (routed || enis.length > 0) {
		return [
			vpcOf({
				place: "vpc/assumed",
				vSwitches: blocks.map(({ prefix, gateway }) => ({ id: "assumed", prefix, gateway })),
				prefixes,
				routes: podRoutes(cluster, podRoutesInVpc),
				mtu: ETHERNET_MTU,
				assumptions: [assumption(phrase(routed ? "one-vpc-with-routes" : "one-vpc"))],
				origin: ORIGIN,
			}),
		];
	}
	const place = "segment/assumed";
	const gateways = blocks.map((block) => block.gateway);
	return [
		{
			place,
			subnets: blocks.map((block): Subnet => ({ fabric: place, mtu: ETHERNET_MTU, origin: ORIGIN, ...block })),
			assumptions: [assumption(phrase("one-segment"))],
			build: (attachments) => ({
				kind: "segment",
				place,
				prefixes,
				gateways,
				attachments,
				mtu: ETHERNET_MTU,
				origin: ORIGIN,
			}),
		},
	];
}

/** The smallest block that holds all of them. */
function commonBlock(addresses: readonly Address[]): Prefix | undefined {
	const [first] = addresses;
	if (first === undefined) return undefined;
	let block = prefixOf(first, LONGEST[first.family]);
	for (const each of addresses) {
		while (!contains(block, each)) block = prefixOf(block.address, block.length - 1);
	}
	return block;
}

/** The block with the gateway that Alibaba Cloud gives a vSwitch, the third address from the end. */
function withVpcGateway(
	block: Prefix,
	taken: ReadonlySet<string>,
): { readonly prefix: Prefix; readonly gateway: Address } {
	const gateway = nthAddress(block, -3);
	if (!taken.has(gateway.text)) return { prefix: block, gateway };
	return withVpcGateway(prefixOf(block.address, block.length - 1), taken);
}

/** The block with an address for its router: the first that no machine has, in a wider block where this one is full. */
function withRouter(block: Prefix, taken: ReadonlySet<string>): { readonly prefix: Prefix; readonly gateway: Address } {
	const last = lastAddress(block);
	for (let each = addressPlus(block.address, 1); each.text !== last.text; each = addressPlus(each, 1)) {
		if (!taken.has(each.text)) return { prefix: block, gateway: each };
	}
	return withRouter(prefixOf(block.address, block.length - 1), taken);
}
