/** What the lab asks of the batches beyond a namespace's own devices. The kernel's judgement: packages/lab/test/realize. */

import { describe, expect, test } from "vitest";
import { prefix } from "../../src/address/prefix.ts";
import { ipLinkBatch, ipLinkIntoBatch } from "../../src/emit/ip-link-batch.ts";
import { tcBatch } from "../../src/emit/tc-batch.ts";
import type { Link } from "../../src/state/link.ts";
import type { TcFilter } from "../../src/state/tc.ts";
import { worded } from "../../src/wording/phrase.ts";

const ORIGIN = { component: "test" };
const BASE = { index: 0, mtu: 1500, up: true, carrier: true, origin: ORIGIN };
const veth: Link = { ...BASE, kind: "veth", name: "v0", mac: "02:00:00:00:00:01", master: "br0" };
const bridge: Link = {
	...BASE,
	kind: "bridge",
	name: "br0",
	mac: "02:00:00:00:00:02",
	vlanFiltering: false,
	defaultPvid: 1,
};

describe("ip -batch", () => {
	test("does not make what is there already, and sets it up all the same", () => {
		const { text, omitted } = ipLinkBatch([veth], new Set(["v0"]));
		expect(omitted).toEqual([]);
		expect(text.split("\n")).toEqual([
			"link set dev v0 address 02:00:00:00:00:01",
			"link set dev v0 mtu 1500",
			"link set dev v0 master br0",
			"link set dev v0 up",
			"",
		]);
	});

	test("sets a bridge's MTU after its ports have joined: br_mtu_auto_adjust() leaves alone what was set since", () => {
		const lines = ipLinkBatch([bridge, veth], new Set(["v0"])).text.split("\n");
		expect(lines.indexOf("link set dev br0 mtu 1500")).toBeGreaterThan(lines.indexOf("link set dev v0 master br0"));
	});

	test("sets a VLAN device down that the one below it brought up with itself: vlan_device_event()", () => {
		const lower = { device: "v0", place: "node/a" };
		const vlan: Link = { ...BASE, kind: "vlan", name: "v0.20", mac: null, up: false, lower, id: 20 };
		const lines = ipLinkBatch([veth, vlan], new Set(["v0"])).text.split("\n");
		expect(lines.indexOf("link set dev v0.20 down")).toBeGreaterThan(lines.indexOf("link set dev v0 up"));
	});

	test("makes a device for another namespace under a passing name, and moves it", () => {
		const lower = { device: "eth1", place: "node/a" };
		const child: Link = { ...BASE, kind: "ipvlan", name: "eth0", mac: null, lower, mode: "l3", flag: "private" };
		expect(ipLinkIntoBatch(child, "p1").text).toBe(
			"link add link eth1 name passing type ipvlan mode l3 private\nlink set dev passing netns p1 name eth0\n",
		);
		expect(ipLinkIntoBatch(veth, "p1").omitted.map((left) => worded(left))).toEqual([
			"v0: it stands on no other device",
		]);
	});

	test("has tunl0 made by its module, as ipip_init_net() does", () => {
		const tunnel: Link = { ...BASE, kind: "ipip", name: "tunl0", mac: null };
		expect(ipLinkBatch([tunnel]).text).toBe(
			"link add name passing type ipip remote 127.0.0.1\nlink delete dev passing\nlink set dev tunl0 mtu 1500\nlink set dev tunl0 up\n",
		);
	});
});

describe("tc -batch", () => {
	const clsact = [{ device: "eth0", kind: "clsact", origin: ORIGIN }];
	const filter: TcFilter = {
		device: "eth0",
		direction: "egress",
		priority: 1,
		protocol: "ip",
		source: prefix("10.0.0.5/32"),
		actions: [{ kind: "vlan-push", id: 1027 }],
		origin: ORIGIN,
	};

	test("hangs filters on clsact: addresses by u32, tags by flower, everything by a u32 that matches all", () => {
		const tagged: TcFilter = { ...filter, protocol: "802.1Q", vlan: 1027, actions: [{ kind: "vlan-pop" }] };
		const { source: _, ...everything } = filter;
		const { source: __, ...tag } = tagged;
		expect(tcBatch(clsact, [filter, tag, { ...everything, actions: [{ kind: "drop" }] }]).text).toBe(
			[
				"qdisc add dev eth0 clsact",
				"filter add dev eth0 egress protocol ip prio 1 u32 match ip src 10.0.0.5/32 action vlan push id 1027 pipe",
				"filter add dev eth0 egress protocol 802.1Q prio 1 flower vlan_id 1027 action vlan pop pipe",
				"filter add dev eth0 egress protocol ip prio 1 u32 match u32 0 0 action drop",
				"",
			].join("\n"),
		);
	});

	test("leaves out programs and actions that are not understood, and says so", () => {
		const bpf = { ...filter, notUnderstood: "bpf prog.o" };
		const skbedit: TcFilter = { ...filter, actions: [{ kind: "other", text: "skbedit mark 1" }] };
		expect(tcBatch(clsact, [bpf, skbedit]).omitted.map((left) => worded(left))).toEqual([
			"tc filter 1 on eth0 egress: bpf prog.o is not understood",
			"tc filter 1 on eth0 egress: the action skbedit mark 1 is not understood",
		]);
		expect(tcBatch([], [filter]).omitted.map((left) => worded(left))).toEqual([
			"tc filter 1 on eth0 egress: eth0 has no clsact qdisc",
		]);
	});
});
