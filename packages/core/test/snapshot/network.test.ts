import { describe, expect, test } from "vitest";
import type { Snapshot, SnapshotFile } from "../../src/snapshot/files.ts";
import { snapshotNetwork } from "../../src/snapshot/network.ts";
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

	test("has the segment that manifests alone would get too, with the gateways by which the nodes' routes lead", () => {
		const { network } = snapshotNetwork(snapshot({}));
		expect(network.wireAt("node/a", "eth0")).toEqual({ kind: "fabric", fabric: "segment/assumed" });
		expect(network.fabric("segment/assumed")).toMatchObject({ gateways: [{ text: "10.0.0.254" }] });
		expect(network.assumptions.map(({ code }) => code)).toContain("underlay-assumed");
	});

	test("ends at the card where nothing says which machines there are", () => {
		expect(snapshotNetwork(withoutObjects(snapshot({}))).network.wireAt("node/a", "eth0")).toMatchObject({
			kind: "outside",
		});
	});

	test("has nodes without files as the manifests predict them, where they say the mode", () => {
		const more = `---
apiVersion: podpath.dev/v1alpha1
kind: Cluster
metadata: { name: c }
spec: { mode: flannel-host-gw, podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12] }
---
apiVersion: v1
kind: Node
metadata: { name: b }
spec: { podCIDR: 10.244.2.0/24 }
status: { addresses: [{ type: InternalIP, address: 10.0.0.2 }] }
`;
		const { network, shown, predicted } = snapshotNetwork(snapshot({}, `${CLUSTER}${more}`));
		expect([...shown]).toEqual(["node/a", "pod/default/web"]);
		expect(network.namespace("node/b")).toBe(predicted?.namespace("node/b"));
		expect(network.namespace("node/a")).not.toBe(predicted?.namespace("node/a"));
		expect(network.wireAt("node/b", "eth0")).toEqual({ kind: "fabric", fabric: "segment/assumed" });
	});
});

/** The lines of a veth, as `ip -d address` prints them. */
function veth(line: string, mac: string, elsewhere: string, address = ""): string {
	return `${line}: <BROADCAST,UP,LOWER_UP> mtu 1500
    link/ether ${mac} brd ff:ff:ff:ff:ff:ff ${elsewhere} promiscuity 0
    veth
${address === "" ? "" : `    inet ${address} scope global eth0\n`}`;
}

/** A machine with two pods whose indexes do not tell which is behind which device: all their eth0 have index 2 and peer 7 or 8. */
function twoPods(host: Readonly<Record<string, string>>, pods: readonly Readonly<Record<string, string>>[]): Snapshot {
	const ends = `${LO}${veth("7: va@if2", "1e:00:00:00:00:07", "link-netnsid 0")}${veth("8: vb@if2", "1e:00:00:00:00:08", "link-netnsid 1")}`;
	return {
		manifest: null,
		kubernetes: [],
		cloud: [],
		namespaces: [
			{ node: "a", netns: null, files: filesOf({ "ip-address.txt": ends, ...host }) },
			...pods.map((files, i) => ({ node: "a", netns: `p${i}`, files: filesOf(files) })),
		],
	};
}

/** eth0 of pod 0 and of pod 1: both say that their other end has index 7, as a dump put together wrongly may. */
const ENDS = [0, 1].map(
	(i) => `${LO}${veth(`2: eth0@if${7 + i}`, `2e:00:00:00:00:0${i}`, "link-netnsid 0", `10.244.1.${7 + i}/24`)}`,
);

describe("a pod's device is joined with its node's", () => {
	const joined = (snapshot: Snapshot): unknown => {
		const { network } = snapshotNetwork(snapshot);
		return ["va", "vb"].map((device) => {
			const far = network.wireAt("node/a", device);
			return far.kind === "device" ? `${far.place} ${far.device}` : far.kind;
		});
	};
	const both = ["netns/a/p0 eth0", "netns/a/p1 eth0"];
	/** Two machines' worth of nodes on one kernel: both pods' other ends have the same index in different namespaces. */
	const sameIndex = [0, 1].map((i) => `${LO}${veth("2: eth0@if7", `2e:00:00:00:00:0${i}`, "link-netnsid 0")}`);
	const second = `${LO}${veth("7: vx@if2", "1e:00:00:00:00:09", "link-netnsid 0")}`;

	test("by the indexes that each tells of the other", () => {
		expect(
			joined(
				twoPods(
					{},
					ENDS.map((text) => ({ "ip-address.txt": text })),
				),
			),
		).toEqual(both);
	});

	test("by the namespaces' ids, where several devices have the same index", () => {
		const netns = [...sameIndex, second].map((text) => ({ "ip-address.txt": text }));
		const ids = { "netns.yaml": "nsids: { 0: p1 }" };
		expect(joined(twoPods({}, netns))).toEqual(["outside", "outside"]);
		expect(joined(twoPods({ "netns.yaml": "nsids: { 0: p0 }" }, netns))).toEqual(["netns/a/p0 eth0", "outside"]);
		expect(joined(twoPods({}, [netns[0] ?? {}, netns[1] ?? {}, { ...netns[2], ...ids }]))).toEqual([
			"netns/a/p0 eth0",
			"outside",
		]);
	});

	test("by the names that ip prints in the ids' place", () => {
		const netns = [...sameIndex, second].map((text) => ({ "ip-address.txt": text }));
		const text = `${LO}${veth("7: va@if2", "1e:00:00:00:00:07", "link-netns p1")}`;
		expect(joined(twoPods({ "ip-address.txt": text }, netns))).toEqual(["netns/a/p1 eth0", "outside"]);
	});

	test.each([
		["the MAC that its bridge learned", { "bridge-fdb.txt": "2e:00:00:00:00:01 dev va master cni0\n" }],
		["the MAC of a neighbour", { "ip-neigh.txt": "10.244.1.7 dev va lladdr 2e:00:00:00:00:01 REACHABLE\n" }],
	])("by %s", (_, host) => {
		const netns = sameIndex.map((text) => ({ "ip-address.txt": text }));
		expect(joined(twoPods({}, netns))).toEqual(["outside", "outside"]);
		expect(joined(twoPods(host, netns))).toEqual(["netns/a/p1 eth0", "outside"]);
	});

	test("and known by the uid of the pod whose group its processes are in", () => {
		const lost = { "ip-address.txt": POD.replace(/ +inet 10.244.*\n/, ""), "netns.yaml": "podUID: 1-2-3" };
		const { shown } = snapshotNetwork(snapshot(lost, CLUSTER.replace("name: web,", "name: web, uid: 1-2-3,")));
		expect([...shown]).toEqual(["node/a", "pod/default/web"]);
	});

	test("and known by the node's route or neighbour where it has lost its address", () => {
		const lost = { "ip-address.txt": POD.replace(/ +inet 10.244.*\n/, ""), "netns.yaml": "{}" };
		const route = HOST_ROUTES.replace("10.244.1.0/24", "10.244.1.7");
		const { shown } = snapshotNetwork(withHost(snapshot(lost), { "ip-route.txt": route }));
		expect([...shown]).toEqual(["node/a", "pod/default/web"]);
		const neighbour = "10.244.1.7 dev veth1 lladdr 2e:16:3e:01:02:03 REACHABLE\n";
		expect([...snapshotNetwork(withHost(snapshot(lost), { "ip-neigh.txt": neighbour })).shown]).toEqual([
			"node/a",
			"pod/default/web",
		]);
		expect([...snapshotNetwork(snapshot(lost)).shown]).toEqual(["node/a", "netns/a/17"]);
	});
});

describe("a namespace that has lost the address that names it", () => {
	/** The node's end of the pair has no address of its own, as below a bridge. */
	const bare = HOST.replace(/ +inet 10\.244.*\n/, "");
	const lost = { "ip-address.txt": POD.replace(/ +inet 10\.244.*\n/, ""), "netns.yaml": "{}" };

	test("is the pod that no other is, where only one is left at its node", () => {
		const one = withHost(snapshot(lost), { "ip-address.txt": bare });
		expect([...snapshotNetwork(one).shown]).toEqual(["node/a", "pod/default/web"]);
		const another = CLUSTER.replace("name: web,", "name: other,").replaceAll("10.244.1.7", "10.244.1.8");
		const two = { ...one, kubernetes: [...one.kubernetes, file("more.yaml", another.slice(another.indexOf("---")))] };
		expect([...snapshotNetwork(two).shown]).toEqual(["node/a", "netns/a/17"]);
	});

	test("is the node whose pods are at its devices", () => {
		const [host, pod] = snapshot({}).namespaces;
		const text = HOST.replace(/ +inet 10\.0\.0\.1.*\n/, "");
		const lab = {
			...snapshot({}),
			namespaces: [
				{
					node: "vm",
					netns: "n1",
					files: filesOf({ ...NO_RULES, "ip-address.txt": text, "ip-route.txt": HOST_ROUTES }),
				},
				...(pod === undefined ? [] : [{ ...pod, node: "vm" }]),
			],
		};
		expect([...snapshotNetwork(lab).shown]).toEqual(["node/a", "pod/default/web"]);
		// Not where the node is there under its own name.
		const known = { ...lab, namespaces: [...lab.namespaces, ...(host === undefined ? [] : [host])] };
		expect([...snapshotNetwork(known).shown].sort()).toEqual(["netns/vm/n1", "node/a", "pod/default/web"]);
	});
});

function withoutObjects(snapshot: Snapshot): Snapshot {
	return { ...snapshot, kubernetes: [] };
}

function withHost(snapshot: Snapshot, more: Readonly<Record<string, string>>): Snapshot {
	const [host, ...pods] = snapshot.namespaces;
	if (host === undefined) return snapshot;
	return { ...snapshot, namespaces: [{ ...host, files: new Map([...host.files, ...filesOf(more)]) }, ...pods] };
}

describe("a machine that is a container, or stands in a lab", () => {
	test("has its cable for a card where the objects know it, whatever its folder is called", () => {
		const cable = `${LO}${veth("2: eth0@if9", "02:00:00:00:00:01", "link-netnsid 0", "10.0.0.1/24")}`;
		const once = snapshot({});
		const lab = {
			...once,
			namespaces: [{ node: "kind-host", netns: "n1", files: filesOf({ "ip-address.txt": cable }) }],
		};
		const { network, shown } = snapshotNetwork(lab);
		expect([...shown]).toEqual(["node/a"]);
		expect(network.wireAt("node/a", "eth0")).toEqual({ kind: "fabric", fabric: "segment/assumed" });
	});
});

describe("a snapshot is refused", () => {
	test("where two namespaces are the same pod's", () => {
		const once = snapshot({ "netns.yaml": "pod: default/web" });
		const twice = { ...once, namespaces: [...once.namespaces, ...once.namespaces.slice(1)] };
		expect(() => snapshotNetwork(twice)).toThrow(/holds pod\/default\/web twice/);
	});

	test("not where two merely have the same address: then that is told", () => {
		const once = snapshot({});
		const [, pod] = once.namespaces;
		const twice = {
			...once,
			namespaces: [...once.namespaces, ...(pod === undefined ? [] : [{ ...pod, netns: "18" }])],
		};
		const { network, shown } = snapshotNetwork(twice);
		expect([...shown]).toEqual(["node/a", "pod/default/web", "netns/a/18"]);
		expect(network.assumptions).toContainEqual(
			expect.objectContaining({ code: "duplicate-address", severity: "warning", place: "pod/default/web" }),
		);
	});

	test.each(["", "just text", "a: [", "- 1", "place: moon/a"])("where netns.yaml holds %j", (text) => {
		expect(() => snapshotNetwork(snapshot({ "netns.yaml": text }))).toThrow(
			/netns\.yaml:1: .*(whose namespace it is|is no place)/,
		);
	});
});
