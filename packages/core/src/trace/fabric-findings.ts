/** What an operator should know of the way through the cloud: route entries, and VLANs of members. */
import { contains } from "../address/prefix.ts";
import type { Node } from "../cluster/objects.ts";
import type { Hop } from "../kernel/walk.ts";
import { placeKind } from "../state/place.ts";
import { phrase, worded } from "../wording/phrase.ts";
import { eniWith } from "./eni-card.ts";
import type { Found } from "./found.ts";
import type { Plan } from "./plan.ts";
import { saysOtherVlan } from "./pod-eni-findings.ts";
import { endingAs, type ShownAt } from "./shown-at.ts";
import type { Subject } from "./subject.ts";
import type { Way } from "./ways.ts";
import { whereOf } from "./where.ts";

type Rule = (subject: Subject, plan: Plan, ways: readonly Way[]) => readonly Found[];

export const FABRIC_RULES: readonly Rule[] = [vlanOfAnother, podRouteMissing, addressLedElsewhere, notItsAddress];

/** A node gives a pod's frames another VLAN than its member ENI has. */
function vlanOfAnother(subject: Subject, _: Plan, ways: readonly Way[]): readonly Found[] {
	const findings = new Map<string, Found>();
	for (const { end } of ways) {
		if (end.because.code !== "vpc-no-member") continue;
		const { vlan = "", place = "", device = "" } = end.because.facts;
		const own = eniWith(subject.network, end.packet.src.text);
		if (own !== undefined && isSaidOfPodEni(subject, own.eni.id)) continue;
		const has =
			own?.eni.vlan == null
				? ""
				: phrase("behind-vlan", { eni: own.eni.id, address: end.packet.src.text, vlan: own.eni.vlan });
		findings.set(`${place} ${vlan}`, {
			code: "vlan-without-member",
			severity: "error",
			message: phrase("vlan-without-member", { place, device, vlan, has }),
			fix:
				own?.eni.vlan == null
					? phrase("look-for-vlan")
					: phrase("podeni-should-say-vlan", { address: end.packet.src.text, vlan: own.eni.vlan }),
			object: own?.eni.place ?? String(place),
			shownAt: endingAs(end),
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
function podRouteMissing(subject: Subject, _: Plan, ways: readonly Way[]): readonly Found[] {
	const findings = new Map<string, Found>();
	for (const way of ways) {
		if (way.verdict === "delivered") continue;
		for (const hop of [way.forward, way.reply].flatMap((walk) => (walk === null ? [] : walk.hops))) {
			const finding = routeFinding(subject, hop);
			if (finding !== undefined) findings.set(worded(finding.message), finding);
		}
	}
	return [...findings.values()];
}

function routeFinding({ cluster }: Subject, { at, stage, packet, because }: Hop): Found | undefined {
	if (stage !== "vpc-route" || placeKind(at) !== "vpc") return undefined;
	const node = cluster.nodes.find(({ podCIDRs }) => podCIDRs.some((block) => contains(block, packet.dst)));
	if (node === undefined) return undefined;
	const pods = node.podCIDRs.find((each) => contains(each, packet.dst));
	if (pods === undefined) return undefined;
	const block = pods.text;
	const entry = `${block} -> ${instanceOf(node)}`;
	const where = whereOf(because.origin);
	const shownAt: ShownAt = ({ way, hop }) =>
		way.verdict !== "delivered" && hop.at === at && hop.because.code === because.code && contains(pods, hop.packet.dst);
	switch (because.code) {
		case "vpc-nowhere":
		case "internet":
			return {
				code: "vpc-route-missing",
				severity: "error",
				message: phrase("vpc-route-missing", { vpc: at, where, block, node: `node/${node.name}` }),
				fix: phrase("vpc-route-missing-fix", { entry }),
				object: at,
				shownAt,
			};
		case "vpc-route": {
			const { place = "", route = "" } = because.facts;
			if (place === `node/${node.name}`) return undefined;
			const facts = { vpc: at, address: packet.dst.text, route, place, block, node: `node/${node.name}`, where };
			return {
				code: "vpc-route-wrong",
				severity: "error",
				message: phrase("vpc-route-wrong", facts),
				fix: phrase("vpc-route-wrong-fix", { entry }),
				object: at,
				shownAt,
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
function addressLedElsewhere(subject: Subject, _: Plan, ways: readonly Way[]): readonly Found[] {
	const findings = new Map<string, Found>();
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
				message: phrase("vpc-route-of-eni", {
					vpc: at,
					address: packet.dst.text,
					route,
					place,
					eni: owner.eni.id,
					owner: owner.place,
					where: whereOf(because.origin),
				}),
				fix: phrase("vpc-route-of-eni-fix", { route }),
				object: at,
				shownAt: ({ hop }) => hop.at === at && hop.because.facts.route === route,
			});
		}
	}
	return [...findings.values()];
}

/** Pods' packets that leave or reach a node by an ENI that has not their address need the check off (seed 000 L334). */
function notItsAddress(_: Subject, __: Plan, ways: readonly Way[]): readonly Found[] {
	const findings = new Map<string, Found>();
	for (const { end } of ways) {
		if (end.because.code !== "source-dest-check") continue;
		const { eni = "", address = "", side = "" } = end.because.facts;
		findings.set(`${eni} ${address}`, {
			code: "source-dest-check",
			severity: "error",
			message: phrase("source-dest-check", {
				eni: `eni/${eni}`,
				where: whereOf(end.because.origin),
				side,
				address,
			}),
			fix: phrase("source-dest-check-fix", { eni }),
			object: `eni/${eni}`,
			shownAt: endingAs(end),
		});
	}
	return [...findings.values()];
}
