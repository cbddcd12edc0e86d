/** What is printed is read back as it was: parse(print(x)) = x for every kind of state. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printBridgeFdb } from "../../src/emit/bridge-fdb.ts";
import { printBridgeVlan } from "../../src/emit/bridge-vlan.ts";
import { printConntrack } from "../../src/emit/conntrack.ts";
import { printIpAddress } from "../../src/emit/ip-address.ts";
import { printIpNeigh } from "../../src/emit/ip-neigh.ts";
import { printIpRoute } from "../../src/emit/ip-route.ts";
import { printIpRule } from "../../src/emit/ip-rule.ts";
import { printIpvsadmSave } from "../../src/emit/ipvsadm-save.ts";
import { printSysctl } from "../../src/emit/sysctl.ts";
import { printTcFilter, printTcQdisc } from "../../src/emit/tc.ts";
import { parseBridgeFdb } from "../../src/parse/bridge-fdb.ts";
import { parseBridgeVlan, withPortVlans } from "../../src/parse/bridge-vlan.ts";
import { parseConntrack } from "../../src/parse/conntrack.ts";
import type { Parsed } from "../../src/parse/dump.ts";
import { parseIpAddress } from "../../src/parse/ip-address.ts";
import { parseIpNeigh } from "../../src/parse/ip-neigh.ts";
import { parseIpRoute } from "../../src/parse/ip-route.ts";
import { parseIpRule } from "../../src/parse/ip-rule.ts";
import { parseIpvsadmSave } from "../../src/parse/ipvsadm-save.ts";
import { parseSysctl } from "../../src/parse/sysctl.ts";
import { parseTcFilter } from "../../src/parse/tc-filter.ts";
import { parseTcQdisc } from "../../src/parse/tc-qdisc.ts";
import { DEFAULT_BRIDGE_PORT, type Link } from "../../src/state/link.ts";
import * as any from "../support/parse-generators.ts";
import { anyInterfaceAddress, anyIpipLink, anyLink } from "../support/parse-link-generators.ts";

function roundTrips<Entry>(
	arbitrary: fc.Arbitrary<readonly Entry[]>,
	print: (entries: readonly Entry[]) => string,
	parse: (text: string, file: string) => Parsed<Entry>,
): void {
	fc.assert(
		fc.property(arbitrary, (entries) => {
			const parsed = parse(print(entries), "dump.txt");
			expect(parsed.notUnderstood).toEqual([]);
			expect(any.withoutOrigin(parsed.entries)).toEqual(any.withoutOrigin(entries));
		}),
	);
}

describe("what is printed is read back", () => {
	it("routes of both families, IPv4's first as the kernel dumps them", () => {
		const routes = fc.tuple(fc.array(any.anyRoute(4)), fc.array(any.anyRoute(6))).map((each) => each.flat());
		roundTrips(routes, printIpRoute, parseIpRoute);
	});

	it("policy rules of each family in the order of their priorities", () => {
		const sorted = (family: 4 | 6) =>
			fc
				.uniqueArray(any.anyRule(family), { selector: (rule) => rule.priority, minLength: 1 })
				.map((rules) => rules.sort((a, b) => a.priority - b.priority));
		// A list in which no rule names an address is IPv4's, as `ip rule` prints that one.
		roundTrips(sorted(4), printIpRule, parseIpRule);
		const named = sorted(6).filter((rules) => rules.some((rule) => rule.from !== undefined || rule.to !== undefined));
		roundTrips(named, printIpRule, parseIpRule);
	});

	it("neighbours and proxy entries", () => roundTrips(fc.array(any.anyNeighbour), printIpNeigh, parseIpNeigh));

	it("forwarding entries", () => roundTrips(fc.array(any.anyFdbEntry), printBridgeFdb, parseBridgeFdb));

	it("IPVS services and servers", () => {
		const services = fc.uniqueArray(any.anyVirtualServer, { selector: (service) => JSON.stringify(service.match) });
		roundTrips(services, printIpvsadmSave, parseIpvsadmSave);
	});

	it("connections", () => roundTrips(fc.array(any.anyConntrackEntry), printConntrack, parseConntrack));

	it("tc qdiscs and filters", () => {
		roundTrips(fc.array(any.anyTcQdisc), printTcQdisc, parseTcQdisc);
		roundTrips(fc.array(any.anyTcFilter), printTcFilter, parseTcFilter);
	});

	it("settings", () => {
		fc.assert(
			fc.property(any.anySysctls, (settings) => {
				const { entries } = parseSysctl(printSysctl(settings), "sysctl.txt");
				expect(new Map(entries.map(({ key, value }) => [key, value]))).toEqual(settings);
			}),
		);
	});

	it("devices and their addresses", () => {
		const devices = fc
			.uniqueArray(fc.oneof(anyLink, anyIpipLink), {
				selector: (link) => link.name,
				minLength: 1,
				maxLength: 5,
			})
			.chain((links) =>
				fc
					.tuple(...links.map((link) => fc.array(anyInterfaceAddress(link.name), { maxLength: 3 })))
					.map((lists) => ({ links, addresses: lists.flat() })),
			);
		fc.assert(
			fc.property(devices, ({ links, addresses }) => {
				const parsed = parseIpAddress(printIpAddress(links, addresses), "ip-address.txt");
				expect(parsed.notUnderstood).toEqual([]);
				expect(any.withoutOrigin(parsed.links)).toEqual(any.withoutOrigin(links));
				expect(any.withoutOrigin(parsed.addresses)).toEqual(any.withoutOrigin(addresses));
			}),
		);
	});

	it("VLANs of a bridge and its ports", () => {
		const vlan = fc.record({ id: fc.integer({ min: 1, max: 4094 }), pvid: fc.boolean(), untagged: fc.boolean() });
		const lists = fc.tuple(fc.array(vlan, { minLength: 1 }), fc.array(vlan, { minLength: 1 }));
		const base = {
			index: 2,
			mtu: 1500,
			mac: "02:00:00:00:00:01",
			up: true,
			carrier: true,
			origin: { component: "unknown" },
		};
		fc.assert(
			fc.property(lists, ([own, ports]) => {
				const bridge: Link = { ...base, kind: "bridge", name: "br0", vlanFiltering: true, defaultPvid: 1 };
				const port: Link = { ...base, kind: "veth", name: "va", master: "br0" };
				const links: Link[] = [
					{ ...bridge, vlans: own },
					{ ...port, bridgePort: { ...DEFAULT_BRIDGE_PORT, vlans: ports } },
				];
				const { entries } = parseBridgeVlan(printBridgeVlan(links), "bridge-vlan.txt");
				expect(withPortVlans([bridge, port], entries)).toEqual(links);
			}),
		);
	});
});
