/** Why packets for a pod find no way: what of Hybridnet's objects does not fit the network between the machines, or the nodes. */
import type { Address } from "../../address/address.ts";
import { contains } from "../../address/prefix.ts";
import type { BgpNetwork } from "../../bgp/network.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Node } from "../../cluster/objects.ts";
import { formatPosition } from "../../diagnostic/diagnostic.ts";
import type { SourcePosition } from "../../origin/origin.ts";
import type { Cause, LostPacket } from "../../state/network.ts";
import { phrase } from "../../wording/phrase.ts";
import { eachOnce, sessionDown, sessionFix, sessionsDown } from "../session-down.ts";
import { type PodNetworks, type PodSubnet, speaksBgp } from "./networks.ts";

export interface CauseSources {
	readonly cluster: Cluster;
	readonly networks: PodNetworks;
	readonly bgp: readonly BgpNetwork[];
}

export function hybridnetCauses(sources: CauseSources, { from, to }: LostPacket): readonly Cause[] {
	return [to, from].flatMap((address) => causesFor(sources, address));
}

function causesFor(sources: CauseSources, address: Address): readonly Cause[] {
	const { cluster, networks } = sources;
	const owner = cluster.ownersOf(address).find((each) => each.kind === "pod");
	if (owner?.kind !== "pod" || owner.pod.hostNetwork) return [];
	const { pod } = owner;
	const node = cluster.node(pod.nodeName);
	const subnet = networks.of(pod).find((each) => each.address.text === address.text)?.subnet;
	if (node === undefined || subnet === undefined) return [];
	const outside = notOnNode(sources, node, subnet);
	if (outside.length > 0) return outside;
	if (subnet.mode === "VLAN") return [...otherVlan(sources, subnet), ...otherGateway(sources, subnet)];
	return speaksBgp(subnet) ? sessions(sources, node, subnet) : [];
}

function notOnNode({ networks }: CauseSources, node: Node, { network }: PodSubnet): readonly Cause[] {
	if (networks.onNode(node).some((each) => each.network === network)) return [];
	const object = `network/${network.name}`;
	const message = phrase("node-not-in-network", {
		network: object,
		where: at(network.source),
		node: `node/${node.name}`,
		there: at(node.source),
	});
	return [{ code: "node-not-in-network", message, fix: phrase("node-not-in-network-fix"), object }];
}

/** The segment has the subnet in another VLAN. */
function otherVlan({ cluster }: CauseSources, { name, cidr, netID, network }: PodSubnet): readonly Cause[] {
	return cluster.segments.flatMap((segment): readonly Cause[] => {
		const vlans = [{ id: 0, cidrs: segment.cidrs }, ...segment.vlans];
		const held = vlans.find(({ cidrs }) => cidrs.some((each) => contains(each, cidr.address)));
		if (held === undefined || held.id === netID) return [];
		const object = `network/${network.name}`;
		const message = phrase("vlan-differs", {
			network: object,
			where: at(network.source),
			subnet: `subnet/${name}`,
			vlan: netID,
			segment: `segment/${segment.name}`,
			there: at(segment.source),
			cidr: cidr.text,
			held: held.id,
		});
		return [{ code: "vlan-differs", message, fix: phrase("vlan-differs-fix", { held: held.id }), object }];
	});
}

function otherGateway({ cluster }: CauseSources, { name, cidr, gateway, netID }: PodSubnet): readonly Cause[] {
	const subnet = cluster.hybridnetSubnets.find((each) => each.name === name);
	if (gateway === null || subnet === undefined) return [];
	return cluster.segments.flatMap((segment): readonly Cause[] => {
		const vlan = segment.vlans.find(({ id }) => id === netID);
		const gateways = (vlan ?? segment).gateways.filter((each) => contains(cidr, each));
		if (gateways.length === 0 || gateways.some(({ text }) => text === gateway.text)) return [];
		const has = gateways.map(({ text }) => text);
		const object = `subnet/${name}`;
		const message = phrase("gateway-differs", {
			subnet: object,
			where: at(subnet.source),
			gateway: gateway.text,
			segment: `segment/${segment.name}`,
			there: at(segment.source),
			has,
		});
		return [{ code: "gateway-differs", message, fix: phrase("gateway-differs-fix", { has }), object }];
	});
}

function sessions({ cluster, bgp }: CauseSources, node: Node, { network }: PodSubnet): readonly Cause[] {
	const object = `network/${network.name}`;
	if (network.bgpPeers.length === 0) {
		const message = phrase("network-without-peers", { network: object, where: at(network.source) });
		return [{ code: "bgp-no-peers", message, fix: phrase("network-without-peers-fix"), object }];
	}
	const concerning = bgp
		.flatMap((each) => sessionsDown(each, cluster))
		.filter(
			({ self, why }) => self.name === `node/${node.name}` || ("peer" in why && why.peer.name === `node/${node.name}`),
		);
	return eachOnce(concerning).map((down) => {
		const fromHost = cluster.hosts.find(({ name }) => down.self.name === `host/${name}`);
		const source: SourcePosition = fromHost?.source ?? network.source;
		return {
			code: "bgp-session-down",
			message: sessionDown(down, ` ${at(source)}`),
			fix: sessionFix(down),
			object: down.neighbour.object ?? object,
		};
	});
}

function at(source: SourcePosition): string {
	return `(${formatPosition(source)})`;
}
