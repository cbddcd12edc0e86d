/** Kind `LoadBalancer`: what stands in front of a Service. */

import * as z from "zod";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import { clusterMeta } from "../metadata.ts";
import type { BackendObject, LoadBalancerObject } from "../settings.ts";
import { cidr, ipAddress, portNumber, transportProtocol } from "./field-schemas.ts";
import { type OwnKind, ownKind } from "./own-kind.ts";
import { mustBe } from "./wanted.ts";

const backend = z.strictObject({
	node: z.string().min(1).optional().meta({ description: "A member of type ecs: the node." }),
	eni: z.string().min(1).optional().meta({ description: "A member of type eni: the ENI's id, with `address`." }),
	address: ipAddress.optional().meta({ description: "Of a member of type eni: which of the ENI's addresses." }),
	listenerPort: portNumber,
	port: portNumber.meta({
		description: "The member's port: of a node usually the Service's node port, of an ENI the pod's own port.",
	}),
	protocol: transportProtocol.default("tcp"),
	weight: z.int().min(0).max(100).default(100),
	healthy: z.boolean().default(true).meta({ description: "false: its health check fails." }),
});

const listener = z.strictObject({
	port: portNumber,
	protocol: transportProtocol.default("tcp"),
	scheduler: z.enum(["rr", "wrr", "wlc", "sch"]).default("wrr"),
	acl: z
		.strictObject({ type: z.enum(["white", "black"]), cidrs: z.array(cidr) })
		.optional()
		.meta({ description: "Only clients of a white list are let in, all but those of a black one." }),
});

const spec = z.strictObject({
	service: z
		.string()
		.regex(/^[^/\s]+\/[^/\s]+$/, { error: mustBe(phrase("namespaced-name")) })
		.meta({ description: "NAMESPACE/NAME of the Service." }),
	type: z.enum(["clb", "nlb"]).default("clb"),
	addresses: z
		.array(ipAddress)
		.default([])
		.meta({ description: "Those of the Service's status unless said otherwise." }),
	preserveClientIp: z.boolean().default(true).meta({
		description: "Whether backends see the client's address. A CLB always keeps it on layer 4.",
	}),
	localAddresses: z
		.array(ipAddress)
		.default([])
		.meta({ description: "Those that backends see where the client's is not kept." }),
	listeners: z.array(listener).default([]).meta({ description: "What single listeners have of their own." }),
	backends: z
		.array(backend)
		.optional()
		.meta({ description: "Derived from the Service's backend type and traffic policy where absent." }),
});

export const LOAD_BALANCER_KIND: OwnKind<LoadBalancerObject> = ownKind(
	"LoadBalancer",
	"What stands in front of a Service, where the one that podpath derives is not right.",
	spec,
	(given, object): LoadBalancerObject => {
		const { type, preserveClientIp, localAddresses } = given;
		if (type === "clb" && !preserveClientIp) {
			const at = object.follow(["spec", "preserveClientIp"]);
			at.fail(
				"bad-value",
				phrase("clb-keeps-client", { field: at.label }),
				phrase("command", { command: "type: nlb" }),
			);
		}
		if (preserveClientIp && localAddresses.length > 0) {
			const at = object.follow(["spec", "localAddresses"]);
			const hint = phrase("command", { command: "preserveClientIp: false" });
			at.failAtKey("bad-value", phrase("local-never-seen", { field: at.label }), hint);
		}
		return {
			...clusterMeta(object),
			kind: "LoadBalancer",
			service: given.service,
			addresses: given.addresses,
			localAddresses: preserveClientIp ? null : localAddresses,
			listeners: given.listeners.map((each) => ({ ...each, acl: each.acl ?? null })),
			backends:
				given.backends?.map((each, index) => backendObject(each, object.follow(["spec", "backends", index]))) ?? null,
		};
	},
);

function backendObject(given: z.output<typeof backend>, field: Field): BackendObject {
	const { node = "", eni = "", address = null, ...rest } = given;
	if ((node === "") === (eni === "")) field.fail("bad-value", phrase("node-or-eni", { field: field.label }));
	if ((eni === "") !== (address === null)) {
		const at = field.at("address");
		if (address === null) at.missing(phrase("which-of-eni"));
		at.failAtKey("bad-value", phrase("for-members-of-eni", { field: at.label }), phrase("node-at-own-address"));
	}
	return { node, eni, address, ...rest };
}
