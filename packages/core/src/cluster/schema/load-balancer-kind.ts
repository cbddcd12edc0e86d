/** Kind `LoadBalancer`: what stands in front of a Service's node ports. */
import { z } from "zod";
import { clusterMeta } from "../metadata.ts";
import type { LoadBalancerObject } from "../settings.ts";
import { ipAddress, portNumber, transportProtocol } from "./field-schemas.ts";
import { type OwnKind, ownKind } from "./own-kind.ts";

const backend = z.strictObject({
	node: z.string(),
	listenerPort: portNumber,
	port: portNumber.meta({
		description: "The port of the node that gets the traffic: usually the Service's node port.",
	}),
	protocol: transportProtocol.default("tcp"),
	weight: z.int().min(0).max(65535).default(100),
});

const spec = z.strictObject({
	service: z
		.string()
		.regex(/^[^/\s]+\/[^/\s]+$/, { error: "must be NAMESPACE/NAME" })
		.meta({ description: "NAMESPACE/NAME of the Service." }),
	addresses: z
		.array(ipAddress)
		.default([])
		.meta({ description: "Those of the Service's status unless said otherwise." }),
	backends: z
		.array(backend)
		.optional()
		.meta({ description: "Derived from the Service's traffic policy where absent." }),
});

export const LOAD_BALANCER_KIND: OwnKind<LoadBalancerObject> = ownKind(
	"LoadBalancer",
	"What stands in front of a Service's node ports, where the one that podpath derives is not right.",
	spec,
	(given, object): LoadBalancerObject => ({
		...clusterMeta(object),
		kind: "LoadBalancer",
		service: given.service,
		addresses: given.addresses,
		backends: given.backends ?? null,
	}),
);
