/** BGP as netplugin's agent speaks it (ofnet ofnetBgp.go): a node and its leaf switch, to which it tells a /32 for each pod. */
import type { Address } from "../../address/address.ts";
import { hostPrefix, type Prefix } from "../../address/prefix.ts";
import { ACCEPT_ALL, REJECT_ALL } from "../../bgp/filter.ts";
import { BgpNetwork } from "../../bgp/network.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Node } from "../../cluster/objects.ts";
import type { ContivBgp, ContivSettings } from "../../cluster/settings.ts";
import { formatPosition } from "../../diagnostic/diagnostic.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Segment, SegmentRoute } from "../../state/fabric.ts";
import type { Cause } from "../../state/network.ts";
import type { Speaker } from "../../state/speaker.ts";
import { phrase } from "../../wording/phrase.ts";
import { hostSpeakers } from "../host-speakers.ts";
import { eachOnce, sessionDown, sessionFix, sessionsDown } from "../session-down.ts";
import type { Underlay } from "../underlay/underlay.ts";
import type { PodPorts } from "./networks.ts";
import { contivOrigin } from "./origin.ts";

export class ContivSpeakers {
	readonly network: BgpNetwork;
	readonly assumptions: readonly Assumption[];
	readonly #cluster: Cluster;
	readonly #settings: ContivSettings;
	readonly #ports: PodPorts;
	readonly #routers: ReadonlyMap<string, ContivBgp>;

	constructor(cluster: Cluster, underlay: Underlay, settings: ContivSettings, ports: PodPorts) {
		this.#cluster = cluster;
		this.#settings = settings;
		this.#ports = ports;
		this.#routers = new Map(settings.bgp.map((each) => [each.node, each]));
		const nodes = settings.bgp.map((each) => speakerOf(each, this.#podsOf(each.node)));
		this.network = new BgpNetwork([...nodes, ...hostSpeakers(cluster, underlay, 4)]);
		this.assumptions = [...this.#unconfigured(), ...this.#sessions(), ...this.#byAgents()];
	}

	of({ name }: Node): ContivBgp | undefined {
		return this.#routers.get(name);
	}

	/** The neighbour is a segment's router of which the input says no more: it takes any session. */
	isOpaque({ neighbour: { text } }: ContivBgp): boolean {
		const { hosts, segments } = this.#cluster;
		return (
			!hosts.some(({ addresses }) => addresses.some((each) => each.text === text)) &&
			segments.some(({ gateways }) => gateways.some((each) => each.text === text))
		);
	}

	/** What the node's switch has flows for besides its own pods: what BGP told it, and the other nodes' pods from their agents. */
	known(node: Node): readonly Prefix[] {
		return [...this.#learned(node.name), ...this.#elsewhere(node.name)];
	}

	/** The router of a segment that is a neighbour and no host of the input learns each pod by its node. */
	routesOf(segment: Segment): readonly SegmentRoute[] {
		const isHere = ({ neighbour, node }: ContivBgp): boolean =>
			segment.gateways.some(({ text }) => text === neighbour.text) &&
			segment.attachments.some(({ place, device }) => place === `node/${node}` && device === this.#settings.uplink);
		return this.#settings.bgp
			.filter((each) => this.isOpaque(each) && isHere(each))
			.flatMap(({ node, routerIP: via }) =>
				this.#podsOf(node).map((destination) => ({ destination, via, origin: contivOrigin(`node/${node}`) })),
			);
	}

	causesFor(lost: Address): readonly Cause[] {
		const owner = this.#cluster.ownersOf(lost).find((each) => each.kind === "pod");
		if (owner?.kind !== "pod" || this.#ports.of(owner.pod) === undefined) return [];
		const place = `node/${owner.pod.nodeName}`;
		if (this.#routers.get(owner.pod.nodeName) === undefined) return [unconfigured(owner.pod.nodeName)];
		const concerning = sessionsDown(this.network, this.#cluster).filter(
			({ self, why }) => self.name === place || ("peer" in why && why.peer.name === place),
		);
		return eachOnce(concerning).map((down): Cause => {
			// A node's neighbours are the Cluster object's; a host says its own.
			const { name: says } = down.why.kind === "as-mismatch" ? down.why.expecting : down.self;
			const host = this.#cluster.hosts.find(({ name }) => says === `host/${name}`);
			const at = host === undefined ? "" : ` (${formatPosition(host.source)})`;
			return {
				code: "bgp-session-down",
				message: sessionDown(down, at),
				fix: sessionFix(down),
				object: down.neighbour.object ?? place,
			};
		});
	}

	#podsOf(node: string): readonly Prefix[] {
		return this.#ports
			.on(node)
			.flatMap(({ addresses }) => addresses.filter(({ address }) => address.family === 4))
			.map(({ address }) => hostPrefix(address));
	}

	#elsewhere(node: string): readonly Prefix[] {
		return this.#cluster.nodes.filter(({ name }) => name !== node).flatMap(({ name }) => this.#podsOf(name));
	}

	#learned(node: string): readonly Prefix[] {
		const speaker = this.network.speakers.find(({ name }) => name === `node/${node}`);
		if (speaker === undefined) return [];
		return [...this.network.routesOf(speaker).values()].flatMap(({ best }) =>
			best.learned === null ? [] : [best.prefix],
		);
	}

	#unconfigured(): readonly Assumption[] {
		return this.#cluster.nodes
			.filter(({ name }) => !this.#routers.has(name))
			.map(({ name }) => ({
				code: "bgp-no-peers",
				message: unconfigured(name).message,
				severity: "warning",
				place: `node/${name}`,
			}));
	}

	#sessions(): readonly Assumption[] {
		return sessionsDown(this.network, this.#cluster).map((each) => ({
			code: "bgp-session-down",
			place: each.self.name,
			severity: "warning",
			message: sessionDown(each),
		}));
	}

	/** Releases differ in it, and nothing in the input says which one runs. */
	#byAgents(): readonly Assumption[] {
		return this.#cluster.nodes.flatMap(({ name }) => {
			const learned = new Set(this.#learned(name).map(({ text }) => text));
			const other = this.#elsewhere(name).find(({ text }) => !learned.has(text));
			if (other === undefined || !this.#routers.has(name)) return [];
			const message = phrase("contiv-release-assumed", { node: `node/${name}`, route: other.text });
			return [{ code: "contiv-release-assumed", message, place: `node/${name}` }];
		});
	}
}

function unconfigured(node: string): Cause {
	const message = phrase("contiv-without-bgp", { node });
	const fix = phrase("contiv-without-bgp-fix");
	return { code: "bgp-no-peers", message, fix, object: `node/${node}` };
}

function speakerOf(router: ContivBgp, networks: readonly Prefix[]): Speaker {
	const { node, routerIP, as: asn, neighbour, neighbourAs } = router;
	const base = { client: false, nextHop: "default", allowedOwnAs: 0, object: `node/${node}` } as const;
	return {
		name: `node/${node}`,
		routerId: routerIP,
		asn,
		addresses: [routerIP],
		neighbours: [{ address: neighbour, asn: neighbourAs, ...base }],
		networks,
		exports: ACCEPT_ALL,
		kernel: REJECT_ALL,
		installs: "one-of-equal",
	};
}
