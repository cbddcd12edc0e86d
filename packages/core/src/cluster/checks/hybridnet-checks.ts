/** Hybridnet's objects name each other, and an address is in the subnet that it is from. */
import { contains } from "../../address/prefix.ts";
import { PrefixMap } from "../../address/prefix-map.ts";
import { suggest } from "../../diagnostic/closest.ts";
import { formatPosition, InputError } from "../../diagnostic/diagnostic.ts";
import type { Said } from "../../wording/phrase.ts";
import { isFinished } from "../address-owners.ts";
import type { Cluster } from "../cluster.ts";
import type { HybridnetSubnet } from "../hybridnet-objects.ts";
import { keyOf } from "../inventory.ts";
import type { ObjectMeta } from "../objects.ts";

/** @throws {InputError} For the first that is wrong. */
export function checkHybridnet(cluster: Cluster): void {
	const { hybridnetNetworks, hybridnetSubnets, ipInstances } = cluster;
	const networks = new Map(hybridnetNetworks.map((each) => [each.name, each]));
	const subnets = new Map(hybridnetSubnets.map((each) => [each.name, each]));
	const overlays = hybridnetNetworks.filter(({ type }) => type === "Overlay");
	const [first, second] = overlays;
	if (first !== undefined && second !== undefined) {
		const hint = `the other is at ${formatPosition(first.source)}`;
		fail(second, "conflicting-settings", `a second Network of type Overlay, "${second.name}": there can be one`, hint);
	}
	for (const subnet of hybridnetSubnets) {
		if (networks.has(subnet.network)) continue;
		const message = `Subnet "${subnet.name}" is of Network "${subnet.network}", which is not there`;
		fail(subnet, "missing-object", message, suggest(subnet.network, [...networks.keys()]));
	}
	checkApart(hybridnetSubnets);
	for (const instance of ipInstances) {
		const name = `IPInstance "${instance.namespace}/${instance.name}"`;
		const subnet = subnets.get(instance.subnet);
		if (subnet === undefined) {
			const message = `${name} is of Subnet "${instance.subnet}", which is not there`;
			fail(instance, "missing-object", message, suggest(instance.subnet, [...subnets.keys()]));
		}
		if (!contains(subnet.cidr, instance.address)) {
			const message = `${name} has ${instance.address.text}, which is not in ${subnet.cidr.text} of Subnet "${subnet.name}"`;
			fail(instance, "address-in-no-cidr", message);
		}
	}
	if (cluster.mode.startsWith("hybridnet-")) checkPods(cluster);
}

/** Where the input holds Subnets of a family, each pod's address of it is in one of them. */
function checkPods({ pods, hybridnetSubnets }: Cluster): void {
	const map = new PrefixMap<true>();
	for (const { cidr } of hybridnetSubnets) map.set(cidr, true);
	const families = new Set(hybridnetSubnets.map(({ cidr }) => cidr.family));
	for (const pod of pods) {
		if (pod.hostNetwork || isFinished(pod) || pod.defaultNetwork !== undefined) continue;
		const stray = pod.podIPs.find((each) => families.has(each.family) && map.longestMatch(each) === undefined);
		if (stray === undefined) continue;
		const hint = `Subnets are ${hybridnetSubnets.map(({ cidr }) => cidr.text).join(", ")}`;
		fail(pod, "address-in-no-cidr", `pod/${keyOf(pod)} has ${stray.text}, which is in no Subnet`, hint);
	}
}

/** Several subnets may be parts of one CIDR; different CIDRs must not overlap. */
function checkApart(subnets: readonly HybridnetSubnet[]): void {
	for (const [i, subnet] of subnets.entries()) {
		const other = subnets
			.slice(0, i)
			.find(
				({ cidr }) =>
					cidr.text !== subnet.cidr.text &&
					(contains(cidr, subnet.cidr.address) || contains(subnet.cidr, cidr.address)),
			);
		if (other === undefined) continue;
		const message = `${subnet.cidr.text} of Subnet "${subnet.name}" overlaps ${other.cidr.text} of Subnet "${other.name}"`;
		fail(subnet, "overlapping-cidrs", message, `the other is at ${formatPosition(other.source)}`);
	}
}

function fail({ source }: ObjectMeta, code: string, message: string, hint?: Said): never {
	throw new InputError({ code, message, where: source, ...(hint !== undefined && { hint }) });
}
