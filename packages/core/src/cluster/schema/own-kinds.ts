/** All kinds of podpath's own. */
import { CLUSTER_KIND } from "./cluster-kind.ts";
import { ENI_KIND } from "./eni-kind.ts";
import { HOST_KIND } from "./host-kind.ts";
import { LOAD_BALANCER_KIND } from "./load-balancer-kind.ts";
import type { JsonSchema } from "./own-kind.ts";
import { PREFIX_LIST_KIND } from "./prefix-list-kind.ts";
import { SECURITY_GROUP_KIND } from "./security-group-kind.ts";
import { SEGMENT_KIND } from "./segment-kind.ts";
import { VPC_KIND } from "./vpc-kind.ts";

const OWN_KINDS = [
	CLUSTER_KIND,
	VPC_KIND,
	SEGMENT_KIND,
	HOST_KIND,
	LOAD_BALANCER_KIND,
	SECURITY_GROUP_KIND,
	PREFIX_LIST_KIND,
	ENI_KIND,
];

/** The published JSON Schemas (draft 2020-12) of podpath's own kinds, by kind. */
export function ownKindSchemas(): Readonly<Record<string, JsonSchema>> {
	return Object.fromEntries(OWN_KINDS.map((each) => [each.kind, each.jsonSchema()]));
}
