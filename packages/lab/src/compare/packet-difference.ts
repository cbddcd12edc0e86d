/** A predicted packet against an observed one, field by field. */
import { type Frame, formatEndpoint, type Packet } from "@podpath/core";
import type { PortBinding } from "./port-binding.ts";

export interface FieldDifference {
	/** `destination`, `ttl`, `inner source` … */
	readonly field: string;
	readonly predicted: string;
	readonly observed: string;
}

/** What a device showed, or should. */
export interface OnWire {
	readonly packet: Packet;
	readonly ethernet: { readonly source: string; readonly destination: string } | null;
	readonly vlan: number | null;
}

/** Link-layer addresses are compared where both sides have them. */
export function frameDifferences(predicted: OnWire, observed: OnWire, ports: PortBinding): readonly FieldDifference[] {
	return [
		...differing("vlan", predicted.vlan ?? "none", observed.vlan ?? "none"),
		...macDifferences(predicted.ethernet, observed.ethernet),
		...packetDifferences(predicted.packet, observed.packet, ports),
	];
}

function differing(field: string, predicted: string | number, observed: string | number): readonly FieldDifference[] {
	return predicted === observed ? [] : [{ field, predicted: String(predicted), observed: String(observed) }];
}

function macDifferences(predicted: OnWire["ethernet"], observed: OnWire["ethernet"]): readonly FieldDifference[] {
	if (predicted === null || observed === null) return [];
	return [
		...(predicted.source === "" ? [] : differing("source MAC", predicted.source, observed.source)),
		...(predicted.destination === "" ? [] : differing("destination MAC", predicted.destination, observed.destination)),
	];
}

/** Addresses, ports, TTL, the kind of message, and all of that again inside a tunnel. */
export function packetDifferences(predicted: Packet, observed: Packet, ports: PortBinding): readonly FieldDifference[] {
	return [
		...headerDifferences(predicted, observed, ports),
		...differing("ttl", predicted.ttl, observed.ttl),
		...payloadDifferences(predicted, observed, ports),
	];
}

/** What must agree of a packet that an ICMP error holds too: how far it had come when it was copied tells nothing. */
function headerDifferences(predicted: Packet, observed: Packet, ports: PortBinding): readonly FieldDifference[] {
	const protocol = differing("protocol", predicted.protocol, observed.protocol);
	if (protocol.length > 0) return protocol;
	return [
		...endDifferences("source", predicted, observed, ports),
		...endDifferences("destination", predicted, observed, ports),
		...differing("message", messageOf(predicted), messageOf(observed)),
	];
}

function endDifferences(
	field: "source" | "destination",
	predicted: Packet,
	observed: Packet,
	ports: PortBinding,
): readonly FieldDifference[] {
	const wanted = endOf(field, predicted);
	const got = endOf(field, observed);
	const samePort = isPortChosenByKernel(field, predicted) || ports.fits(wanted.address, wanted.port, got.port);
	if (wanted.address.text === got.address.text && samePort) return [];
	return [{ field, predicted: formatEnd(wanted, predicted), observed: formatEnd(got, observed) }];
}

function endOf(field: "source" | "destination", { src, dst, sport, dport }: Packet) {
	return field === "source" ? { address: src, port: sport } : { address: dst, port: dport };
}

/** An echo's identifier is the sending socket's; a VXLAN packet's source port is a hash of the flow inside (udp_flow_src_port). */
function isPortChosenByKernel(field: "source" | "destination", packet: Packet): boolean {
	if (packet.protocol === "icmp" || packet.protocol === "icmpv6") return true;
	return field === "source" && packet.payload?.kind === "vxlan";
}

function formatEnd({ address, port }: ReturnType<typeof endOf>, { protocol }: Packet): string {
	return hasPorts(protocol) ? formatEndpoint(address, port) : address.text;
}

export function hasPorts(protocol: string): boolean {
	return protocol === "tcp" || protocol === "udp" || protocol === "sctp";
}

/** `syn`, `icmp 3/1` … */
export function messageOf({ protocol, tcpFlags, icmpType, icmpCode }: Packet): string {
	if (icmpType !== undefined) return `${protocol} ${icmpType}/${icmpCode ?? 0}`;
	return tcpFlags ?? protocol;
}

function payloadDifferences(predicted: Packet, observed: Packet, ports: PortBinding): readonly FieldDifference[] {
	const [wanted, got] = [predicted.payload, observed.payload];
	const kind = differing("encapsulation", wanted?.kind ?? "none", got?.kind ?? "none");
	if (kind.length > 0) return kind;
	if (wanted?.kind === "ipip" && got?.kind === "ipip") {
		return inside("inner", packetDifferences(wanted.packet, got.packet, ports));
	}
	if (wanted?.kind === "vxlan" && got?.kind === "vxlan") {
		const vni = differing("VNI", wanted.vni, got.vni);
		return [...vni, ...inside("inner", frameDifferences(onWire(wanted.frame), onWire(got.frame), ports))];
	}
	if (wanted?.kind === "icmp-error" && got?.kind === "icmp-error") {
		return inside("quoted", headerDifferences(wanted.about, got.about, ports));
	}
	return [];
}

function onWire({ source, destination, vlan, packet }: Frame): OnWire {
	return { packet, vlan, ethernet: { source, destination } };
}

function inside(where: string, differences: readonly FieldDifference[]): readonly FieldDifference[] {
	return differences.map((each) => ({ ...each, field: `${where} ${each.field}` }));
}
