/** The nodes' Open vSwitch bridges, whatever their tables do: pods on their ports, and a card as their way out. */
import type { Cluster } from "../../cluster/cluster.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { ContivSettings } from "../../cluster/settings.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Contribution } from "../../state/contribution.ts";
import { phrase } from "../../wording/phrase.ts";
import type { PodWire } from "../mode.ts";
import type { Card, Underlay } from "../underlay/underlay.ts";
import { PodPorts } from "./networks.ts";
import { podEnd, podWires } from "./pod-end.ts";

export const ETHERNET_MTU = 1500;

/** br_netfilter knows Linux's own bridges: an Open vSwitch one is none of its business. */
export const NO_BRIDGE_NETFILTER: ReadonlyMap<string, string> = new Map(
	["iptables", "ip6tables", "arptables"].map((table) => [`net.bridge.bridge-nf-call-${table}`, "0"]),
);

export class ContivSwitches {
	readonly ports: PodPorts;
	readonly assumptions: readonly Assumption[];
	readonly #underlay: Underlay;
	readonly #settings: ContivSettings;

	constructor(cluster: Cluster, underlay: Underlay, settings: ContivSettings) {
		this.#underlay = underlay;
		this.#settings = settings;
		this.ports = new PodPorts(cluster, settings);
		const without = cluster.nodes.filter((node) => this.uplink(node) === undefined);
		this.assumptions = [...this.ports.assumptions, ...without.map((node) => noUplink(node, settings))];
	}

	/** A node's way out; undefined: the input does not have the card. */
	uplink(node: Node): Card | undefined {
		return this.#underlay.cards(`node/${node.name}`).find(({ device }) => device === this.#settings.uplink);
	}

	/** The pod's own end. */
	pod(pod: Pod): readonly Contribution[] {
		const port = this.ports.of(pod);
		return port === undefined ? [] : [podEnd(port, this.#underlay.cardOf(`node/${pod.nodeName}`)?.mtu ?? ETHERNET_MTU)];
	}

	wires(pod: Pod): readonly PodWire[] {
		return podWires(this.ports.of(pod));
	}
}

/** The card that is the switch's way out is not in the input. */
function noUplink({ name }: Node, { uplink }: ContivSettings): Assumption {
	const place = `node/${name}`;
	const message = phrase("contiv-uplink-missing", { uplink, place, node: name });
	return { code: "contiv-uplink-missing", message, severity: "warning", place };
}
