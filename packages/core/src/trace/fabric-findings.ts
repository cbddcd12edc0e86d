/** What an operator should know of the way through the cloud: route entries, and VLANs of members. */
import { contains } from "../address/prefix.ts";
import type { Node } from "../cluster/objects.ts";
import type { Hop } from "../kernel/walk.ts";
import { placeKind } from "../state/place.ts";
import { eniWith } from "./eni-card.ts";
import type { Finding } from "./explanation.ts";
import type { Plan } from "./plan.ts";
import { saysOtherVlan } from "./pod-eni-findings.ts";
import type { Subject } from "./subject.ts";
import type { Way } from "./ways.ts";
import { whereOf } from "./where.ts";

type Rule = (subject: Subject, plan: Plan, ways: readonly Way[]) => readonly Finding[];

export const FABRIC_RULES: readonly Rule[] = [vlanOfAnother, podRouteMissing, addressLedElsewhere, notItsAddress];

/** A node gives a pod's frames another VLAN than its member ENI has. */
function vlanOfAnother(subject: Subject, _: Plan, ways: readonly Way[]): readonly Finding[] {
	const findings = new Map<string, Finding>();
	for (const { end } of ways) {
		if (end.because.code !== "vpc-no-member") continue;
		const { vlan = "", place = "", device = "" } = end.because.facts;
		const own = eniWith(subject.network, end.packet.src.text);
		if (own !== undefined && isSaidOfPodEni(subject, own.eni.id)) continue;
		const has =
			own?.eni.vlan == null ? "" : `; ${own.eni.id}, which has ${end.packet.src.text}, is behind VLAN ${own.eni.vlan}`;
		findings.set(`${place} ${vlan}`, {
			code: "vlan-without-member",
			severity: "error",
			message: `${place} sends by ${device} with VLAN ${vlan}, which no member ENI of that trunk has${has}`,
			fix:
				own?.eni.vlan == null
					? "look for the VLAN of the pod's PodENI (status.eniInfos) and of its ENI"
					: `the PodENI of ${end.packet.src.text} should say VLAN ${own.eni.vlan}`,
			object: own?.eni.place ?? String(place),
		});
	}
	return [...findings.values()];
}

/** The PodENI itself is then what is wrong, and the first thing that is said. */
function isSaidOfPodEni({ cluster }: Subject, id: string): boolean {
	const eni = cluster.eni(id);
	const bound = cluster.podENIs.flatMap(({ allocations }) => allocations).filter(({ eniID }) => eniID === id);
	return eni !== undefined && bound.some(({ attached }) => saysOtherVlan(eni, attached?.vlan ?? null));
}

/** Pods' addresses that are no ENI's: the VPC must lead each node's pod CIDR to that node (seed 003 L62, L64). */
function podRouteMissing(subject: Subject, _: Plan, ways: readonly Way[]): readonly Finding[] {
	const findings = new Map<string, Finding>();
	for (const way of ways) {
		if (way.verdict === "delivered") continue;
		for (const hop of [way.forward, way.reply].flatMap((walk) => (walk === null ? [] : walk.hops))) {
			const finding = routeFinding(subject, hop);
			if (finding !== undefined) findings.set(finding.message, finding);
		}
	}
	return [...findings.values()];
}

function routeFinding({ cluster }: Subject, { at, stage, packet, because }: Hop): Finding | undefined {
	if (stage !== "vpc-route" || placeKind(at) !== "vpc") return undefined;
	const node = cluster.nodes.find(({ podCIDRs }) => podCIDRs.some((block) => contains(block, packet.dst)));
	if (node === undefined) return undefined;
	const block = node.podCIDRs.find((each) => contains(each, packet.dst))?.text ?? "";
	const wanted = `${block} -> ${instanceOf(node)}`;
	switch (because.code) {
		case "vpc-nowhere":
		case "internet":
			return {
				code: "vpc-route-missing",
				severity: "error",
				message: `${at}${whereOf(because.origin)} has no route entry for ${block}, the pod CIDR of node/${node.name}`,
				fix: `add the entry ${wanted} to its route table; the cloud controller keeps these where it may`,
				object: at,
			};
		case "vpc-route": {
			const { place = "", route = "" } = because.facts;
			if (place === `node/${node.name}`) return undefined;
			return {
				code: "vpc-route-wrong",
				severity: "error",
				message: `${at} leads ${packet.dst.text} by its entry ${route} to ${place}, but ${block} is the pod CIDR of node/${node.name}${whereOf(because.origin)}`,
				fix: `the entry should be ${wanted}`,
				object: at,
			};
		}
		default:
			return undefined;
	}
}

function instanceOf({ name, providerID }: Node): string {
	return providerID === "" ? `node/${name}` : (providerID.split(/[./]/).at(-1) ?? `node/${name}`);
}

/** An entry for an address that an ENI has, more specific than its vSwitch's own, which leads past that ENI. */
function addressLedElsewhere(subject: Subject, _: Plan, ways: readonly Way[]): readonly Finding[] {
	const findings = new Map<string, Finding>();
	for (const way of ways) {
		if (way.verdict === "delivered") continue;
		for (const { at, stage, packet, because } of [way.forward, way.reply].flatMap((walk) => walk?.hops ?? [])) {
			if (stage !== "vpc-route" || because.code !== "vpc-route") continue;
			const { place = "", route = "" } = because.facts;
			const owner = eniWith(subject.network, packet.dst.text);
			if (owner === undefined || owner.place === place || owner.eni.place === place) continue;
			findings.set(`${at} ${route}`, {
				code: "vpc-route-wrong",
				severity: "error",
				message: `${at} leads ${packet.dst.text} by its entry ${route} to ${place}, but ${owner.eni.id} of ${owner.place} has that address${whereOf(because.origin)}`,
				fix: `remove the entry ${route} from its route table`,
				object: at,
			});
		}
	}
	return [...findings.values()];
}

/** Pods' packets that leave or reach a node by an ENI that has not their address need the check off (seed 000 L334). */
function notItsAddress(_: Subject, __: Plan, ways: readonly Way[]): readonly Finding[] {
	const findings = new Map<string, Finding>();
	for (const { end } of ways) {
		if (end.because.code !== "source-dest-check") continue;
		const { eni = "", address = "", side = "" } = end.because.facts;
		findings.set(`${eni} ${address}`, {
			code: "source-dest-check",
			severity: "error",
			message: `eni/${eni}${whereOf(end.because.origin)} drops a packet with ${side} ${address}: its source/destination check is on, and ${address} is none of its addresses`,
			fix: `switch it off: ModifyNetworkInterfaceAttribute with SourceDestCheck false for ${eni}`,
			object: `eni/${eni}`,
		});
	}
	return [...findings.values()];
}
