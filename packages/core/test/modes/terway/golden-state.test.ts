import { describe, expect, it } from "vitest";
import type { Cluster } from "../../../src/cluster/cluster.ts";
import { printTcFilter } from "../../../src/emit/tc.ts";
import { clusterNetwork } from "../../../src/modes/network.ts";
import type { Rule } from "../../../src/state/ip.ts";
import type { Namespace } from "../../../src/state/namespace.ts";
import { addressLines, mainRoutes, neighbourLine, routeLine } from "../../support/state-lines.ts";
import { KT7R8, trunkCluster } from "../../support/terway-clusters.ts";

const NODE = "node/cn-hongkong.10.0.4.22";
const CALI = "cali7404cdaedc9";

function at(cluster: Cluster, place: string): Namespace {
	const namespace = clusterNetwork(cluster).namespace(place);
	if (namespace === undefined) throw new Error(`no ${place}`);
	return namespace;
}
/** `ip rule`, without the kernel's own. */
function ruleLine({ priority, from, to, iif, action }: Rule): string {
	const table = action.kind === "lookup" ? (action.table === 254 ? "main" : action.table) : action.kind;
	const selector = [from && `from ${from.address.text}`, to && `from all to ${to.address.text}`, iif && `iif ${iif}`];
	return `${priority}: ${selector.filter(Boolean).join(" ")} lookup ${table}`;
}
const rulesOf = (namespace: Namespace): readonly string[] =>
	namespace.rules.filter(({ priority }) => priority === 512 || priority === 2048).map(ruleLine);
const mac = (namespace: Namespace, device: string): string =>
	namespace.links.find(({ name }) => name === device)?.mac ?? "?";
const tcOf = (namespace: Namespace): readonly string[] =>
	printTcFilter(namespace.tcFilters)
		.split("\n")
		.map((line) =>
			line
				.trim()
				.replace(/ +/g, " ")
				.replace(/ chain 0.*/, "")
				.replace(/^action order \d+: /, "action "),
		);

/** Reference terway.md 6.9, from the inputs of seed 000 L20, L43, L90, L115, L143. */
describe("mode terway-trunk: the golden state", () => {
	const cluster = trunkCluster();
	const host = at(cluster, NODE);
	const pod = at(cluster, `pod/${KT7R8}`);

	it("of the pod: one address, one way out, and a permanent neighbour", () => {
		expect(addressLines(pod)).toEqual(["eth0 10.0.4.30/32"]);
		expect(mainRoutes(pod)).toEqual(["default via 169.254.1.1 dev eth0 onlink"]);
		expect(pod.neighbours.map(neighbourLine)).toEqual([`169.254.1.1 dev eth0 lladdr ${mac(host, CALI)} PERMANENT`]);
	});

	it("of the node: eth1 has the node's address, the veths have none", () => {
		expect(host.links.map(({ name, index }) => `${index} ${name}`)).toEqual([
			"1 lo",
			"2 eth0",
			"3 eth1",
			`4 ${CALI}`,
			"5 calia47654df859",
		]);
		expect(addressLines(host)).toEqual(["eth0 10.0.4.22/24", "eth1 10.0.4.22/32"]);
	});

	it("of the node: a route, two rules and the ENI's table for each pod", () => {
		const routes = mainRoutes(host);
		expect(routes).toContain(`10.0.4.30/32 dev ${CALI} scope link`);
		expect(routes).toContain("10.0.4.24/32 dev calia47654df859 scope link");
		expect(rulesOf(host)).toEqual([
			"512: from all to 10.0.4.30 lookup main",
			"512: from all to 10.0.4.24 lookup main",
			"2048: from 10.0.4.30 lookup 1003",
			"2048: from 10.0.4.24 lookup 1003",
		]);
		expect(host.routes.filter(({ table }) => table === 1003).map(routeLine)).toEqual([
			"default via 10.0.4.253 dev eth1 onlink",
		]);
	});

	it("of the node: tc takes tags off what comes in by the trunk, and tags what has a pod's address", () => {
		expect(host.tcQdiscs.map(({ device, kind }) => `${device} ${kind}`)).toEqual(["eth1 clsact"]);
		expect(tcOf(host)).toEqual([
			"# tc filter show dev eth1 ingress",
			"filter protocol 802.1Q pref 20000 matchall",
			"action vlan pop pipe",
			"# tc filter show dev eth1 egress",
			"filter protocol ip pref 50001 u32",
			"match 0a00041e/ffffffff at 12",
			"action vlan push id 1027 protocol 802.1Q priority 0 pipe",
			"filter protocol ip pref 50001 u32",
			"match 0a000418/ffffffff at 12",
			"action vlan push id 1028 protocol 802.1Q priority 0 pipe",
			"",
		]);
	});

	it("of the node: it forwards, and asks no packet where its source is", () => {
		for (const device of ["all", "default", "eth0", "eth1", CALI]) {
			expect(host.sysctls.get(`net.ipv4.conf.${device}.forwarding`)).toBe("1");
			expect(host.sysctls.get(`net.ipv4.conf.${device}.rp_filter`)).toBe("0");
		}
	});

	it("says who made each entry", () => {
		const rule = host.rules.find(({ priority }) => priority === 2048);
		expect(rule?.origin).toEqual({ component: "terway", object: `pod/${KT7R8}` });
	});
});

describe("by version", () => {
	it("up to 1.4.1 the rule names the veth and tags have priority 20001", () => {
		const old = at(trunkCluster(', terway: { version: "1.4.1" }'), NODE);
		expect(rulesOf(old)).toContain(`2048: from 10.0.4.30 iif ${CALI} lookup 1003`);
		expect(old.tcFilters.map(({ direction, priority }) => `${direction} ${priority}`)).toEqual([
			"ingress 20000",
			"egress 20001",
			"egress 20001",
		]);
	});

	it("before 1.1.0 an ENI has no address on the node (97134785)", () => {
		expect(addressLines(at(trunkCluster(', terway: { version: "1.0.9" }'), NODE))).toEqual(["eth0 10.0.4.22/24"]);
	});
});
