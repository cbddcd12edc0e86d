/** `spec.contiv` of kind `Cluster`: what `netctl` has been told. */

import * as z from "zod";
import { type Address, parseAddress } from "../../address/address.ts";
import { contains, type Prefix, parsePrefix, prefixOf } from "../../address/prefix.ts";
import { type AddressRange, hostRange, parseRange, rangesOverlap } from "../../ipam/range.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import type { ContivBgp, ContivNetwork, ContivSettings, ContivSubnet } from "../settings.ts";
import { ipAddress } from "./field-schemas.ts";
import { mustBe, refuseValue } from "./wanted.ts";

interface Subnet {
	readonly cidr: Prefix;
	readonly range: AddressRange;
}

/** `--subnet` of netctl: a CIDR, or `FIRST-LAST/LENGTH`. */
const subnet: z.ZodType<Subnet, string> = z
	.string()
	.transform((text, context): Subnet => {
		const [addresses = "", length = ""] = text.split("/");
		const range = parseRange(addresses);
		const cidr = range && parsePrefix(`${range.first.text}/${length}`);
		if (range === undefined || cidr === undefined || length === "" || !contains(cidr, range.last)) {
			return refuseValue(context, mustBe(phrase("subnet-as-in", { example: "10.1.1.10-10.1.1.99/24" })));
		}
		return { cidr, range: addresses.includes("-") ? range : hostRange(cidr) };
	})
	.meta({ examples: ["10.1.1.0/24", "10.1.1.10-10.1.1.99/24"] });

interface GivenNetwork {
	readonly name: string;
	readonly tenant: string;
	readonly pktTag: number;
	readonly subnet: Subnet;
	readonly gateway?: Address | undefined;
	readonly ipv6Subnet?: Subnet | undefined;
	readonly ipv6Gateway?: Address | undefined;
}

const network: z.ZodType<GivenNetwork> = z.strictObject({
	name: z.string().min(1),
	tenant: z.string().min(1).default("default"),
	pktTag: z.int().min(1).max(4094).meta({ description: "The network's VLAN." }),
	subnet: subnet.meta({ description: "IPv4: a CIDR, or FIRST-LAST/LENGTH." }),
	gateway: ipAddress.optional(),
	ipv6Subnet: subnet.optional(),
	ipv6Gateway: ipAddress.optional(),
});

/** `--router-ip` of netctl. */
const routerAddress: z.ZodType<Pick<ContivBgp, "routerIP" | "prefixLength">, string> = z
	.string()
	.transform((text, context) => {
		const [address = "", length = ""] = text.split("/");
		const routerIP = parseAddress(address);
		const cidr = length === "" ? undefined : parsePrefix(text);
		if (routerIP?.family === 4 && cidr !== undefined) return { routerIP, prefixLength: cidr.length };
		return refuseValue(context, mustBe(phrase("ipv4-and-length", { example: "50.1.1.1/24" })));
	})
	.meta({ examples: ["50.1.1.1/24"] });

const asNumber = z.int().min(1).max(0xffff_ffff);

interface GivenBgp {
	readonly node: string;
	readonly routerIP: Pick<ContivBgp, "routerIP" | "prefixLength">;
	readonly as: number;
	readonly neighbor: Address;
	readonly neighborAS: number;
}

const bgp: z.ZodType<GivenBgp> = z.strictObject({
	node: z.string().min(1),
	routerIP: routerAddress.meta({ description: "The node's address as a router, in its leaf switch's subnet." }),
	as: asNumber,
	neighbor: ipAddress.meta({ description: "The leaf switch, which is a Host with bgp or the gateway of a Segment." }),
	neighborAS: asNumber,
});

export interface GivenContiv {
	readonly uplink: string;
	readonly networks: readonly GivenNetwork[];
	readonly bgp: readonly GivenBgp[];
}

/** Kind `Cluster` takes it in. */
export const contiv: z.ZodType<GivenContiv> = z.strictObject({
	uplink: z.string().min(1).default("eth1").meta({ description: "The card that is the switch's way out: --vlan-if." }),
	networks: z.array(network).min(1),
	bgp: z.array(bgp).default([]).meta({ description: "netctl bgp create, for each node of the routing mode." }),
});

/** @throws {InputError} For networks that contradict themselves or each other. */
export function contivSettings(given: GivenContiv, field: Field): ContivSettings {
	const items = field.at("networks").items();
	const networks = given.networks.map((each, i): ContivNetwork => {
		const at = items[i] ?? field;
		const { name, tenant, pktTag: vlan, ipv6Subnet } = each;
		const ipv4 = subnetOf(each.subnet, each.gateway, at.at("gateway"));
		const ipv6 = ipv6Subnet === undefined ? [] : [subnetOf(ipv6Subnet, each.ipv6Gateway, at.at("ipv6Gateway"))];
		if (ipv4.cidr.family !== 4) at.at("subnet").mustBe(phrase("of-family", { family: 4 }));
		if (ipv6.some(({ cidr }) => cidr.family !== 6)) at.at("ipv6Subnet").mustBe(phrase("of-family", { family: 6 }));
		return { name, tenant, vlan, subnets: [ipv4, ...ipv6] };
	});
	for (const [i, one] of networks.entries()) {
		for (const other of networks.slice(0, i)) checkApart(one, other, items[i] ?? field);
	}
	return { uplink: given.uplink, networks, bgp: routers(given.bgp, field.at("bgp").items(), field) };
}

function routers(given: readonly GivenBgp[], items: readonly Field[], field: Field): readonly ContivBgp[] {
	return given.map(({ node, routerIP: own, as, neighbor: neighbour, neighborAS: neighbourAs }, i) => {
		const at = items[i] ?? field;
		const { routerIP, prefixLength } = own;
		if (given.slice(0, i).some((each) => each.node === node)) {
			at.fail("duplicate-object", phrase("two-entries", { node, field: field.at("bgp").label }));
		}
		if (!contains(prefixOf(routerIP, prefixLength), neighbour)) {
			const facts = { address: neighbour.text, cidr: prefixOf(routerIP, prefixLength).text };
			at.at("neighbor").fail("address-in-no-cidr", phrase("neighbour-not-in", facts));
		}
		return { node, routerIP, prefixLength, as, neighbour, neighbourAs };
	});
}

function subnetOf({ cidr, range }: Subnet, gateway: Address | undefined, field: Field): ContivSubnet {
	if (gateway !== undefined && !contains(cidr, gateway)) {
		const facts = { what: field.label, address: gateway.text, cidr: cidr.text };
		field.fail("address-in-no-cidr", phrase("not-in-cidr", facts));
	}
	return { cidr, range, gateway: gateway ?? null };
}

/** netmaster refuses a tag that is taken; tenants may use the same addresses, but podpath knows each address once. */
function checkApart(one: ContivNetwork, other: ContivNetwork, field: Field): void {
	if (one.name === other.name && one.tenant === other.tenant) {
		const what = phrase("contiv-network", { name: one.name, tenant: one.tenant });
		field.fail("duplicate-object", phrase("there-twice", { what }));
	}
	if (one.vlan === other.vlan) {
		field.fail("bad-value", phrase("same-tag", { one: other.name, other: one.name, tag: one.vlan }));
	}
	for (const { range } of one.subnets) {
		const over = other.subnets.find((each) => rangesOverlap(each.range, range));
		if (over === undefined) continue;
		const of = phrase("range-of-contiv", { name: one.name });
		const otherOf = phrase("bare-name", { name: other.name });
		field.fail("overlapping-cidrs", phrase("overlaps", { cidr: range.text, of, other: over.range.text, otherOf }));
	}
}
