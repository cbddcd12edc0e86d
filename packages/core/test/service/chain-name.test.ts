import { describe, expect, test } from "vitest";
import { address } from "../../src/address/address.ts";
import { iptablesHash, nftablesEndpointName, nftablesName } from "../../src/service/chain-name.ts";

// The names in kubernetes' pkg/proxy/iptables/proxier_test.go, TestOverallIPTablesRules.
describe("iptables mode names a Service port's chains", () => {
	test.each([
		["ns1/svc1:p80", "XPGD46QRK7WJZT7O"],
		["ns2/svc2:p80", "GNZBNJ2PO5MGZ6GT"],
		["ns3/svc3:p80", "X27LE4BHSL4DOUIK"],
		["ns4/svc4:p80", "4SW47YFZTEDKD3PK"],
		["ns5/svc5:p80", "NUKIZ6OKUXPJNT4C"],
	])("%s: %s", (name, hash) => {
		expect(iptablesHash(name, "tcp")).toBe(hash);
	});

	test.each([
		["ns1/svc1:p80", "10.180.0.1:80", "SXIVWICOYRO3J4NJ"],
		["ns4/svc4:p80", "10.180.0.4:80", "UKSFD7AGPMPPLUHC"],
		["ns4/svc4:p80", "10.180.0.5:80", "C6EBXVWJJZMIWKLZ"],
		["ns5/svc5:p80", "10.180.0.3:80", "I77PXRDZVX7PMWMN"],
	])("and those of endpoints: %s %s", (name, endpoint, hash) => {
		expect(iptablesHash(name, "tcp", endpoint)).toBe(hash);
	});
});

// The names in kubernetes' pkg/proxy/nftables/proxier_test.go, TestOverallNFTablesRules.
describe("nftables mode names a Service port's chains", () => {
	test("by a short hash and the name itself", () => {
		expect(nftablesName("ns1", "svc1", "tcp", "p80")).toBe("ULMVA6XW-ns1/svc1/tcp/p80");
		expect(nftablesName("ns2", "svc2", "tcp", "p80")).toBe("42NFTM6N-ns2/svc2/tcp/p80");
	});

	test("and those of endpoints", () => {
		const endpoint = { address: address("10.180.0.1"), port: 80 };
		expect(nftablesEndpointName("ns1", "svc1", "tcp", "p80", endpoint)).toBe(
			"5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80",
		);
	});

	test("with dots for the colons of IPv6, and cut where the kernel would refuse the name", () => {
		const endpoint = { address: address("fd00:10:180::1"), port: 80 };
		expect(nftablesEndpointName("ns1", "svc1", "tcp", "p80", endpoint)).toContain("__fd00.10.180..1/80");
		const long = nftablesEndpointName("n".repeat(63), "s".repeat(63), "sctp", "p".repeat(63), {
			address: address("fd00:1111:2222:3333:4444:5555:6666:7777"),
			port: 65535,
		});
		expect(long).toHaveLength(240);
		expect(long.endsWith("...")).toBe(true);
	});
});
