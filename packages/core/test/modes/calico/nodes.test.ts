/** What Calico makes of a node and its pods: names, addresses, routes and devices. */
import { describe, expect, it } from "vitest";
import { vxlanDevice } from "../../../src/modes/calico/calico-nodes.ts";
import { hostInterface } from "../../../src/modes/calico/workload.ts";
import { worded } from "../../../src/wording/phrase.ts";
import { type Given, namespace, network, routes } from "../../support/calico-network.ts";

describe("names", () => {
	// printf 'default.a1' | sha1sum, and so on: coreutils.
	it.for([
		["default", "a1", "cali5cce677186e"],
		["default", "a2", "calif932eb697ec"],
		["default", "b1", "cali947a4e9318d"],
		["kube-system", "coredns-5d78c9869d-abcde", "cali4d5f75c480c"],
	] as const)("the veth of %s/%s is %s", ([namespaceName, name, expected]) => {
		expect(hostInterface({ namespace: namespaceName, name })).toBe(expected);
	});

	it("the VXLAN device's MAC is `f` and five bytes of SHA-1 over the node's name (felix/calc/vxlan_resolver.go)", () => {
		const made = network({ pool: "vxlanMode: Always" });
		const mac = namespace(made, "node/a").links.find(({ name }) => name === vxlanDevice(4))?.mac;
		// printf a | sha1sum: 86f7e437faa5a7fce15d1ddcb9eaeaea377667b8
		expect(mac).toBe("66:86:f7:e4:37:fa");
	});
});

describe("a pod", () => {
	const pod = namespace(network({ pool: "ipipMode: Always" }), "pod/default/a1");

	it("has its address alone, and a gateway that nobody has (dataplane_linux.go)", () => {
		expect(pod.addresses.find(({ device }) => device === "eth0")).toMatchObject({ prefixLength: 32 });
		expect(routes(network({ pool: "ipipMode: Always" }), "pod/default/a1")).toEqual([
			"169.254.1.1/32 dev eth0 proto boot",
			"0.0.0.0/0 via 169.254.1.1 dev eth0 proto boot",
		]);
	});

	it("does not forward, and leaves room for the header", () => {
		expect(pod.sysctls.get("net.ipv4.ip_forward")).toBe("0");
		expect(pod.links.find(({ name }) => name === "eth0")?.mtu).toBe(1480);
		const vxlan = namespace(network({ pool: "vxlanMode: Always" }), "pod/default/a1");
		expect(vxlan.links.find(({ name }) => name === "eth0")?.mtu).toBe(1450);
	});
});

describe("a node's routes", () => {
	it("IPIP: to each block by tunl0, whatever the subnet", () => {
		expect(routes(network({ pool: "ipipMode: Always" }), "node/a")).toEqual([
			"0.0.0.0/0 via 192.168.1.254 dev eth0 proto static",
			"10.244.1.11/32 dev cali5cce677186e proto boot",
			"blackhole 10.244.1.0/26 proto bird",
			"10.244.2.0/26 via 192.168.1.2 dev tunl0 onlink proto bird",
			"10.244.3.0/26 via 192.168.2.3 dev tunl0 onlink proto bird",
		]);
	});

	it("CrossSubnet: by tunl0 only to nodes of other subnets", () => {
		const found = routes(network({ pool: "ipipMode: CrossSubnet" }), "node/a");
		expect(found).toContain("10.244.2.0/26 via 192.168.1.2 dev eth0 proto bird");
		expect(found).toContain("10.244.3.0/26 via 192.168.2.3 dev tunl0 onlink proto bird");
	});

	it("no encapsulation: a next hop in another subnet is looked up in turn", () => {
		const found = routes(network({ pool: "ipipMode: Never" }), "node/a");
		expect(found).toContain("10.244.2.0/26 via 192.168.1.2 dev eth0 proto bird");
		expect(found).toContain("10.244.3.0/26 via 192.168.1.254 dev eth0 proto bird");
	});

	it("VXLAN: Felix's, by the other's tunnel address, with a neighbour and an FDB entry", () => {
		const made = network({ pool: "vxlanMode: Always" });
		expect(routes(made, "node/a")).toContain("10.244.2.0/26 via 10.244.2.0 dev vxlan.calico onlink proto 80");
		expect(routes(made, "node/a")).toContain("blackhole 10.244.1.0/26 proto 80");
		const { neighbours, fdb } = namespace(made, "node/a");
		// printf b | sha1sum: e9d71f5ee7c92d6dc9e92ffdad17b8bd49418f98
		expect(neighbours).toMatchObject([
			{ device: "vxlan.calico", address: { text: "10.244.2.0" }, mac: "66:e9:d7:1f:5e:e7", state: "permanent" },
			{ address: { text: "10.244.3.0" } },
		]);
		expect(fdb).toMatchObject([
			{ mac: "66:e9:d7:1f:5e:e7", destination: { text: "192.168.1.2" }, self: true },
			{ destination: { text: "192.168.2.3" } },
		]);
	});

	it("a borrowed address is the borrower's, by a route of its own", () => {
		const affinities = ["a 10.244.1.0/26", "b 10.244.2.0/26", "c 10.244.3.0/26"].map((each) => {
			const [node, cidr] = each.split(" ");
			return `---\napiVersion: crd.projectcalico.org/v1\nkind: BlockAffinity\nmetadata: { name: ${node} }\nspec: { cidr: ${cidr}, node: ${node}, state: confirmed }\n`;
		});
		const lent = `---
apiVersion: v1
kind: Pod
metadata: { name: b2, namespace: default }
spec: { nodeName: b, containers: [{ name: x, image: x }] }
status: { phase: Running, podIP: 10.244.1.40, podIPs: [{ ip: 10.244.1.40 }] }
`;
		const made = network({ pool: "ipipMode: Always", more: affinities.join("") + lent });
		expect(routes(made, "node/a")).toContain("10.244.1.40/32 via 192.168.1.2 dev tunl0 onlink proto bird");
		expect(routes(made, "node/c")).toContain("10.244.1.40/32 via 192.168.1.2 dev tunl0 onlink proto bird");
	});
});

describe("a node's pods", () => {
	it("have devices set up for proxy ARP (felix/dataplane/linux/endpoint_mgr.go configureInterface)", () => {
		const { sysctls, links } = namespace(network({ pool: "ipipMode: Always" }), "node/a");
		const device = "cali5cce677186e";
		expect(links.find(({ name }) => name === device)?.mac).toBe("ee:ee:ee:ee:ee:ee");
		const ipv4 = ["route_localnet", "proxy_arp", "forwarding", "rp_filter"].map((name) =>
			sysctls.get(`net.ipv4.conf.${device}.${name}`),
		);
		expect(ipv4).toEqual(["1", "1", "1", "0"]);
	});
});

describe("what the input does not say", () => {
	const codes = (given: Given): readonly string[] => network(given).assumptions.map(({ code }) => code);

	it("is assumed and told: blocks, and addresses of tunnels", () => {
		expect(codes({ pool: "ipipMode: Always" })).toEqual([
			"ipam-blocks-assumed",
			"tunnel-address-assumed",
			"tunnel-address-assumed",
			"tunnel-address-assumed",
		]);
		expect(codes({ pool: "ipipMode: Never" })).toEqual(["ipam-blocks-assumed"]);
	});

	it("but an address that a node's annotation or an IPAMBlock names is that", () => {
		const annotations = "{ projectcalico.org/IPv4IPIPTunnelAddr: 10.244.1.7 }";
		const made = network({ pool: "ipipMode: Always", annotations });
		expect(namespace(made, "node/a").addresses.find(({ device }) => device === "tunl0")?.address.text).toBe(
			"10.244.1.7",
		);
	});
});

describe("BGP sessions", () => {
	const peer = (spec: string): string =>
		`---\napiVersion: crd.projectcalico.org/v1\nkind: BGPPeer\nmetadata: { name: tor }\nspec: ${spec}\n`;
	const warnings = (more: string): readonly string[] =>
		network({ pool: "ipipMode: Never", more })
			.assumptions.filter(({ severity }) => severity === "warning")
			.map(({ code, place, message }) => `${code} ${place}: ${worded(message)}`);

	it("a peer that nobody is leaves each node without that session, and says so", () => {
		expect(warnings(peer("{ peerIP: 192.168.1.99, asNumber: 64500 }"))).toEqual(
			["a", "b", "c"].map(
				(node) =>
					`bgp-session-down node/${node}: node/${node}: no BGP session with 192.168.1.99 (bgppeer/tor): the input describes nobody who speaks BGP there`,
			),
		);
	});
});

describe("programs that podpath does not evaluate", () => {
	it("make the pods' devices ones that it does not know: the answer is unknown, not wrong", () => {
		const more = `---\napiVersion: crd.projectcalico.org/v1\nkind: FelixConfiguration\nmetadata: { name: default }\nspec: { bpfEnabled: true }\n`;
		const { links } = namespace(network({ pool: "ipipMode: Never", more }), "node/a");
		expect(links.find(({ name }) => name.startsWith("cali"))?.kind).toBe("other");
	});
});
