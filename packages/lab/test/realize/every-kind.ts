/** Networks with one of each kind of device and entry, as no CNI would put them together. */
import type { Network } from "@podpath/core";
import { networkOf, stack } from "./stacks.ts";

const mac = (last: number): string => `02:00:00:00:00:${last.toString(16).padStart(2, "0")}`;

/** What the host's kernel has nearly everywhere. */
export function hostKinds(): Network {
	const router = stack("node/a", {
		links: [
			{ kind: "physical", name: "eth0", mac: mac(1) },
			{ kind: "physical", name: "eth1", mac: mac(2), mtu: 1400 },
			{ kind: "veth", name: "cali1", mac: mac(3) },
			{ kind: "veth", name: "in", mac: mac(4) },
			{ kind: "veth", name: "out", mac: mac(5) },
			{ kind: "bridge", name: "br0", mac: mac(6), vlanFiltering: false, defaultPvid: 1 },
			{
				kind: "vxlan",
				name: "vx.7",
				mac: mac(7),
				mtu: 1350,
				vni: 7,
				dstport: 4789,
				lower: { device: "eth1" },
				learning: true,
				external: false,
			},
			{ kind: "macvlan", name: "mv0", mac: mac(8), mtu: 1400, lower: { device: "eth1" }, mode: "private" },
		],
		ports: { in: { master: "br0", hairpin: true }, "vx.7": { master: "br0", learning: false, isolated: true } },
		addresses: [
			["eth0", "192.0.2.1/24"],
			["eth0", "2001:db8::1/64"],
			["eth1", "198.51.100.1/31"],
			["br0", "10.3.0.1/24"],
			["lo", "10.255.0.1/32"],
		],
		routes: [
			["0.0.0.0/0", "192.0.2.254", "eth0"],
			["10.4.0.5/32", "", "cali1"],
			["10.5.0.0/16", "10.4.0.5", "cali1"],
			["2001:db8:5::/48", "2001:db8::fe", "eth0"],
		],
		rules: [
			{ family: 4, priority: 100, from: "10.3.0.0/24", table: 100 },
			{ family: 6, priority: 100, from: "2001:db8:3::/64", table: 100 },
		],
		neighbours: [
			["eth0", "192.0.2.254", mac(20)],
			["eth0", "2001:db8::fe", mac(20)],
			["cali1", "169.254.1.1", null],
		],
		sysctls: {
			"net.ipv4.ip_forward": "1",
			"net.ipv4.conf.cali1.proxy_arp": "1",
			"net.ipv4.neigh.cali1.proxy_delay": "0",
			"net.ipv4.conf.all.rp_filter": "2",
			"net.ipv4.conf.vx/7.arp_ignore": "1",
			"net.ipv6.conf.mv0.accept_ra": "0",
		},
	});
	const pod = stack("pod/x/a", {
		links: [
			{ kind: "veth", name: "eth0", mac: mac(9) },
			{
				kind: "macvlan",
				name: "net1",
				mac: mac(10),
				mtu: 1400,
				lower: { place: "node/a", device: "eth1" },
				mode: "bridge",
			},
		],
		addresses: [["eth0", "10.4.0.5/32"]],
	});
	return networkOf(
		[pod, router],
		[
			{ from: { place: "node/a", device: "cali1" }, to: { kind: "device", place: "pod/x/a", device: "eth0" } },
			{ from: { place: "node/a", device: "in" }, to: { kind: "device", place: "node/a", device: "out" } },
		],
	);
}

/** Those as well that a kernel may lack. */
export function everyKind(): Network {
	const node = stack("node/b", {
		links: [
			{ kind: "physical", name: "eth0", mac: mac(1) },
			{ kind: "physical", name: "eth1", mac: mac(2) },
			{ kind: "vlan", name: "eth0.100", mac: mac(1), lower: { device: "eth0" }, id: 100 },
			{ kind: "macvlan", name: "mv0", mac: mac(3), lower: { device: "eth0.100" }, mode: "bridge" },
			{ kind: "ipvlan", name: "iv0", mac: mac(2), lower: { device: "eth1" }, mode: "l2", flag: "bridge" },
			{ kind: "ipip", name: "tunl0", mac: null, mtu: 1480, noArp: true },
			{ kind: "dummy", name: "d0", mac: mac(4), noArp: true },
			{ kind: "bridge", name: "br0", mac: mac(5), vlanFiltering: true, defaultPvid: 0 },
			{ kind: "veth", name: "v0", mac: mac(6) },
		],
		ports: {
			v0: {
				master: "br0",
				vlans: [
					{ id: 7, pvid: true, untagged: true },
					{ id: 9, pvid: false, untagged: false },
				],
			},
		},
		addresses: [
			["eth0", "192.0.2.1/24"],
			["d0", "10.9.9.9/32"],
			["tunl0", "10.6.0.0/32"],
		],
		routes: [["10.7.0.0/24", "192.0.2.9", "tunl0", "onlink"]],
		filters: [
			{
				device: "eth0",
				direction: "egress",
				priority: 1,
				protocol: "ip",
				source: "10.8.0.5/32",
				actions: [{ kind: "vlan-push", id: 1027 }],
			},
			{
				device: "eth0",
				direction: "ingress",
				priority: 3,
				protocol: "802.1Q",
				vlan: 1027,
				actions: [{ kind: "vlan-pop" }],
			},
			{
				device: "eth1",
				direction: "ingress",
				priority: 1,
				protocol: "ip",
				destination: "10.8.0.0/24",
				actions: [{ kind: "redirect", device: "v0", direction: "egress" }],
			},
		],
	});
	const pods = [
		stack("pod/x/vlan", {
			links: [{ kind: "vlan", name: "eth0", mac: mac(11), lower: { place: "node/b", device: "eth1" }, id: 5 }],
			addresses: [["eth0", "10.10.0.5/24"]],
		}),
		stack("pod/x/ipvlan", {
			links: [
				{
					kind: "ipvlan",
					name: "eth0",
					mac: mac(2),
					lower: { place: "node/b", device: "eth1" },
					mode: "l2",
					flag: "bridge",
				},
			],
			addresses: [["eth0", "10.11.0.5/24"]],
		}),
	];
	return networkOf([...pods, node]);
}
