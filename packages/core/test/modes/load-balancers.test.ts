import { describe, expect, it } from "vitest";
import { address } from "../../src/address/address.ts";
import type { Service } from "../../src/cluster/objects.ts";
import type { LoadBalancerObject } from "../../src/cluster/settings.ts";
import { loadBalancersOf } from "../../src/modes/load-balancers.ts";
import type { LoadBalancer } from "../../src/state/fabric.ts";
import { type ClusterParts, clusterOf, node, service, servicePort, slice } from "../support/clusters.ts";

/** Seed 001 L211: two pods on n206, one on n216, none on n180. */
const SEED: ClusterParts = {
	nodes: [node("n180", ["10.0.0.180"]), node("n206", ["10.0.1.206"]), node("n216", ["10.0.1.216"])],
	endpointSlices: [
		slice("default/nginx1", ["172.23.96.163@n206", "172.23.96.164@n206", "172.23.96.82@n216"]),
		slice("default/nginx2", ["172.23.96.163@n206", "172.23.96.82@n216"]),
	],
};

function loadBalanced(key: string, ip: string, nodePort: number, more: Partial<Service> = {}): Service {
	return service(key, ["192.168.13.23"], {
		type: "LoadBalancer",
		loadBalancerIngress: [{ ip: address(ip), ipMode: "VIP" }],
		ports: [servicePort(80, { nodePort })],
		...more,
	});
}

function devices(parts: ClusterParts): readonly LoadBalancer[] {
	return loadBalancersOf(clusterOf({ ...SEED, ...parts })).devices;
}

/** `PLACE ADDRESS:PORT > NODE:NODEPORT …` for each listener. */
function lines(parts: ClusterParts): readonly string[] {
	return devices(parts).flatMap(({ place, addresses, listeners }) =>
		listeners.map(({ port, backends }) => {
			const members = backends.map((each) => `${each.place}@${each.address.text}:${each.port}`).join(" ");
			return `${place} ${addresses.map((each) => each.text).join(",")}:${port} > ${members}`;
		}),
	);
}

describe("the load balancer of a Service", () => {
	it("has only nodes with a ready endpoint where the policy is Local (seed 001 L223, L227)", () => {
		const nginx1 = loadBalanced("default/nginx1", "8.219.164.113", 32580, { externalTrafficPolicy: "Local" });
		expect(lines({ services: [nginx1] })).toEqual([
			"slb/nginx1 8.219.164.113:80 > node/n206@10.0.1.206:32580 node/n216@10.0.1.216:32580",
		]);
	});

	it("has every node where the policy is Cluster (seed 001 L285)", () => {
		expect(lines({ services: [loadBalanced("default/nginx2", "8.219.164.114", 30875)] })).toEqual([
			"slb/nginx2 8.219.164.114:80 > node/n180@10.0.0.180:30875 node/n206@10.0.1.206:30875 node/n216@10.0.1.216:30875",
		]);
	});

	it("leaves out nodes that are not ready and those that ask for it (KEP-1143)", () => {
		const nodes = [
			node("a", ["10.0.0.1"]),
			node("b", ["10.0.0.2"], [], { ready: false }),
			node("c", ["10.0.0.3"], [], { labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" } }),
		];
		expect(lines({ nodes, services: [loadBalanced("default/web", "203.0.113.1", 30080)] })).toEqual([
			"slb/web 203.0.113.1:80 > node/a@10.0.0.1:30080",
		]);
	});

	it("reaches nodes in the families in which it listens", () => {
		const nodes = [node("a", ["10.0.0.1", "fd00::1"])];
		const both = [
			{ ip: address("203.0.113.1"), ipMode: "VIP" },
			{ ip: address("2001:db8::1"), ipMode: "VIP" },
		] as const;
		expect(lines({ nodes, services: [loadBalanced("default/web", "203.0.113.1", 30080)] })[0]).not.toContain("fd00::1");
		expect(
			lines({ nodes, services: [loadBalanced("default/web", "203.0.113.1", 30080, { loadBalancerIngress: both })] }),
		).toEqual(["slb/web 203.0.113.1,2001:db8::1:80 > node/a@10.0.0.1:30080 node/a@fd00::1:30080"]);
	});

	it("is named after the namespace too where two Services have one name", () => {
		const services = [loadBalanced("x/web", "203.0.113.1", 30001), loadBalanced("y/web", "203.0.113.2", 30002)];
		expect(devices({ services }).map((each) => each.place)).toEqual(["slb/x/web", "slb/y/web"]);
	});

	it("is one device for Services that share its address", () => {
		const other = loadBalanced("default/b", "203.0.113.1", 30002, { ports: [servicePort(443, { nodePort: 30002 })] });
		const shared = devices({ services: [loadBalanced("default/a", "203.0.113.1", 30001), other] });
		expect(shared.map((each) => `${each.place} ${each.listeners.map((listener) => listener.port)}`)).toEqual([
			"slb/a 80,443",
		]);
	});

	it("is absent while the Service has no address", () => {
		expect(devices({ services: [loadBalanced("default/web", "203.0.113.1", 1, { loadBalancerIngress: [] })] })).toEqual(
			[],
		);
	});

	it("has no members for a port without a node port, and says so", () => {
		const services = [loadBalanced("default/web", "203.0.113.1", 0)];
		const { devices: found, assumptions } = loadBalancersOf(clusterOf({ ...SEED, services }));
		expect(found[0]?.listeners[0]?.backends).toEqual([]);
		expect(assumptions.map(({ code, place }) => `${code} ${place}`)).toEqual(["node-port-missing slb/web"]);
	});
});

describe("a LoadBalancer object", () => {
	const base: LoadBalancerObject = {
		kind: "LoadBalancer",
		name: "edge",
		namespace: "",
		labels: {},
		annotations: {},
		source: { file: "test.yaml", line: 7 },
		service: "default/nginx1",
		addresses: [],
		localAddresses: null,
		listeners: [],
		backends: null,
	};

	it("takes the place of the derived one, with the Service's addresses and members where it names none", () => {
		const nginx1 = loadBalanced("default/nginx1", "8.219.164.113", 32580, { externalTrafficPolicy: "Local" });
		expect(lines({ services: [nginx1], loadBalancers: [base] })).toEqual([
			"slb/edge 8.219.164.113:80 > node/n206@10.0.1.206:32580 node/n216@10.0.1.216:32580",
		]);
	});

	it("has the members that it names, with their weights", () => {
		const member = { eni: "", address: null, healthy: true } as const;
		const backend = { ...member, listenerPort: 80, port: 31000, protocol: "tcp", weight: 100 } as const;
		const backends = [
			{ ...backend, node: "n180" },
			{ ...backend, node: "n206", weight: 0 },
			{ ...backend, node: "n216", listenerPort: 443 },
		];
		const own = { ...base, addresses: [address("203.0.113.9")], backends };
		expect(lines({ loadBalancers: [own] })).toEqual([
			"slb/edge 203.0.113.9:80 > node/n180@10.0.0.180:31000 node/n206@10.0.1.206:31000",
			"slb/edge 203.0.113.9:443 > node/n216@10.0.1.216:31000",
		]);
		expect(devices({ loadBalancers: [own] })[0]?.listeners[0]?.backends.map((each) => each.weight)).toEqual([100, 0]);
	});
});
