/**
 * BGPFilters: which routes nodes have with them. That confd's functions mean this in BIRD is proven in packages/lab/test/bgp;
 * what confd writes for which rule is template_funcs.go and its tests.
 */
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/diagnostic/diagnostic.ts";
import type { Network } from "../../../src/state/network.ts";
import { explain } from "../../../src/trace/explain.ts";
import { calicoCluster, network, routes } from "../../support/calico-network.ts";

/** No mesh; every node peers with b, which reflects, and asks filters. */
function filtered(spec: string, names = "[f]"): string {
	return `---
apiVersion: crd.projectcalico.org/v1
kind: BGPConfiguration
metadata: { name: default }
spec: { nodeToNodeMeshEnabled: false }
---
apiVersion: crd.projectcalico.org/v1
kind: BGPPeer
metadata: { name: reflector }
spec: { nodeSelector: "!has(reflector)", peerSelector: has(reflector), filters: ${names} }
---
apiVersion: crd.projectcalico.org/v1
kind: BGPFilter
metadata: { name: f }
spec: ${spec}
`;
}

const REFLECTOR = {
	labels: "{ reflector: yes-it-is }",
	annotationsOfB: "{ projectcalico.org/RouteReflectorClusterID: 244.0.0.1 }",
};

/** The blocks that node a has a route to. */
function blocksAtA(spec: string, names?: string): readonly string[] {
	return blocksOf(network({ pool: "ipipMode: Never", ...REFLECTOR, more: filtered(spec, names) }));
}

function blocksOf(made: Network): readonly string[] {
	return routes(made, "node/a")
		.filter((each) => each.endsWith("proto bird") && !each.startsWith("blackhole"))
		.map((each) => each.split(" ")[0] ?? "");
}

const [OF_B, OF_C] = ["10.244.2.0/26", "10.244.3.0/26"];

describe("a BGPFilter of both ends of a session", () => {
	it("without rules leaves Calico's own filter to decide", () => {
		expect(blocksAtA("{}")).toEqual([OF_B, OF_C]);
		expect(blocksAtA("{ importV6: [{ action: Reject }] }")).toEqual([OF_B, OF_C]);
	});

	it("holds back what a rule rejects, on import and on export", () => {
		const rule = `[{ action: Reject, matchOperator: In, cidr: ${OF_C} }]`;
		expect(blocksAtA(`{ importV4: ${rule} }`)).toEqual([OF_B]);
		expect(blocksAtA(`{ exportV4: ${rule} }`)).toEqual([OF_B]);
	});

	it("takes the first rule that matches", () => {
		const rules = `[{ action: Accept, matchOperator: Equal, cidr: ${OF_B} }, { action: Reject }]`;
		expect(blocksAtA(`{ importV4: ${rules} }`)).toEqual([OF_B]);
	});

	it("compares prefixes by In, NotIn, Equal and NotEqual, and lengths", () => {
		const rejecting = (condition: string): readonly string[] =>
			blocksAtA(`{ importV4: [{ action: Reject, ${condition} }] }`);
		expect(rejecting("matchOperator: In, cidr: 10.244.0.0/16")).toEqual([]);
		expect(rejecting("matchOperator: Equal, cidr: 10.244.0.0/16")).toEqual([OF_B, OF_C]);
		expect(rejecting("matchOperator: NotIn, cidr: 10.244.0.0/16")).toEqual([OF_B, OF_C]);
		expect(rejecting(`matchOperator: NotEqual, cidr: ${OF_C}`)).toEqual([OF_C]);
		expect(rejecting("matchOperator: In, cidr: 10.244.0.0/16, prefixLength: { min: 27 }")).toEqual([OF_B, OF_C]);
		expect(rejecting("matchOperator: In, cidr: 10.244.0.0/16, prefixLength: { max: 26 }")).toEqual([]);
		expect(rejecting("matchOperator: NotIn, cidr: 10.244.0.0/16, prefixLength: { min: 27 }")).toEqual([]);
	});

	it("with source RemotePeers is for what others told: a reflector then tells of itself alone", () => {
		expect(blocksAtA("{ exportV4: [{ action: Reject, source: RemotePeers }] }")).toEqual([OF_B]);
	});

	it("with a peerType is for sessions of that kind", () => {
		expect(blocksAtA("{ importV4: [{ action: Reject, peerType: eBGP }] }")).toEqual([OF_B, OF_C]);
		expect(blocksAtA("{ importV4: [{ action: Reject, peerType: iBGP }] }")).toEqual([]);
	});

	it("is asked after those named before it", () => {
		const accept = `---
apiVersion: crd.projectcalico.org/v1
kind: BGPFilter
metadata: { name: first }
spec: { importV4: [{ action: accept, matchOperator: Equal, cidr: ${OF_C} }] }
`;
		const reject = filtered("{ importV4: [{ action: reject }] }", "[first, f]");
		const made = network({ pool: "ipipMode: Never", ...REFLECTOR, more: reject + accept });
		expect(blocksOf(made)).toEqual([OF_C]);
	});
});

describe("what a filter does not say, or podpath does not read", () => {
	const codes = (spec: string, names?: string): readonly string[] =>
		network({ pool: "ipipMode: Never", ...REFLECTOR, more: filtered(spec, names) }).assumptions.map(({ code }) => code);

	it("is told: a filter that is not there, conditions that are not evaluated, an accept past Calico's own filter", () => {
		expect(codes("{}", "[other]")).toContain("bgp-filter-missing");
		expect(codes("{ importV4: [{ action: Reject, interface: eth0 }] }")).toContain("bgp-filter-not-evaluated");
		expect(codes("{ exportV4: [{ action: Accept }] }")).toContain("bgp-filter-exports-more");
		expect(codes("{ importV4: [{ action: Accept }] }")).not.toContain("bgp-filter-exports-more");
	});

	it.each([
		["{ importV4: [{ action: Allow }] }", "must be one of Accept, Reject"],
		["{ importV4: [{ matchOperator: In, cidr: 10.0.0.0/8 }] }", "must be Accept or Reject"],
		["{ importV4: [{ action: Reject, cidr: 10.0.0.0/8 }] }", "must be one of Equal, NotEqual, In, NotIn"],
		["{ importV6: [{ action: Reject, matchOperator: In, cidr: 10.0.0.0/8 }] }", "must be an IPv6 CIDR"],
		["{ importV4: [{ action: Reject, prefixLength: { min: 8 } }] }", "is set without a cidr"],
		["{ importV4: [{ action: Reject, source: Everybody }] }", "must be one of RemotePeers"],
		["{ importv4: [] }", "is no field of a BGPFilter"],
	])("is refused where it can mean nothing: %s", (spec, message) => {
		expect(() => codes(spec)).toThrow(InputError);
		expect(() => codes(spec)).toThrow(message);
	});
});

it("a packet that is lost for a filter is told so, with the filter's file and line", () => {
	const subject = calicoCluster({
		pool: "ipipMode: Never",
		...REFLECTOR,
		more: filtered(`{ importV4: [{ action: Reject, matchOperator: In, cidr: ${OF_C} }] }`),
	});
	const [finding] = explain(subject, { from: "pod/default/a1", to: "pod/default/c1:80", protocol: "tcp" }).findings;
	expect(finding).toMatchObject({ code: "bgp-route-filtered", object: "bgpfilter/f" });
	expect(finding?.message).toMatch(
		/^bgpfilter\/f \(test\.yaml:\d+.*\) holds the route to 10\.244\.3\.0\/26 back between node\/c and node\/b/,
	);
});
