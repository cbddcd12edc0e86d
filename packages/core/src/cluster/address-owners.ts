/** Who has which address. */
import type { Address } from "../address/address.ts";
import type { AddressOwner } from "./cluster.ts";
import type { Node, Pod, Service } from "./objects.ts";
import type { HostObject, LoadBalancerObject } from "./settings.ts";

export interface AddressHolders {
	readonly pods: readonly Pod[];
	readonly nodes: readonly Node[];
	readonly hosts: readonly HostObject[];
	readonly services: readonly Service[];
	readonly loadBalancers: readonly LoadBalancerObject[];
	service(key: string): Service | undefined;
}

export type AddressOwners = ReadonlyMap<string, readonly AddressOwner[]>;

/**
 * Owners by the address's text. Those whose own address it is come first: a Pod before it leaves, a Node, a Host. Then
 * Services, and last Pods that share an address (with their Node, or with a Pod that has taken theirs over).
 */
export function addressOwners(holders: AddressHolders): AddressOwners {
	const owners = new Map<string, AddressOwner[]>();
	const claim = (addresses: readonly Address[], owner: AddressOwner): void => {
		for (const { text } of addresses) {
			const others = owners.get(text);
			if (others === undefined) owners.set(text, [owner]);
			else others.push(owner);
		}
	};
	for (const pod of holders.pods)
		if (ownsAddress(pod) && !pod.terminating) claim(addressesOf(pod), { kind: "pod", pod });
	for (const node of holders.nodes) claim([...node.internalIPs, ...node.externalIPs], { kind: "node", node });
	for (const host of holders.hosts) claim(host.addresses, { kind: "host", host });
	for (const service of holders.services) claimForService(service, claim);
	for (const { service: key, addresses } of holders.loadBalancers)
		claimForLoadBalancer(holders.service(key), addresses, claim);
	for (const pod of holders.pods)
		if (ownsAddress(pod) && pod.terminating) claim(addressesOf(pod), { kind: "pod", pod });
	for (const pod of holders.pods) if (pod.hostNetwork && !isFinished(pod)) claim(pod.podIPs, { kind: "pod", pod });
	return owners;
}

/** Those of the default network, and of the cards that Multus adds. */
function addressesOf({ podIPs, attachments }: Pod): readonly Address[] {
	if (attachments === undefined) return podIPs;
	return [...podIPs, ...attachments.flatMap(({ addresses }) => addresses.map(({ address }) => address))];
}

/** A Pod that has come to its end keeps its address in its status, but no longer has it. */
export function isFinished(pod: Pod): boolean {
	return pod.phase === "Succeeded" || pod.phase === "Failed";
}

function ownsAddress(pod: Pod): boolean {
	return !pod.hostNetwork && !isFinished(pod);
}

type Claim = (addresses: readonly Address[], owner: AddressOwner) => void;

function claimForService(service: Service, claim: Claim): void {
	claim(service.clusterIPs, { kind: "service", service, via: "cluster-ip" });
	claim(service.externalIPs, { kind: "service", service, via: "external-ip" });
	const ingress = service.loadBalancerIngress.map(({ ip }) => ip);
	claim(ingress, { kind: "service", service, via: "load-balancer" });
}

function claimForLoadBalancer(service: Service | undefined, addresses: readonly Address[], claim: Claim): void {
	if (service === undefined) return;
	const known = new Set(service.loadBalancerIngress.map(({ ip }) => ip.text));
	const own = addresses.filter(({ text }) => !known.has(text));
	claim(own, { kind: "service", service, via: "load-balancer" });
}
