import { describe, expect, it } from "vitest";
import { address } from "../../src/address/address.ts";
import { assembleNamespace } from "../../src/state/assemble.ts";
import type { FabricDevice } from "../../src/state/fabric.ts";
import type { Link } from "../../src/state/link.ts";
import type { Namespace } from "../../src/state/namespace.ts";
import { staticNetwork } from "../../src/state/static-network.ts";
import { phrase, worded } from "../../src/wording/phrase.ts";

const origin = { component: "unknown" };
const base = { mtu: 1500, mac: "02:00:00:00:00:01", up: true, carrier: true, origin };

function veth(name: string, index: number, peer: NonNullable<Extract<Link, { kind: "veth" }>["peer"]>): Link {
	return { ...base, kind: "veth", name, index, peer };
}

function stack(place: string, links: readonly Link[]): Namespace {
	return assembleNamespace(place, [{ links }]);
}

describe("wires that the devices themselves tell", () => {
	it("join veths of two namespaces of one machine by their indexes (`eth0@if81 … link-netnsid 0`, seed 001 L38)", () => {
		const network = staticNetwork({
			namespaces: [
				stack("node/a", [veth("vethd7e7c6fd", 81, { index: 3, netnsid: 2 })]),
				stack("pod/default/centos", [veth("eth0", 3, { index: 81, netnsid: 0 })]),
			],
		});
		expect(network.wireAt("pod/default/centos", "eth0")).toEqual({
			kind: "device",
			place: "node/a",
			device: "vethd7e7c6fd",
		});
		expect(network.wireAt("node/a", "vethd7e7c6fd")).toEqual({
			kind: "device",
			place: "pod/default/centos",
			device: "eth0",
		});
	});

	it("join veths of one namespace by name (`veth1@veth2`)", () => {
		const links = [veth("veth1", 2, { device: "veth2" }), veth("veth2", 3, { device: "veth1" })];
		const network = staticNetwork({ namespaces: [stack("host/a", links)] });
		expect(network.wireAt("host/a", "veth1")).toEqual({ kind: "device", place: "host/a", device: "veth2" });
	});

	it("are not guessed where indexes fit several devices", () => {
		const pods = ["pod/x/1", "pod/x/2"].map((place) => stack(place, [veth("eth0", 3, { index: 81, netnsid: 0 })]));
		const network = staticNetwork({
			namespaces: [stack("node/a", [veth("veth1", 81, { index: 3, netnsid: 2 })]), ...pods],
		});
		expect(network.wireAt("node/a", "veth1")).toEqual({
			kind: "outside",
			why: phrase("far-end-not-held", { device: "veth1", place: "node/a" }),
		});
	});

	it("do not reach from one machine into another, where indexes are the same by chance", () => {
		const namespaces = ["a", "b"].flatMap((name) => [
			stack(`node/${name}`, [veth("veth1", 81, { index: 3, netnsid: 2 })]),
			stack(`pod/x/${name}`, [veth("eth0", 3, { index: 81, netnsid: 0 })]),
		]);
		const machines = ["a", "b"].map((name) => [`node/${name}`, `pod/x/${name}`]);
		const network = staticNetwork({ namespaces, machines });
		expect(network.wireAt("pod/x/b", "eth0")).toEqual({ kind: "device", place: "node/b", device: "veth1" });
	});
});

describe("wires that are given", () => {
	const card: Link = { ...base, kind: "physical", name: "eth0", index: 2 };
	const namespaces = [stack("node/a", [card]), stack("node/b", [card])];

	it("count for both of their ends", () => {
		const to = { kind: "device", place: "node/b", device: "eth0" } as const;
		const network = staticNetwork({ namespaces, wires: [{ from: { place: "node/a", device: "eth0" }, to }] });
		expect(network.wireAt("node/b", "eth0")).toEqual({ kind: "device", place: "node/a", device: "eth0" });
	});

	it("follow from a fabric's attachments", () => {
		const attachments = [{ place: "node/a", device: "eth0", mac: base.mac, addresses: [] }];
		const lan: FabricDevice = {
			kind: "segment",
			place: "segment/lan",
			prefixes: [],
			gateways: [],
			attachments,
			mtu: 1500,
			origin,
		};
		const network = staticNetwork({ namespaces, fabric: [lan] });
		expect(network.wireAt("node/a", "eth0")).toEqual({ kind: "fabric", fabric: "segment/lan" });
		expect(network.fabric("segment/lan")).toBe(lan);
	});

	it("and where there is none, the answer says what the input does not hold", () => {
		const network = staticNetwork({ namespaces });
		const why = (place: string, device: string): string => {
			const far = network.wireAt(place, device);
			return far.kind === "outside" ? worded(far.why) : far.kind;
		};
		expect(why("node/a", "eth0")).toBe("the input does not say what eth0 of node/a is connected to");
		expect(why("node/a", "eth9")).toBe("node/a has no device eth9");
		expect(why("node/z", "eth0")).toBe("the input does not hold node/z");
	});
});

describe("devices of other namespaces", () => {
	it("are found by the device that they stand on", () => {
		const macvlan: Link = {
			...base,
			kind: "macvlan",
			name: "eth0",
			index: 2,
			mode: "bridge",
			lower: { device: "eth0.10", place: "node/a" },
		};
		const network = staticNetwork({ namespaces: [stack("node/a", []), stack("pod/default/web", [macvlan])] });
		expect(network.stackedOn("node/a", "eth0.10")).toEqual([{ place: "pod/default/web", device: "eth0" }]);
		expect(network.stackedOn("node/a", "eth0")).toEqual([]);
	});
});

describe("owners of addresses", () => {
	const on = (device: string, text: string): Parameters<typeof assembleNamespace>[1][number] => ({
		addresses: [
			{
				device,
				address: address(text),
				prefixLength: 32,
				scope: "global",
				secondary: false,
				noPrefixRoute: false,
				origin,
			},
		],
	});

	it("are the namespaces that have them, but not by kube-ipvs0, which has every Service's", () => {
		const dummy: Link = { ...base, kind: "dummy", name: "kube-ipvs0", index: 5 };
		const a = assembleNamespace("node/a", [{ links: [dummy] }, on("eth0", "10.0.0.1"), on("kube-ipvs0", "10.96.0.10")]);
		const network = staticNetwork({ namespaces: [a], owners: new Map([["10.244.1.5", "pod/default/web"]]) });
		const owner = (text: string): string | undefined => network.ownerOf(address(text));
		expect([owner("10.0.0.1"), owner("10.96.0.10"), owner("10.244.1.5")]).toEqual([
			"node/a",
			undefined,
			"pod/default/web",
		]);
		expect(owner("127.0.0.1")).toBeUndefined();
	});
});
