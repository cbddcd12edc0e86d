/** Policy rules and their tables (hybridnet pkg/daemon/route). */
import type { Address, Family } from "../../address/address.ts";
import { defaultPrefix, hostPrefix, type Prefix } from "../../address/prefix.ts";
import type { Node } from "../../cluster/objects.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { Route, Rule } from "../../state/ip.ts";
import { unicastRoute } from "../route.ts";
import { type Card, gatewayOf } from "../underlay/underlay.ts";
import {
	BACK_MARK,
	BACK_TABLE,
	FIRST_SUBNET_TABLE,
	FROM_RULE_SKIP_MARK,
	hybridnetOrigin,
	LOCAL_PODS_TABLE,
	MASQUERADE_MARK,
	TO_OVERLAY_TABLE,
} from "./constants.ts";
import { forwardDevice, isOverlay, type PodSubnet } from "./networks.ts";

/**
 * Rules have the lowest free priorities after the local table's, so 1 and up on a node where nobody else has any. A subnet's
 * table is the first from 10000 on that holds nothing. The daemon takes subnets in no certain order; here it is by name.
 */
export function policyRoutes(node: Node, card: Card, subnets: readonly PodSubnet[]): Contribution {
	const parts = ([4, 6] as const).map((family) => {
		const own = subnets.filter(({ cidr }, i) => {
			// Subnets that are parts of one CIDR have one rule.
			return cidr.family === family && subnets.findIndex((each) => each.cidr.text === cidr.text) === i;
		});
		return ofFamily(family, node, card, own);
	});
	return { rules: parts.flatMap(({ rules }) => rules), routes: parts.flatMap(({ routes }) => routes) };
}

function ofFamily(
	family: Family,
	node: Node,
	card: Card,
	subnets: readonly PodSubnet[],
): { readonly rules: readonly Rule[]; readonly routes: readonly Route[] } {
	const origin = hybridnetOrigin(`node/${node.name}`);
	const rules: Rule[] = [];
	const add = (table: number, more: Partial<Rule>): void => {
		const action = { kind: "lookup", table } as const;
		rules.push({ family, priority: rules.length + 1, invert: false, action, origin, ...more });
	};
	add(LOCAL_PODS_TABLE, {});
	add(TO_OVERLAY_TABLE, {});
	add(BACK_TABLE, { fwmark: { value: BACK_MARK, mask: BACK_MARK } });
	const routes = overlayRoutes(family, subnets);
	const used = new Set<number>();
	for (const subnet of subnets) {
		let table = FIRST_SUBNET_TABLE;
		while (used.has(table)) table += 1;
		const own = subnetRoutes(subnet, subnets, card).map((route) => ({ ...route, table }));
		if (own.length > 0) used.add(table);
		routes.push(...own);
		const mask = FROM_RULE_SKIP_MARK | MASQUERADE_MARK;
		add(table, { from: subnet.cidr, fwmark: { value: 0, mask }, origin: originOf(subnet) });
	}
	return { rules, routes };
}

function originOf({ name }: PodSubnet): Route["origin"] {
	return hybridnetOrigin(`subnet/${name}`);
}

/** To every overlay pod, and the way back from there to nodes, by the tunnel. */
function overlayRoutes(family: Family, subnets: readonly PodSubnet[]): Route[] {
	const overlays = subnets.filter(isOverlay);
	const [first] = overlays;
	if (first === undefined) return [];
	const routes = overlays.flatMap((subnet) => [
		inTable(TO_OVERLAY_TABLE, global(subnet.cidr, forwardDevice(subnet), subnet)),
		...exclusions(subnet, subnet).map((route) => inTable(TO_OVERLAY_TABLE, route)),
	]);
	return [...routes, inTable(BACK_TABLE, global(defaultPrefix(family), forwardDevice(first), first))];
}

function subnetRoutes(subnet: PodSubnet, subnets: readonly PodSubnet[], card: Card): readonly Route[] {
	const { cidr, gateway, network } = subnet;
	const { family } = cidr;
	const device = forwardDevice(subnet);
	switch (subnet.mode) {
		case "VXLAN": {
			if (!subnet.autoNatOutgoing) return [global(defaultPrefix(family), device, subnet)];
			const underlays = subnets.filter((each) => !isOverlay(each));
			return underlays.flatMap((each) => [global(each.cidr, device, subnet), ...exclusions(each, subnet)]);
		}
		case "VLAN": {
			const direct = global(cidr, device, subnet);
			return gateway === null ? [direct] : [direct, byGateway(gateway, device, subnet)];
		}
		case "BGP":
		case "GlobalBGP": {
			const peer =
				network.bgpPeers.find(({ address }) => address.family === family)?.address ?? gatewayOf(card, family);
			return peer === undefined ? [] : [byGateway(peer, device, subnet)];
		}
	}
}

function byGateway(via: Address, device: string, subnet: PodSubnet): Route {
	return unicastRoute(defaultPrefix(via.family), { via, device, onlink: true, origin: originOf(subnet) });
}

/** Go's netlink package: scope universe unless said otherwise. */
function global(destination: Prefix, device: string, subnet: PodSubnet): Route {
	return { ...unicastRoute(destination, { device, origin: originOf(subnet) }), scope: "global" };
}

/** Addresses of a subnet that no pod gets are not looked for in the tunnel. */
function exclusions({ gateway, excludeIPs }: PodSubnet, of: PodSubnet): readonly Route[] {
	const addresses = gateway === null ? excludeIPs : [gateway, ...excludeIPs];
	return [...new Map(addresses.map((each) => [each.text, each])).values()].map((each) => ({
		...global(hostPrefix(each), "", of),
		type: "throw",
		nextHops: [],
	}));
}

function inTable(table: number, route: Route): Route {
	return { ...route, table };
}
