/** ENIs that the input does not describe, made from what it does: always the same ones for the same input. */

import type { Address } from "../../address/address.ts";
import { contains } from "../../address/prefix.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Pod } from "../../cluster/objects.ts";
import type { EniObject } from "../../cluster/settings.ts";
import type { SourcePosition } from "../../origin/origin.ts";
import type { Assumption } from "../../state/assumption.ts";
import { podPlace } from "../../state/place.ts";
import { type Phrase, phrase } from "../../wording/phrase.ts";
import { TRUNK_ON } from "./annotations.ts";

export class AssumedEnis {
	readonly made: EniObject[] = [];
	readonly assumptions: Assumption[] = [];
	readonly #cluster: Cluster;
	readonly #shared = new Map<string, { readonly eni: EniObject; readonly addresses: Address[] }>();
	readonly #trunks = new Map<string, EniObject>();
	/** By instance. */
	readonly #described = new Map<string, EniObject[]>();
	/** By node: devices that have an ENI. */
	readonly #devices = new Map<string, Set<string>>();
	/** By trunk: VLANs that are taken. */
	readonly #vlans = new Map<string, Set<number>>();

	constructor(cluster: Cluster) {
		this.#cluster = cluster;
		for (const eni of cluster.enis) {
			const others = this.#described.get(eni.instance);
			if (others === undefined) this.#described.set(eni.instance, [eni]);
			else others.push(eni);
			if (eni.vlan !== null) this.#vlansOf(eni.trunk).add(eni.vlan);
		}
		for (const { trunkENIID, allocations } of cluster.podENIs) {
			for (const { attached } of allocations) if (attached?.vlan != null) this.#vlansOf(trunkENIID).add(attached.vlan);
		}
	}

	/** A secondary ENI for the pods of a node that have an address of the same vSwitch. */
	shared(pod: Pod): EniObject {
		const vSwitch = this.#vSwitchOf(pod.podIPs[0]);
		const key = `${pod.nodeName} ${vSwitch}`;
		const known = this.#shared.get(key);
		if (known !== undefined) {
			known.addresses.push(...pod.podIPs);
			return known.eni;
		}
		// Grows as more pods of the node are found, until the search is over.
		const addresses = [...pod.podIPs];
		const device = this.#freeDevice(pod.nodeName);
		const made = this.#make(`eni-${pod.nodeName}-${device}`, "secondary", pod.source, {
			instance: `node/${pod.nodeName}`,
			device,
			addresses,
			vSwitch,
			securityGroups: this.#securityGroups(pod.nodeName, []),
		});
		this.#shared.set(key, { eni: made, addresses });
		const place = `node/${pod.nodeName}`;
		this.#assume(phrase("eni-assumed-node", { node: place, device }), place);
		return made;
	}

	/** A secondary ENI that a pod has for itself. */
	own(pod: Pod): EniObject {
		const place = podPlace(pod);
		this.#assume(phrase("eni-assumed-pod", { pod: place }), place);
		return this.#make(`eni-${pod.namespace}-${pod.name}`, "secondary", pod.source, {
			instance: place,
			device: "eth0",
			addresses: pod.podIPs,
			securityGroups: this.#securityGroups(pod.nodeName, []),
		});
	}

	/** A member of the node's trunk. */
	member(pod: Pod, trunk: EniObject, securityGroups: readonly string[]): EniObject {
		const place = podPlace(pod);
		const vlans = this.#vlansOf(trunk.name);
		let vlan = 1;
		while (vlans.has(vlan)) vlan++;
		vlans.add(vlan);
		this.#assume(phrase("eni-assumed-member", { pod: place, trunk: trunk.name, vlan }), place);
		return this.#make(`eni-${pod.namespace}-${pod.name}`, "member", pod.source, {
			instance: trunk.instance,
			trunk: trunk.name,
			vlan,
			addresses: pod.podIPs,
			securityGroups: this.#securityGroups(pod.nodeName, securityGroups),
		});
	}

	/** The trunk of a node, by the id that somebody names where the input describes none. */
	trunk(nodeName: string, id: string): EniObject {
		const node = this.#cluster.node(nodeName);
		const name = id || (node?.annotations[TRUNK_ON] ?? "") || `eni-${nodeName}-trunk`;
		const known = this.#trunks.get(name);
		if (known !== undefined) return known;
		const device = this.#freeDevice(nodeName);
		const place = `node/${nodeName}`;
		const made = this.#make(name, "trunk", node?.source ?? NOWHERE, {
			instance: place,
			device,
			vSwitch: this.#vSwitchOf(node?.internalIPs[0]),
			securityGroups: this.#securityGroups(nodeName, []),
		});
		this.#trunks.set(name, made);
		this.#assume(phrase("eni-assumed-trunk", { node: place, device }), place);
		return made;
	}

	/** The ENIs that the input says are attached to a node. */
	#onNode(nodeName: string): readonly EniObject[] {
		return this.#described.get(`node/${nodeName}`) ?? [];
	}

	/** The trunk of a node that the input describes. */
	describedTrunk(nodeName: string): EniObject | undefined {
		return this.#onNode(nodeName).find(({ type }) => type === "trunk");
	}

	#make(name: string, type: EniObject["type"], source: SourcePosition, more: Partial<EniObject>): EniObject {
		const bare = { namespace: "", labels: {}, annotations: {}, trunk: "", vlan: null, vSwitch: "", mac: "" };
		const made: EniObject = {
			...bare,
			kind: "ENI",
			name,
			type,
			source,
			instance: "",
			device: "",
			addresses: [],
			securityGroups: null,
			sourceDestCheck: false,
			...more,
		};
		this.made.push(made);
		return made;
	}

	#freeDevice(nodeName: string): string {
		let taken = this.#devices.get(nodeName);
		if (taken === undefined) {
			taken = new Set(["eth0", ...this.#onNode(nodeName).map((each) => each.device)]);
			this.#devices.set(nodeName, taken);
		}
		let number = 1;
		while (taken.has(`eth${number}`)) number++;
		taken.add(`eth${number}`);
		return `eth${number}`;
	}

	#vlansOf(trunk: string): Set<number> {
		let vlans = this.#vlans.get(trunk);
		if (vlans === undefined) {
			vlans = new Set();
			this.#vlans.set(trunk, vlans);
		}
		return vlans;
	}

	/** Those that are named, else eni-config's, else the primary ENI's (daemon/builder.go); null where nobody says. */
	#securityGroups(nodeName: string, named: readonly string[]): readonly string[] | null {
		const { terway } = this.#cluster;
		const wanted = named.length > 0 ? named : (terway?.securityGroups ?? []);
		if (wanted.length > 0) return wanted.every((id) => this.#cluster.securityGroup(id) !== undefined) ? wanted : null;
		const primary = this.#onNode(nodeName).find(({ type }) => type === "primary");
		return primary?.securityGroups ?? null;
	}

	#vSwitchOf(address: Address | undefined): string {
		if (address === undefined) return "";
		const all = this.#cluster.vpcs.flatMap((vpc) => vpc.vSwitches);
		return all.find(({ cidr }) => contains(cidr, address))?.id ?? "";
	}

	#assume(message: Phrase, place: string): void {
		this.assumptions.push({ code: "eni-assumed", message, place });
	}
}

const NOWHERE: SourcePosition = { file: "", line: 0 };
