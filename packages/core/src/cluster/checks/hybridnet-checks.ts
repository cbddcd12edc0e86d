/** Hybridnet's objects name each other, and an address is in the subnet that it is from. */
import { contains } from "../../address/prefix.ts";
import { suggest } from "../../diagnostic/closest.ts";
import { formatPosition, InputError } from "../../diagnostic/diagnostic.ts";
import type { Cluster } from "../cluster.ts";
import type { HybridnetSubnet } from "../hybridnet-objects.ts";
import type { ObjectMeta } from "../objects.ts";

/** @throws {InputError} For the first that is wrong. */
export function checkHybridnet({ hybridnetNetworks, hybridnetSubnets, ipInstances }: Cluster): void {
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

function fail({ source }: ObjectMeta, code: string, message: string, hint?: string): never {
	throw new InputError({ code, message, where: source, ...(hint !== undefined && { hint }) });
}
