/** Kind `VPC`: a cloud's router with its vSwitches and routes. */

import * as z from "zod";
import { type Address, addressBits } from "../../address/address.ts";
import { nthAddress, type Prefix } from "../../address/prefix.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import { clusterMeta } from "../metadata.ts";
import type { VpcObject } from "../settings.ts";
import { cidr, ipAddress, mtu } from "./field-schemas.ts";
import { type OwnKind, ownKind } from "./own-kind.ts";

const vSwitch = z.strictObject({
	id: z.string().min(1),
	cidr,
	gateway: ipAddress.optional().meta({ description: "The CIDR's third address from the end unless said otherwise." }),
});

const route = z.strictObject({
	destination: cidr,
	nextHop: z.string().min(1).meta({
		description:
			"node/NAME, host/NAME, a node's or host's name, an ENI's or instance's id, or an address of one of them.",
	}),
});

const spec = z.strictObject({
	cidrs: z.array(cidr).min(1),
	vSwitches: z.array(vSwitch).default([]),
	managedRoutes: z.boolean().default(true).meta({
		description: "The cloud controller keeps an entry podCIDR -> instance for each Node.",
	}),
	routes: z.array(route).default([]).meta({ description: "Further entries of the route table." }),
	mtu,
});

export const VPC_KIND: OwnKind<VpcObject> = ownKind(
	"VPC",
	"A cloud's router with its vSwitches (subnets) and its route table.",
	spec,
	(given, object): VpcObject => ({
		...clusterMeta(object),
		kind: "VPC",
		cidrs: given.cidrs,
		vSwitches: given.vSwitches.map((each, index) => ({
			id: each.id,
			cidr: each.cidr,
			gateway: each.gateway ?? usualGateway(each.cidr, object.follow(["spec", "vSwitches", index, "cidr"])),
		})),
		managedRoutes: given.managedRoutes,
		routes: given.routes.map((each, index) => ({
			...each,
			line: object.follow(["spec", "routes", index]).where().line,
		})),
		mtu: given.mtu,
	}),
);

/** Alibaba Cloud keeps the last three addresses of a vSwitch for itself; the first of them is the gateway. */
function usualGateway(block: Prefix, field: Field): Address {
	if (addressBits(block.family) - block.length >= 3) return nthAddress(block, -3);
	return field.mustBe(phrase("large-block"), phrase("or-say-gateway"));
}
