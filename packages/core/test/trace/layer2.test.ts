/** Devices and layer 2: who answers, which way a frame goes, what a stacked device does with it. */
import { describe, expect, it } from "vitest";
import type { StaticParts } from "../support/stacks.ts";
import { ask, card, linksOf, onlyPath, stack, subjectOf } from "../support/stacks.ts";

const SUBNET = "10.0.0.0/24 dev eth0 scope link";
const pod = (place: string, index: number, address: string, routes: string): ReturnType<typeof stack> =>
	stack(place, { "ip-address": card(index, "eth0", [address]), "ip-route": routes });

/** Two pods on one node, each by a veth whose other end is `va` or `vb` on the node. */
function twoPods(parts: {
	readonly devices: string;
	readonly routes: string;
	readonly sysctl?: string;
	readonly podRoutes?: string;
	readonly addresses?: readonly [string, string];
}): ReturnType<typeof subjectOf> {
	const [a, b] = parts.addresses ?? ["10.0.0.1/24", "10.0.0.2/24"];
	const podRoutes = parts.podRoutes ?? SUBNET;
	return subjectOf({
		namespaces: [
			pod("pod/d/a", 2, a, podRoutes),
			pod("pod/d/b", 3, b, podRoutes),
			stack("node/n", {
				"ip-address": parts.devices,
				"ip-route": parts.routes,
				sysctl: parts.sysctl ?? "net.ipv4.ip_forward = 1",
			}),
		],
		wires: [
			{ from: { place: "pod/d/a", device: "eth0" }, to: { kind: "device", place: "node/n", device: "va" } },
			{ from: { place: "pod/d/b", device: "eth0" }, to: { kind: "device", place: "node/n", device: "vb" } },
		],
	} satisfies StaticParts);
}

const veth = (index: number, name: string, tail = "", flags = ""): string =>
	card(index, name, [], { peer: "if2", kind: `veth ${flags}`.trim(), tail });

const A_TO_B = { from: "pod/d/a", to: "10.0.0.2:80" };

describe("a bridge", () => {
	const bridge = card(10, "br0", [], { kind: "bridge forward_delay 1500" });

	it("forwards by MAC from port to port", () => {
		const subject = twoPods({
			devices: [bridge, veth(11, "va", "master br0"), veth(12, "vb", "master br0")].join("\n"),
			routes: "",
		});
		const path = onlyPath(ask(subject, A_TO_B));
		expect(path.verdict).toBe("delivered");
		expect(linksOf(path.forward)).toBe("a/eth0 n/va n/br0 n/vb b/eth0");
		expect(path.forward.hops.at(-1)?.packet.ttl).toBe(64);
	});

	it("keeps VLANs apart that it filters (lab: removing the vid drops the packet)", () => {
		const filtering = card(10, "br0", [], { kind: "bridge vlan_filtering 1 vlan_default_pvid 0" });
		const devices = [filtering, veth(11, "va", "master br0"), veth(12, "vb", "master br0")].join("\n");
		const vlans = (of: string): string =>
			`port\tvlan-id\nva\t10 PVID Egress Untagged\nvb\t${of} PVID Egress Untagged\n`;
		const subject = (of: string): ReturnType<typeof subjectOf> =>
			subjectOf({
				namespaces: [
					pod("pod/d/a", 2, "10.0.0.1/24", SUBNET),
					pod("pod/d/b", 3, "10.0.0.2/24", SUBNET),
					stack("node/n", { "ip-address": devices, "bridge-vlan": vlans(of) }),
				],
				wires: [
					{ from: { place: "pod/d/a", device: "eth0" }, to: { kind: "device", place: "node/n", device: "va" } },
					{ from: { place: "pod/d/b", device: "eth0" }, to: { kind: "device", place: "node/n", device: "vb" } },
				],
			});
		expect(onlyPath(ask(subject("10"), A_TO_B)).verdict).toBe("delivered");
		expect(onlyPath(ask(subject("20"), A_TO_B)).verdict).toBe("unreachable");
	});
});

describe("proxy ARP on a host without a bridge, as Calico has it", () => {
	const devices = [card(9, "up", ["192.168.0.5/24"]), veth(11, "va"), veth(12, "vb")].join("\n");
	const routes = "default via 192.168.0.1 dev up\n10.0.0.1 dev va scope link\n10.0.0.2 dev vb scope link";
	const podRoutes = "default via 169.254.1.1 dev eth0\n169.254.1.1 dev eth0 scope link";
	const addresses = ["10.0.0.1/32", "10.0.0.2/32"] as const;
	const proxy = "net.ipv4.conf.va.proxy_arp = 1\nnet.ipv4.conf.vb.proxy_arp = 1";

	it("answers for the gateway that nobody has", () => {
		const path = onlyPath(
			ask(twoPods({ devices, routes, podRoutes, addresses, sysctl: `net.ipv4.ip_forward = 1\n${proxy}` }), A_TO_B),
		);
		expect(path.verdict).toBe("delivered");
		expect(linksOf(path.forward)).toBe("a/eth0 n/va n/vb b/eth0");
	});

	it.each([
		["without ip_forward", routes, proxy],
		["without proxy_arp", routes, "net.ipv4.ip_forward = 1"],
		[
			"without a route to the gateway out of another device",
			routes.replace(/^default.*\n/, ""),
			`net.ipv4.ip_forward = 1\n${proxy}`,
		],
	])("does not answer %s (dataplanes K5, tried in all combinations)", (_, nodeRoutes, sysctl) => {
		const path = onlyPath(ask(twoPods({ devices, routes: nodeRoutes, podRoutes, addresses, sysctl }), A_TO_B));
		expect(path.verdict).toBe("unreachable");
		expect(path.reason).toContain("169.254.1.1");
	});
});

describe("macvlan and VLAN", () => {
	/** Two nodes on a wire; each pod has a macvlan on VLAN 5 of its node's card. */
	function macvlans(vlanOfB: number): ReturnType<typeof subjectOf> {
		const node = (place: string, index: number, vlan: number): ReturnType<typeof stack> =>
			stack(place, {
				"ip-address": [
					card(index, "eth0", []),
					card(index + 1, `eth0.${vlan}`, [], { peer: "eth0", kind: `vlan protocol 802.1Q id ${vlan} <REORDER_HDR>` }),
				].join("\n"),
			});
		const inPod = (
			place: string,
			index: number,
			address: string,
			node: string,
			vlan: number,
		): ReturnType<typeof stack> => {
			const made = stack(place, {
				"ip-address": card(index, "eth0", [address], { peer: "if4", kind: "macvlan mode bridge" }),
				"ip-route": SUBNET,
			});
			return {
				...made,
				links: made.links.map((link) =>
					link.kind === "macvlan" ? { ...link, lower: { place: node, device: `eth0.${vlan}` } } : link,
				),
			};
		};
		return subjectOf({
			namespaces: [
				node("node/n1", 3, 5),
				node("node/n2", 13, vlanOfB),
				inPod("pod/d/a", 21, "10.0.0.1/24", "node/n1", 5),
				inPod("pod/d/b", 22, "10.0.0.2/24", "node/n2", vlanOfB),
				inPod("pod/d/c", 23, "10.0.0.3/24", "node/n1", 5),
			],
			wires: [{ from: { place: "node/n1", device: "eth0" }, to: { kind: "device", place: "node/n2", device: "eth0" } }],
		});
	}

	it("stays in the driver between two of one parent (dataplanes K8)", () => {
		const path = onlyPath(ask(macvlans(5), { from: "pod/d/a", to: "10.0.0.3:80" }));
		expect(path.verdict).toBe("delivered");
		expect(path.stacks).toEqual(["pod/d/a", "pod/d/c"]);
		expect(linksOf(path.forward)).not.toContain("n1/eth0 ");
	});

	it("goes out with the tag and in at the other node (dataplanes 004-BMV-xnode-samevlan)", () => {
		const path = onlyPath(ask(macvlans(5), A_TO_B));
		expect(path.verdict).toBe("delivered");
		expect(linksOf(path.forward)).toBe("a/eth0 n1/eth0.5 n1/eth0 n2/eth0 n2/eth0.5 b/eth0");
		const out = path.forward.hops.find(
			(hop) => hop.at === "node/n1" && hop.stage === "transmit" && hop.device === "eth0",
		);
		expect(out?.packet.vlan).toBe(5);
	});

	it("does not reach a pod on another VLAN", () => {
		expect(onlyPath(ask(macvlans(6), A_TO_B)).verdict).toBe("unreachable");
	});
});

describe("IPv6", () => {
	it("is routed and answered like IPv4", () => {
		const v6 = (place: string, index: number, address: string, routes: string, sysctl = ""): ReturnType<typeof stack> =>
			stack(place, {
				"ip-address": card(index, "eth0", [address]),
				"ip-route": routes,
				"ip-rule": "0:\tfrom all lookup local\n32766:\tfrom all lookup main",
				sysctl,
			});
		const router = stack("node/r", {
			"ip-address": [card(5, "left", ["fd00:1::ff/64"]), card(6, "right", ["fd00:2::ff/64"])].join("\n"),
			"ip-route": "fd00:1::/64 dev left proto kernel metric 256\nfd00:2::/64 dev right proto kernel metric 256",
			sysctl: "net.ipv6.conf.all.forwarding = 1",
		});
		const subject = subjectOf({
			namespaces: [
				v6("host/a", 2, "fd00:1::1/64", "fd00:1::/64 dev eth0 metric 256\ndefault via fd00:1::ff dev eth0 metric 1024"),
				v6("host/b", 3, "fd00:2::2/64", "fd00:2::/64 dev eth0 metric 256\ndefault via fd00:2::ff dev eth0 metric 1024"),
				router,
			],
			wires: [
				{ from: { place: "host/a", device: "eth0" }, to: { kind: "device", place: "node/r", device: "left" } },
				{ from: { place: "host/b", device: "eth0" }, to: { kind: "device", place: "node/r", device: "right" } },
			],
		});
		const path = onlyPath(ask(subject, { from: "host/a", to: "[fd00:2::2]:80" }));
		expect(path.verdict).toBe("delivered");
		expect(linksOf(path.forward)).toBe("a/eth0 r/left r/right b/eth0");
	});
});
