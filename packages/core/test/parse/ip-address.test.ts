/** Expected values are what was asked of `ip link add` and `ip address add` when fixtures/node-dumps was made. */
import { describe, expect, it } from "vitest";
import { parseIpAddress } from "../../src/parse/ip-address.ts";
import { phrase } from "../../src/wording/phrase.ts";
import { nodeDump } from "../support/parse-dumps.ts";
import { withoutOrigin } from "../support/parse-generators.ts";

const dump = parseIpAddress(nodeDump("ip-address.txt"), "ip-address.txt");
const link = (name: string) => dump.links.find((each) => each.name === name);
const address = (text: string) => dump.addresses.find((each) => each.address.text === text);

describe("ip -d address", () => {
	it("says the same as JSON", () => {
		const json = parseIpAddress(nodeDump("ip-address.json"), "ip-address.json");
		expect(withoutOrigin(json)).toEqual(withoutOrigin(dump));
		expect(dump.notUnderstood).toEqual([]);
	});

	it("reads each kind of device with its own settings", () => {
		expect(link("lo")).toMatchObject({ kind: "loopback", up: true, mtu: 65536 });
		expect(link("br0")).toMatchObject({ kind: "bridge", vlanFiltering: false, defaultPvid: 1 });
		expect(link("dummy0")).toMatchObject({ kind: "dummy", noArp: true });
		expect(link("vx0")).toMatchObject({
			kind: "vxlan",
			vni: 42,
			dstport: 8472,
			learning: false,
			external: false,
			local: { text: "10.0.0.1" },
			lower: { device: "br0" },
		});
		expect(link("vx1")).toMatchObject({ kind: "vxlan", external: true });
		expect(link("vx2")).toMatchObject({ kind: "vxlan", vni: 43, remote: { text: "10.0.0.9" }, learning: true });
		expect(link("vx3")).toMatchObject({ kind: "vxlan", remote: { text: "239.1.1.1" } });
		expect(link("ipip0")).toMatchObject({
			kind: "ipip",
			local: { text: "10.0.0.1" },
			remote: { text: "10.0.0.9" },
			ttl: 32,
			mac: null,
		});
		expect(link("vlan5")).toMatchObject({ kind: "vlan", id: 5, lower: { device: "br0" } });
		expect(link("mv0")).toMatchObject({ kind: "macvlan", mode: "bridge", lower: { device: "br0" } });
		expect(link("ivl")).toMatchObject({ kind: "ipvlan", mode: "l3", flag: "private", lower: { device: "dummy0" } });
	});

	it("names the driver of devices that are not evaluated", () => {
		const drivers = ["gre1", "bond0", "vrf1", "qinq"].map((name) => {
			const each = link(name);
			return each?.kind === "other" && each.driver;
		});
		expect(drivers).toEqual(["gre", "bond", "vrf", "vlan 802.1ad"]);
	});

	it("reads the other end of a veth, here or in another namespace", () => {
		expect(link("va")).toMatchObject({ kind: "veth", peer: { device: "vb" }, master: "br0", alias: "my alias" });
		expect(link("veth0")).toMatchObject({ kind: "veth", peer: { netnsid: 0, index: expect.any(Number) } });
		const pod = parseIpAddress(nodeDump("ip-address-pod.txt"), "ip-address.txt").links;
		expect(pod.find((each) => each.name === "mvp")).toMatchObject({ kind: "macvlan", lower: { index: 2 } });
	});

	it("reads what a device has as a bridge's port", () => {
		expect(link("va")?.bridgePort).toEqual({ hairpin: true, isolated: true, learning: false, flood: false });
		expect(link("veth0")?.bridgePort).toEqual({ hairpin: false, isolated: false, learning: true, flood: true });
	});

	it("takes a device without a kind for a card, as cards' drivers have none", () => {
		const card =
			"2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000\n" +
			"    link/ether 00:16:3e:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 maxmtu 1500 numtxqueues 2 parentbus virtio parentdev virtio0 \n" +
			"    altname enp0s5\n    altname ens5\n";
		expect(parseIpAddress(card, "f").links).toMatchObject([
			{ kind: "physical", name: "eth0", up: true, carrier: true },
		]);
		expect(parseIpAddress(card, "f").notUnderstood).toEqual([]);
	});

	it("reads addresses with all that hangs on them", () => {
		expect(address("10.0.0.1")).toMatchObject({
			device: "br0",
			prefixLength: 24,
			scope: "global",
			broadcast: { text: "10.0.0.255" },
			secondary: false,
		});
		expect(address("10.0.0.2")).toMatchObject({ secondary: true });
		expect(address("10.7.0.1")).toMatchObject({ noPrefixRoute: true, label: "br0:x" });
		expect(address("10.9.9.1")).toMatchObject({ peer: { text: "10.9.9.2" }, prefixLength: 32 });
		expect(address("fd0a::1")).toMatchObject({ deprecated: true, prefixLength: 64 });
		expect(address("10.6.0.1")).toMatchObject({ scope: "link", device: "vb" });
		expect(address("10.6.0.1")).not.toHaveProperty("label");
	});

	it("reads the forms of other versions and of busybox", () => {
		const text =
			"3: eth0@if12: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1450 qdisc noqueue state UP \n" +
			"    link/ether 0a:58:0a:f4:01:07 brd ff:ff:ff:ff:ff:ff link-netns cni-0a1b promiscuity 0 \n    veth \n" +
			"    inet 10.244.1.7/24 brd 10.244.1.255 scope global eth1\n       valid_lft forever preferred_lft forever\n" +
			"    inet6 fe80::858:aff:fef4:107/64 scope link proto kernel_ll \n       valid_lft forever preferred_lft forever\n";
		const { links, addresses, notUnderstood } = parseIpAddress(text, "f");
		expect(notUnderstood).toEqual([]);
		expect(links).toMatchObject([{ kind: "veth", peer: { index: 12 }, up: true }]);
		// The device was called eth1 when it got the address.
		expect(addresses).toMatchObject([{ label: "eth1" }, { origin: { component: "kernel" } }]);
	});

	it("keeps an address that somebody else has, as the kernel does not use it", () => {
		const text =
			"2: e0: <UP> mtu 1500\n    inet6 fd00::1/64 scope global dadfailed tentative \n       valid_lft forever preferred_lft forever\n";
		const { addresses, notUnderstood } = parseIpAddress(text, "f");
		expect(addresses).toEqual([]);
		expect(notUnderstood).toMatchObject([{ source: { file: "f", line: 2 } }]);
	});
});

describe("ip address, without -d", () => {
	const plain = parseIpAddress(nodeDump("ip-address-plain.txt"), "ip-address.txt");
	const kind = (name: string) => plain.links.find((each) => each.name === name)?.kind;

	it("is sure of what the text proves", () => {
		for (const [name, expected] of Object.entries({
			lo: "loopback",
			br0: "bridge",
			va: "veth",
			vb: "veth",
			ipip0: "ipip",
		})) {
			expect(kind(name)).toBe(expected);
			expect(plain.guessedKinds.has(name)).toBe(false);
		}
		expect(plain.links.find((each) => each.name === "ipip0")).toMatchObject({
			local: { text: "10.0.0.1" },
			remote: { text: "10.0.0.9" },
		});
	});

	it("says from what it took the rest", () => {
		expect(kind("veth0")).toBe("veth");
		expect(kind("dummy0")).toBe("dummy");
		expect(plain.guessedKinds.get("dummy0")).toEqual(phrase("by-its-name"));
		const text = [
			"2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000",
			"3: eth0.100@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000",
			"4: docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN group default",
			"5: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN group default",
		].map((line) => `${line}\n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n`);
		const { links } = parseIpAddress(text.join(""), "f");
		expect(links).toMatchObject([
			{ kind: "physical" },
			{ kind: "vlan", id: 100, lower: { device: "eth0" } },
			{ kind: "bridge" },
			// Its VNI and port are not shown, so where it leads is not known.
			{ kind: "other", driver: "vxlan" },
		]);
	});

	it("does not know what a stacked device is that could be anything", () => {
		expect(kind("mv0")).toBe("other");
	});
});
