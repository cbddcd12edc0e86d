/** Which Contiv network each pod is in, and by which port of its node's switch. */

import type { Address } from "../../address/address.ts";
import { contains } from "../../address/prefix.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Pod } from "../../cluster/objects.ts";
import type { ContivNetwork, ContivSettings, ContivSubnet } from "../../cluster/settings.ts";
import type { Assumption } from "../../state/assumption.ts";
import { podPlace } from "../../state/place.ts";
import { phrase } from "../../wording/phrase.ts";
import { isJoined } from "../pod-namespace.ts";

export interface PodAddress {
	readonly address: Address;
	readonly subnet: ContivSubnet;
}

/** A pod's end of the switch. */
export interface PodPort {
	readonly pod: Pod;
	readonly network: ContivNetwork;
	/** Never empty. */
	readonly addresses: readonly PodAddress[];
	/** In the switch: `vvport1`. In the pod its other end, `vport1`, is called eth0. */
	readonly device: string;
	readonly mac: string;
}

export class PodPorts {
	readonly assumptions: readonly Assumption[];
	readonly #byPod = new Map<Pod, PodPort>();
	readonly #byNode = new Map<string, PodPort[]>();

	constructor(cluster: Cluster, settings: ContivSettings) {
		const strays: Assumption[] = [];
		for (const { name: node } of cluster.nodes) {
			const ports: PodPort[] = [];
			// netplugin numbers ports as pods come; here by their names.
			for (const pod of cluster.podsOn(node).filter(isJoined).toSorted(byName)) {
				const port = portOf(pod, settings, ports.length + 1);
				if (port === undefined) strays.push(stray(pod));
				else {
					ports.push(port);
					this.#byPod.set(pod, port);
				}
			}
			this.#byNode.set(node, ports);
		}
		this.assumptions = strays;
	}

	of(pod: Pod): PodPort | undefined {
		return this.#byPod.get(pod);
	}

	on(node: string): readonly PodPort[] {
		return this.#byNode.get(node) ?? [];
	}
}

function byName(a: Pod, b: Pod): number {
	return podPlace(a) < podPlace(b) ? -1 : 1;
}

/** The network that has the pod's first address; its other addresses are of the same one. */
function portOf(pod: Pod, { networks }: ContivSettings, number: number): PodPort | undefined {
	for (const network of networks) {
		const addresses = pod.podIPs.flatMap((address) => {
			const subnet = network.subnets.find(({ cidr }) => contains(cidr, address));
			return subnet === undefined ? [] : [{ address, subnet }];
		});
		const [first] = addresses;
		if (first === undefined || first.address.text !== pod.podIPs[0]?.text) continue;
		return { pod, network, addresses, device: `vvport${number}`, mac: macOf(first.address) };
	}
	return undefined;
}

/** `02:02` and the IPv4 address (seen in documents/networking/l2-vlan.md: 12.1.1.2 has 02:02:0C:01:01:02). */
function macOf({ words, family }: Address): string {
	const word = words[family === 4 ? 0 : 3] ?? 0;
	const bytes = [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff);
	return [2, 2, ...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

function stray(pod: Pod): Assumption {
	const place = podPlace(pod);
	const message = phrase("no-contiv-network", { pod: place });
	return { code: "pod-network-missing", message, place };
}
