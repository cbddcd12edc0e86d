/** The state that kube-proxy programs on a node, in each of its modes. */
import type { Family } from "../address/address.ts";
import type { Contribution, XtContribution } from "../state/contribution.ts";
import { hardwareAddress } from "../state/hardware-address.ts";
import type { InterfaceAddress } from "../state/ip.ts";
import { layered } from "../state/layered-map.ts";
import type { Link } from "../state/link.ts";
import { servesLocalhost } from "./iptables/hook-rules.ts";
import { IptablesServices } from "./iptables/iptables-services.ts";
import { IpvsServices } from "./ipvs/ipvs-services.ts";
import { DUMMY_DEVICE } from "./ipvs/virtual-servers.ts";
import { proxyOrigin } from "./masquerade.ts";
import { NftablesServices } from "./nftables/nftables-services.ts";
import { nodePortAddresses, type ProxyNode } from "./proxy-node.ts";
import type { ServiceTables } from "./service-tables.ts";

/**
 * What kube-proxy contributes to the node's namespace: rules, and in IPVS mode kube-ipvs0 with its addresses, virtual
 * servers and sets. Every entry's origin names the Service it is for. Large parts are made when first looked up and
 * shared by all nodes that have them alike.
 */
export function kubeProxy(tables: ServiceTables, node: ProxyNode): Contribution {
	switch (tables.settings.mode) {
		case "iptables":
			return iptablesMode(tables, node);
		case "ipvs":
			return ipvsMode(tables, node);
		case "nftables":
			return nftablesMode(tables, node);
		case "none":
			return {};
	}
}

const FAMILIES: readonly Family[] = [4, 6];

/** The families of which the node has addresses or the cluster Services: kube-proxy runs a proxier for each. */
function familiesOf(tables: ServiceTables, node: ProxyNode): readonly Family[] {
	return FAMILIES.filter(
		(family) =>
			tables.families[family].servicePorts.count > 0 || node.nodeAddresses.some((address) => address.family === family),
	);
}

/** One worker for each family, kept with the tables so that nodes share what it makes. */
function perFamily<Worker>(
	make: (tables: ServiceTables, family: Family) => Worker,
): (tables: ServiceTables, family: Family) => Worker {
	const kept = new WeakMap<ServiceTables, Map<Family, Worker>>();
	return (tables, family) => {
		let workers = kept.get(tables);
		if (workers === undefined) {
			workers = new Map();
			kept.set(tables, workers);
		}
		let worker = workers.get(family);
		if (worker === undefined) {
			worker = make(tables, family);
			workers.set(family, worker);
		}
		return worker;
	};
}

const iptablesServices = perFamily((tables, family) => new IptablesServices(tables, family));
const nftablesServices = perFamily((tables, family) => new NftablesServices(tables, family));
const ipvsServices = perFamily((tables, family) => new IpvsServices(tables, family));

function iptablesMode(tables: ServiceTables, node: ProxyNode): Contribution {
	const { settings } = tables;
	const xtables: XtContribution[] = [];
	for (const family of familiesOf(tables, node)) xtables.push(...iptablesServices(tables, family).contribution(node));
	const localhost = servesLocalhost(settings, 4, nodePortAddresses(settings, node, 4));
	return {
		xtables,
		...(localhost ? { sysctls: new Map([["net.ipv4.conf.all.route_localnet", "1"]]) } : {}),
	};
}

function nftablesMode(tables: ServiceTables, node: ProxyNode): Contribution {
	return { nftables: familiesOf(tables, node).map((family) => nftablesServices(tables, family).table(node)) };
}

function ipvsMode(tables: ServiceTables, node: ProxyNode): Contribution {
	const parts = familiesOf(tables, node).map((family) => ipvsServices(tables, family).part(node));
	const [first, second] = parts;
	if (first === undefined) return {};
	return {
		links: [dummyLink(node)],
		addresses: second === undefined ? first.addresses : joined(first.addresses, second.addresses),
		ipvs: second === undefined ? first.servers : [...first.servers, ...second.servers],
		ipsets: layered(parts.map(({ sets }) => sets)),
		xtables: parts.flatMap(({ xtables }) => xtables),
		sysctls: tables.settings.strictARP ? STRICT_ARP_SYSCTLS : IPVS_SYSCTLS,
	};
}

/** Never set up, and yet its addresses are local: fib_add_ifaddr() adds those routes before it looks at IFF_UP. */
function dummyLink(node: ProxyNode): Link {
	return {
		kind: "dummy",
		name: DUMMY_DEVICE,
		index: 0,
		mtu: 1500,
		mac: hardwareAddress(`node/${node.name}`, DUMMY_DEVICE),
		up: false,
		carrier: false,
		noArp: true,
		origin: proxyOrigin(),
	};
}

const IPVS_SYSCTLS: ReadonlyMap<string, string> = new Map([
	["net.ipv4.vs.conntrack", "1"],
	["net.ipv4.vs.expire_nodest_conn", "1"],
	["net.ipv4.vs.expire_quiescent_template", "1"],
	["net.ipv4.ip_forward", "1"],
]);

/** With strictARP a node does not answer ARP for the addresses on kube-ipvs0. */
const STRICT_ARP_SYSCTLS: ReadonlyMap<string, string> = new Map([
	...IPVS_SYSCTLS,
	["net.ipv4.conf.all.arp_ignore", "1"],
	["net.ipv4.conf.all.arp_announce", "2"],
]);

const joinedLists = new WeakMap<
	readonly InterfaceAddress[],
	readonly [readonly InterfaceAddress[], readonly InterfaceAddress[]]
>();

/** Both families' addresses as one list, the same object for every node that has the same two. */
function joined(first: readonly InterfaceAddress[], second: readonly InterfaceAddress[]): readonly InterfaceAddress[] {
	const known = joinedLists.get(first);
	if (known?.[0] === second) return known[1];
	const list = [...first, ...second];
	joinedLists.set(first, [second, list]);
	return list;
}
