/** What one ENI of a node brings to the node's namespace, by the data path of its pods. */
import type { Prefix } from "../../address/prefix.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { VirtualServer } from "../../state/ipvs.ts";
import type { TcAction } from "../../state/tc.ts";
import type { Card } from "../underlay/underlay.ts";
import { ipvlanHost } from "./ipvlan.ts";
import type { DataPath } from "./mode.ts";
import { eniOfPods, policyRules } from "./policy-route.ts";
import { clsact, eniFilter, fromNetdevAction, redirectsOf, redirectsTo, vethPrograms } from "./programs.ts";
import { trunkFilters } from "./trunk.ts";
import type { TerwayFeatures } from "./version.ts";

/** A pod of the ENI; with a VLAN it is behind a member of it. */
export interface EniPods {
	readonly pod: Pod;
	readonly vlan: number | null;
}

export interface NodeEni {
	readonly node: Node;
	readonly card: Card;
	/** The card's interface index. */
	readonly index: number;
	readonly pods: readonly EniPods[];
	/** All pods of the node that have a veth there. */
	readonly podsOfNode: readonly Pod[];
	readonly dataPath: DataPath;
	/** Tags are pushed and popped by tc. */
	readonly stripsTags: boolean;
	readonly services: readonly VirtualServer[];
	readonly throughNode: readonly Prefix[];
	readonly mtu: number;
	readonly features: TerwayFeatures;
}

export function eniParts(eni: NodeEni): readonly Contribution[] {
	const { node, card, index, pods, features, dataPath, throughNode, mtu } = eni;
	const toPods = dataPath === "datapathv2" ? fromNetdevAction(redirectsTo(eni.podsOfNode)) : undefined;
	const trunk =
		card.eni?.type === "trunk" && eni.stripsTags ? [trunkPart(eni, toPods === undefined ? [] : [toPods])] : [];
	const filtered = trunk.length > 0 || dataPath !== "veth";
	const qdiscs = filtered ? [{ tcQdiscs: [clsact(card.device, `node/${node.name}`)] }] : [];
	if (dataPath === "ipvlan") {
		const own = pods.map(({ pod }) => pod);
		return [...qdiscs, ipvlanHost(node, card, index, own, { throughNode, mtu }), ...trunk];
	}
	return [
		...qdiscs,
		eniOfPods(node, card, index, features),
		{ rules: pods.flatMap(({ pod }) => policyRules(pod, index, features)) },
		...trunk,
		...(toPods === undefined ? [] : [{ tcFilters: [eniFilter(node, card.device, toPods)] }, ...vethsPrograms(eni)]),
	];
}

function trunkPart({ node, card, pods, features }: NodeEni, popped: readonly TcAction[]): Contribution {
	const members = pods.flatMap(({ pod, vlan }) => (vlan === null ? [] : [{ pod, vlan }]));
	return trunkFilters(node.name, card.device, members, features, popped);
}

function vethsPrograms({ node, card, pods, podsOfNode, services }: NodeEni): readonly Contribution[] {
	const toPods = redirectsTo(podsOfNode);
	return pods.map(({ pod }) => vethPrograms(pod, services, redirectsOf(pod, node, toPods, card)));
}
