/** Kind `Host`: a machine that is no node of the cluster. */

import * as z from "zod";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import { clusterMeta } from "../metadata.ts";
import type { HostBgp, HostObject } from "../settings.ts";
import { cidr, ipAddress } from "./field-schemas.ts";
import { type OwnKind, ownKind } from "./own-kind.ts";

const asNumber = z.int().min(1).max(0xffff_ffff);

const bgp = z.strictObject({
	asNumber,
	routerID: ipAddress.optional().meta({ description: "An IPv4 address; absent: the first that the host has." }),
	clusterID: ipAddress.optional().meta({ description: "An IPv4 address: the host is a route reflector." }),
	neighbours: z
		.array(
			z.strictObject({
				address: ipAddress,
				asNumber,
				routeReflectorClient: z.boolean().default(false),
				nextHopSelf: z.boolean().default(false),
				localPreference: z.int().min(0).max(0xffff_ffff).optional(),
			}),
		)
		.default([]),
	networks: z.array(cidr).default([]).meta({ description: "What it originates, as 0.0.0.0/0." }),
	multipath: z.boolean().default(false).meta({ description: "Routes that are as good as the best are used with it." }),
});

const spec = z.strictObject({
	addresses: z.array(ipAddress).min(1),
	routes: z
		.array(z.strictObject({ destination: cidr, via: ipAddress }))
		.default([])
		.meta({ description: "Routes besides the default one." }),
	forwarding: z
		.boolean()
		.optional()
		.meta({ description: "It is a router: it passes packets on between the segments that it has addresses in." }),
	bgp: bgp.optional().meta({ description: "It speaks BGP, as a top-of-rack switch does." }),
});

export const HOST_KIND: OwnKind<HostObject> = ownKind(
	"Host",
	"A machine that is no node of the cluster.",
	spec,
	({ addresses, routes, forwarding, bgp: speaks }, object): HostObject => ({
		...clusterMeta(object),
		kind: "Host",
		addresses,
		routes,
		...(forwarding !== undefined && { forwarding }),
		...(speaks !== undefined && { bgp: speaksBgp(speaks, object) }),
	}),
);

/** Identifiers are IPv4 addresses, in networks of IPv6 too (RFC 6286). */
function speaksBgp(given: z.output<typeof bgp>, object: Field): HostBgp {
	for (const name of ["routerID", "clusterID"] as const) {
		if (given[name]?.family === 6)
			object
				.at("spec")
				.at("bgp")
				.at(name)
				.mustBe(phrase("an-address-of", { family: 4 }));
	}
	const present = Object.entries(given).filter(([, value]) => value !== undefined);
	const neighbours = given.neighbours.map((each) =>
		Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)),
	);
	return { ...Object.fromEntries(present), neighbours } as unknown as HostBgp;
}
