/** Hybridnet's objects name each other, and an address is in the subnet that it is from. */
import { contains } from "../../address/prefix.ts";
import { PrefixMap } from "../../address/prefix-map.ts";
import { suggest } from "../../diagnostic/closest.ts";
import { otherAt, refuse } from "../../diagnostic/diagnostic.ts";
import { type Phrase, phrase } from "../../wording/phrase.ts";
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
		fail(second, "conflicting-settings", phrase("second-overlay", { name: second.name }), otherAt(first));
	}
	for (const subnet of hybridnetSubnets) {
		if (networks.has(subnet.network)) continue;
		const message = phrase("is-of-missing", {
			one: named("Subnet", subnet.name),
			what: named("Network", subnet.network),
		});
		fail(subnet, "missing-object", message, suggest(subnet.network, [...networks.keys()]));
	}
	checkApart(hybridnetSubnets);
	for (const instance of ipInstances) {
		const one = named("IPInstance", `${instance.namespace}/${instance.name}`);
		const subnet = subnets.get(instance.subnet);
		if (subnet === undefined) {
			const message = phrase("is-of-missing", { one, what: named("Subnet", instance.subnet) });
			fail(instance, "missing-object", message, suggest(instance.subnet, [...subnets.keys()]));
		}
		if (!contains(subnet.cidr, instance.address)) {
			const where = { address: instance.address.text, cidr: subnet.cidr.text, of: named("Subnet", subnet.name) };
			fail(instance, "address-in-no-cidr", phrase("has-outside", { one, ...where }));
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
		const hint = phrase("subnets-are", { blocks: hybridnetSubnets.map(({ cidr }) => cidr.text) });
		const what = phrase("no-such-holder", { kind: "Subnet" });
		const facts = { place: `pod/${keyOf(pod)}`, address: stray.text, what, more: "" };
		fail(pod, "address-in-no-cidr", phrase("in-no-cidr", facts), hint);
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
		const [of, otherOf] = [named("Subnet", subnet.name), named("Subnet", other.name)];
		const message = phrase("overlaps", { cidr: subnet.cidr.text, of, other: other.cidr.text, otherOf });
		fail(subnet, "overlapping-cidrs", message, otherAt(other));
	}
}

function named(kind: string, name: string): Phrase {
	return phrase("named-kind", { kind, name });
}

function fail({ source }: ObjectMeta, code: string, message: Phrase, hint?: Phrase): never {
	refuse(code, message, source, hint);
}
