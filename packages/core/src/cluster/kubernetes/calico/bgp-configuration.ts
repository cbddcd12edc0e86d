/** BGPConfiguration (projectcalico/api pkg/apis/projectcalico/v3/bgpconfig.go). */
import type { Prefix } from "../../../address/prefix.ts";
import type { BgpConfiguration } from "../../calico-objects.ts";
import type { Field } from "../../field.ts";
import { clusterMeta } from "../../metadata.ts";
import { type FieldNames, fieldNames, type Spelling } from "../field-names.ts";
import { asNumberIn } from "./as-number.ts";

const SPEC: FieldNames = fieldNames(
	"nodeToNodeMeshEnabled asNumber serviceClusterIPs serviceExternalIPs serviceLoadBalancerIPs",
	`logSeverityScreen listenPort communities prefixAdvertisements nodeMeshPassword nodeMeshMaxRestartTime bindMode
	 ignoredInterfaces programClusterRoutes localWorkloadPeeringIPV4 localWorkloadPeeringIPV6 serviceLoadBalancerAggregation
	 ipv4NormalRoutePriority ipv6NormalRoutePriority`,
);

export function readBgpConfiguration(object: Field, spelling: Spelling): BgpConfiguration {
	const spec = object.at("spec");
	spelling.check(spec, SPEC, "BGPConfiguration");
	const mesh = spec.at("nodeToNodeMeshEnabled");
	return {
		...clusterMeta(object),
		kind: "BGPConfiguration",
		nodeToNodeMeshEnabled: mesh.present ? mesh.boolean(true) : null,
		asNumber: asNumberIn(spec.at("asNumber")),
		serviceClusterIPs: blocksIn(spec.at("serviceClusterIPs")),
		serviceExternalIPs: blocksIn(spec.at("serviceExternalIPs")),
		serviceLoadBalancerIPs: blocksIn(spec.at("serviceLoadBalancerIPs")),
	};
}

function blocksIn(field: Field): readonly Prefix[] {
	return field.items().map((each) => each.at("cidr").prefix());
}
