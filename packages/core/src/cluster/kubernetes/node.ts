/** v1 Node. */
import type { Field } from "../field.ts";
import { clusterMeta } from "../metadata.ts";
import type { Node } from "../objects.ts";
import { type FieldNames, publishedFields, type Spelling } from "./field-names.ts";
import { countsIn, isTerwayResource } from "./resources.ts";

const SPEC: FieldNames = publishedFields("podCIDR podCIDRs unschedulable providerID", "taints configSource externalID");
const STATUS: FieldNames = publishedFields(
	"addresses allocatable conditions nodeInfo",
	"capacity config daemonEndpoints images phase volumesAttached volumesInUse runtimeHandlers features declaredFeatures",
);

export function readNode(object: Field, spelling: Spelling): Node {
	const spec = object.at("spec");
	const status = object.at("status");
	spelling.check(spec, SPEC, "Node");
	spelling.check(status, STATUS, "Node");
	const addresses = status.at("addresses").items();
	const ofType = (type: string): Node["internalIPs"] =>
		addresses.filter((each) => each.at("type").text() === type).map((each) => each.at("address").address());
	const podCIDRs = spec.at("podCIDRs").items();
	const allocatable = status.at("allocatable");
	return {
		...clusterMeta(object),
		kind: "Node",
		internalIPs: ofType("InternalIP"),
		externalIPs: ofType("ExternalIP"),
		podCIDRs: (podCIDRs.length > 0 ? podCIDRs : [spec.at("podCIDR")])
			.filter((each) => each.present && each.value !== "")
			.map((each) => each.prefix()),
		ready: isReady(status.at("conditions"), true),
		unschedulable: spec.at("unschedulable").boolean(false),
		providerID: spec.at("providerID").text(),
		...(allocatable.present && {
			allocatable: countsIn(allocatable, (name) => name === "pods" || isTerwayResource(name)),
		}),
	};
}

/** Condition Ready of a Node or Pod; `fallback` where there is none. */
export function isReady(conditions: Field, fallback: boolean): boolean {
	const ready = conditions.items().find((each) => each.at("type").text() === "Ready");
	return ready === undefined ? fallback : ready.at("status").text() === "True";
}

/** The version of the node's kube-proxy, or of its kubelet, which comes with it; empty where the Node says neither. */
export function nodeVersion(object: Field): string {
	const info = object.at("status").at("nodeInfo");
	return info.at("kubeProxyVersion").text() || info.at("kubeletVersion").text();
}
