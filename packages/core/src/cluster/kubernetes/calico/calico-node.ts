/** What Calico knows of nodes: its Node object, and what calico-node writes into the annotations of Kubernetes' Node. */

import { type Address, addressBits, parseAddress } from "../../../address/address.ts";
import { refuse } from "../../../diagnostic/diagnostic.ts";
import { type Phrase, phrase } from "../../../wording/phrase.ts";
import type { CalicoNode, SubnetAddress } from "../../calico-objects.ts";
import { type Field, show } from "../../field.ts";
import { clusterMeta } from "../../metadata.ts";
import type { Node } from "../../objects.ts";
import { asNumberIn, parseAsNumber } from "./as-number.ts";

/** projectcalico.org/v3 Node (libcalico-go/lib/apis/v3/node.go). */
export function readCalicoNode(object: Field): CalicoNode {
	const spec = object.at("spec");
	const bgp = spec.at("bgp");
	return present({
		...clusterMeta(object),
		kind: "Node" as const,
		ipv4Address: read(bgp.at("ipv4Address"), subnetAddress, phrase("address-maybe-length", { family: 4 })),
		ipv6Address: read(bgp.at("ipv6Address"), subnetAddress, phrase("address-maybe-length", { family: 6 })),
		asNumber: asNumberIn(bgp.at("asNumber")) ?? undefined,
		routeReflectorClusterID: read(bgp.at("routeReflectorClusterID"), clusterId, phrase("an-address-of", { family: 4 })),
		ipv4IPIPTunnelAddr: read(bgp.at("ipv4IPIPTunnelAddr"), parseAddress, phrase("an-address")),
		ipv4VXLANTunnelAddr: read(spec.at("ipv4VXLANTunnelAddr"), parseAddress, phrase("an-address")),
		ipv6VXLANTunnelAddr: read(spec.at("ipv6VXLANTunnelAddr"), parseAddress, phrase("an-address")),
		vxlanTunnelMACAddr: read(spec.at("vxlanTunnelMACAddr"), mac, phrase("mac-address")),
		vxlanTunnelMACAddrV6: read(spec.at("vxlanTunnelMACAddrV6"), mac, phrase("mac-address")),
	});
}

function read<Value>(field: Field, parse: (text: string) => Value | undefined, what: Phrase): Value | undefined {
	const text = field.text();
	return text === "" ? undefined : (parse(text) ?? field.mustBe(what));
}

/** Without members that are undefined. */
function present<T extends object>(object: T): CalicoNode {
	return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as unknown as CalicoNode;
}

const PREFIX = "projectcalico.org/";

/**
 * A node by its annotations (libcalico-go/lib/backend/k8s/resources/node.go); what its own object says comes first.
 * @throws {InputError} At the Node, for an annotation that cannot be read.
 */
export function calicoNodeOf(node: Node, resource: CalicoNode | undefined): CalicoNode {
	const said = <Value>(name: string, parse: (text: string) => Value | undefined, what: Phrase): Value | undefined => {
		const text = node.annotations[PREFIX + name];
		if (text === undefined || text === "") return undefined;
		const value = parse(text);
		if (value !== undefined) return value;
		const of = { annotation: `${PREFIX}${name}`, node: `node/${node.name}` };
		const message = phrase("annotation-wanted", { ...of, wanted: phrase("must-be", { what }), shown: show(text) });
		return refuse("bad-value", message, node.source);
	};
	const annotated = present({
		ipv4Address: said("IPv4Address", subnetAddress, phrase("address-maybe-length", { family: 4 })),
		ipv6Address: said("IPv6Address", subnetAddress, phrase("address-maybe-length", { family: 6 })),
		asNumber: said("ASNumber", parseAsNumber, phrase("as-number")),
		routeReflectorClusterID: said("RouteReflectorClusterID", clusterId, phrase("an-address-of", { family: 4 })),
		ipv4IPIPTunnelAddr: said("IPv4IPIPTunnelAddr", parseAddress, phrase("an-address")),
		ipv4VXLANTunnelAddr: said("IPv4VXLANTunnelAddr", parseAddress, phrase("an-address")),
		ipv6VXLANTunnelAddr: said("IPv6VXLANTunnelAddr", parseAddress, phrase("an-address")),
		vxlanTunnelMACAddr: said("VXLANTunnelMACAddr", mac, phrase("mac-address")),
		vxlanTunnelMACAddrV6: said("VXLANTunnelMACAddrV6", mac, phrase("mac-address")),
	});
	const { name, namespace, source } = node;
	const labels = { ...node.labels, ...resource?.labels };
	return { ...annotated, ...resource, name, namespace, source, annotations: node.annotations, labels, kind: "Node" };
}

function subnetAddress(text: string): SubnetAddress | undefined {
	const [first = "", length] = text.split("/");
	const address = parseAddress(first);
	if (address === undefined) return undefined;
	const bits = addressBits(address.family);
	if (length === undefined) return { address, prefixLength: bits };
	const prefixLength = /^\d{1,3}$/.test(length) ? Number(length) : bits + 1;
	return prefixLength <= bits ? { address, prefixLength } : undefined;
}

/** BIRD's `rr cluster id`: an IPv4 address. */
function clusterId(text: string): Address | undefined {
	const address = parseAddress(text);
	return address?.family === 4 ? address : undefined;
}

function mac(text: string): string | undefined {
	return /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text) ? text.toLowerCase() : undefined;
}
