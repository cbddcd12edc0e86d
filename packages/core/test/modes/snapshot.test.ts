import { describe, expect, test } from "vitest";
import { type Snapshot, type SnapshotFile, snapshotNetwork } from "../../src/modes/snapshot.ts";
import { explain } from "../../src/trace/explain.ts";

function file(name: string, text: string): SnapshotFile {
	return { name, text };
}

const CLUSTER = `
apiVersion: v1
kind: Node
metadata: { name: a }
status: { addresses: [{ type: InternalIP, address: 10.0.0.1 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: default }
spec: { nodeName: a, containers: [{ name: web, ports: [{ containerPort: 80 }] }] }
status: { phase: Running, podIP: 10.244.1.7, podIPs: [{ ip: 10.244.1.7 }] }
`;

const LO =
	"1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    link/loopback 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n";
/** A node with one pod behind a veth pair whose indexes tell which ends belong together (`@if2`, `@if7`). */
const HOST = `${LO}2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500
    link/ether 00:16:3e:01:02:03 brd ff:ff:ff:ff:ff:ff
    inet 10.0.0.1/24 scope global eth0
7: veth1@if2: <BROADCAST,UP,LOWER_UP> mtu 1500
    link/ether 1e:16:3e:01:02:03 brd ff:ff:ff:ff:ff:ff link-netnsid 0
    inet 10.244.1.1/24 scope global veth1
`;
const POD = `${LO}2: eth0@if7: <BROADCAST,UP,LOWER_UP> mtu 1500
    link/ether 2e:16:3e:01:02:03 brd ff:ff:ff:ff:ff:ff link-netnsid 0
    inet 10.244.1.7/24 scope global eth0
`;
const POD_ROUTES = "default via 10.244.1.1 dev eth0\n10.244.1.0/24 dev eth0 scope link\n";
const HOST_ROUTES =
	"default via 10.0.0.254 dev eth0\n10.0.0.0/24 dev eth0 scope link\n10.244.1.0/24 dev veth1 scope link\n";

/** Says that there are no rules; a missing file would say nothing. */
const NO_RULES = { "iptables-save.txt": "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n" };

function filesOf(texts: Readonly<Record<string, string>>): ReadonlyMap<string, SnapshotFile> {
	return new Map(Object.entries(texts).map(([name, text]) => [name, file(`snap/${name}`, text)]));
}

function snapshot(netns: Readonly<Record<string, string>>, kubernetes = CLUSTER): Snapshot {
	return {
		manifest: null,
		kubernetes: [file("snap/kubernetes/all.yaml", kubernetes)],
		cloud: [],
		namespaces: [
			{ node: "a", netns: null, files: filesOf({ ...NO_RULES, "ip-address.txt": HOST, "ip-route.txt": HOST_ROUTES }) },
			{
				node: "a",
				netns: "17",
				files: filesOf({ ...NO_RULES, "ip-address.txt": POD, "ip-route.txt": POD_ROUTES, ...netns }),
			},
		],
	};
}

describe("a snapshot's network", () => {
	test.each([
		["netns.yaml names the pod and its peer", { "netns.yaml": "pod: default/web\npeerIfindex: 7\n" }],
		["nothing does but its address", {}],
	])("holds a pod's namespace, joined to its node, where %s", (_, netns) => {
		const { network } = snapshotNetwork(snapshot(netns));
		expect(network.namespace("pod/default/web")?.addresses.map(({ address }) => address.text)).toContain("10.244.1.7");
		expect(network.wireAt("pod/default/web", "eth0")).toEqual({ kind: "device", place: "node/a", device: "veth1" });
		expect(network.wireAt("node/a", "veth1")).toEqual({ kind: "device", place: "pod/default/web", device: "eth0" });
	});

	test("carries a packet from the node to its pod and back", () => {
		const subject = { ...snapshotNetwork(snapshot({})), fromSnapshot: true };
		const { verdict, paths } = explain(subject, { from: "node/a", to: "10.244.1.7:80", protocol: "tcp" });
		expect([verdict, paths[0]?.reason]).toEqual(["delivered", expect.any(String)]);
		expect(paths[0]?.forward.links).toEqual([
			{ at: "node/a", device: "veth1" },
			{ at: "pod/default/web", device: "eth0" },
		]);
	});

	test("has the fabric that the objects describe, with the cards that the nodes really have", () => {
		const vpc = `---\napiVersion: podpath.dev/v1alpha1\nkind: VPC\nmetadata: { name: vpc-1 }\nspec: { cidrs: [10.0.0.0/16] }\n`;
		const { network } = snapshotNetwork(snapshot({}, `${CLUSTER}${vpc}`));
		expect(network.wireAt("node/a", "eth0")).toEqual({ kind: "fabric", fabric: "vpc/vpc-1" });
		expect(network.fabric("vpc/vpc-1")).toMatchObject({
			attachments: [{ place: "node/a", device: "eth0", mac: "00:16:3e:01:02:03" }],
		});
	});

	test("ends at the card where no object describes what lies behind", () => {
		expect(snapshotNetwork(snapshot({})).network.wireAt("node/a", "eth0")).toMatchObject({ kind: "outside" });
	});
});

describe("a snapshot is refused", () => {
	test("where two namespaces are the same pod's", () => {
		const once = snapshot({});
		const twice = { ...once, namespaces: [...once.namespaces, ...once.namespaces.slice(1)] };
		expect(() => snapshotNetwork(twice)).toThrow(/holds pod\/default\/web twice/);
	});

	test.each(["", "just text", "a: [", "- 1"])("where netns.yaml holds %j", (text) => {
		expect(() => snapshotNetwork(snapshot({ "netns.yaml": text }))).toThrow(/netns\.yaml:1: .*whose namespace it is/);
	});
});
