/** Who takes a VXLAN packet: a device's socket is of the family of its ends (drivers/net/vxlan/vxlan_core.c, vxlan_sock_add). */
import { describe, expect, it } from "vitest";
import { ask, card, onlyPath, stack, subjectOf } from "../support/stacks.ts";

const FLAGS = "<BROADCAST,MULTICAST,UP,LOWER_UP>";

const ROUTES = "10.7.0.0/24 dev vx proto kernel scope link\nfd00::/64 dev eth0 proto kernel metric 256 pref medium";

function vxlan(mac: string, ends: string, address: string): string {
	return `9: vx: ${FLAGS} mtu 1400 qdisc noqueue state UP group default
    link/ether ${mac} brd ff:ff:ff:ff:ff:ff promiscuity 0
    vxlan id 7 ${ends} srcport 0 0 dstport 4789 nolearning ttl auto
    inet ${address}/24 scope global vx`;
}

/** The sender's tunnel leads over IPv6; `there` are the ends of the receiver's. */
function tunnelled(there: string): string {
	const [ours, theirs] = ["02:00:00:00:00:0a", "02:00:00:00:00:0b"];
	const path = onlyPath(
		ask(
			subjectOf({
				namespaces: [
					stack("host/a", {
						"ip-address": [
							card(2, "eth0", ["fd00::1/64"]),
							vxlan(ours, "remote fd00::2 local fd00::1 dev eth0", "10.7.0.1"),
						].join("\n"),
						"ip-route": ROUTES,
						"bridge-fdb": "00:00:00:00:00:00 dev vx dst fd00::2 self permanent",
						"ip-neigh": `10.7.0.2 dev vx lladdr ${theirs} PERMANENT`,
					}),
					stack("host/b", {
						"ip-address": [card(3, "eth0", ["fd00::2/64", "10.0.0.2/24"]), vxlan(theirs, there, "10.7.0.2")].join("\n"),
						"ip-route": ROUTES,
						"bridge-fdb": "00:00:00:00:00:00 dev vx dst fd00::1 self permanent",
						"ip-neigh": `10.7.0.1 dev vx lladdr ${ours} PERMANENT`,
					}),
				],
				wires: [{ from: { place: "host/a", device: "eth0" }, to: { kind: "device", place: "host/b", device: "eth0" } }],
			}),
			{ from: "host/a", to: "10.7.0.2:80" },
		),
	);
	return path.verdict;
}

describe("a VXLAN packet over IPv6", () => {
	it("is taken by a device whose own end is an IPv6 address", () => {
		expect(tunnelled("remote fd00::1 local fd00::2 dev eth0")).toBe("delivered");
	});

	it("is not taken by one whose ends are IPv4 addresses, though VNI and port are the same", () => {
		expect(tunnelled("remote 10.0.0.1 local 10.0.0.2 dev eth0")).not.toBe("delivered");
	});

	it("is not taken by one without ends: its socket is an IPv4 one", () => {
		expect(tunnelled("dev eth0")).not.toBe("delivered");
	});
});
