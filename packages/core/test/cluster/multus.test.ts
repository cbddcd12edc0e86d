/** NetworkAttachmentDefinitions and the annotations that name them (Kubernetes Network CRD De-facto Standard, multus-cni docs). */
import { describe, expect, test } from "vitest";
import type { NetworkAttachment } from "../../src/cluster/multus-objects.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { worded } from "../../src/wording/phrase.ts";
import { clusterOfYaml, errorOf, nodeYaml } from "../support/manifests.ts";

const settings =
	"apiVersion: podpath.dev/v1alpha1\nkind: Cluster\nmetadata: { name: c }\nspec: { mode: flannel-vxlan, podCIDRs: [10.244.0.0/16] }";
const nodes = [nodeYaml("n1", "192.168.0.1", "10.244.1.0/24"), nodeYaml("n2", "192.168.0.2", "10.244.2.0/24")];

const nad = (name: string, config: string, namespace = "default"): string =>
	`apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec:\n  config: '${config}'`;

const pod = (name: string, networks: string, node = "n1", status = ""): string =>
	[
		`apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n  annotations:\n    k8s.v1.cni.cncf.io/networks: '${networks}'`,
		status === "" ? "" : `\n    k8s.v1.cni.cncf.io/network-status: '${status}'`,
		`\nspec: { nodeName: ${node} }`,
	].join("");

const macvlan = (ipam: string, more = ""): string =>
	`{ "cniVersion": "0.3.1", "type": "macvlan", "master": "eth1"${more}, "ipam": ${ipam} }`;
const range =
	'{ "type": "whereabouts", "range": "10.20.0.0/24", "range_start": "10.20.0.5", "range_end": "10.20.0.7" }';

function cards(name: string, ...documents: readonly string[]): readonly NetworkAttachment[] {
	return clusterOfYaml(settings, ...nodes, ...documents).pod(`default/${name}`)?.attachments ?? [];
}

const shown = ({ interface: device, addresses }: NetworkAttachment): string =>
	`${device} ${addresses.map(({ address, prefixLength }) => `${address.text}/${prefixLength}`).join(" ")}`;

describe("the annotation", () => {
	const networks = [
		nad("a", macvlan(range)),
		nad("b", macvlan('{ "type": "static" }', ', "capabilities": { "ips": true }'), "nets"),
	];

	// multus docs/how-to-use.md: net1, net2 … in the order of the annotation.
	test("in its short form names networks, namespaces and interfaces", () => {
		expect(cards("p", ...networks, pod("p", "a, nets/b@data0, a")).map(shown)).toEqual([
			"net1 10.20.0.5/24",
			"data0 ",
			"net3 10.20.0.6/24",
		]);
	});

	test("as JSON asks for addresses and a MAC too", () => {
		const asked = '[{ "name": "b", "namespace": "nets", "ips": ["10.9.0.4/16"], "mac": "02:00:00:00:00:09" }]';
		const [card] = cards("p", ...networks, pod("p", asked));
		expect(card && shown(card)).toBe("net1 10.9.0.4/16");
		expect(card?.mac).toBe("02:00:00:00:00:09");
	});

	test("network-status says the addresses that the pod has", () => {
		const status =
			'[{ "name": "cbr0", "interface": "eth0" }, { "name": "default/a", "interface": "net1", "ips": ["10.20.0.77"] }]';
		expect(cards("p", ...networks, pod("p", "a", "n1", status)).map(shown)).toEqual(["net1 10.20.0.77/24"]);
	});

	test.each([
		["a network that is not there", "c", 'asks for NetworkAttachmentDefinition "default/c", which is not there'],
		["a name that cannot be one", "a b", "must be a list of networks"],
		["JSON that is none", '[{ "name": "a" ]', 'not valid JSON: expected "," or "}" (line 1, column 16 of the text)'],
		["an address without its length", '[{ "name": "a", "ips": ["10.1.1.1"] }]', "must be an address with its length"],
	])("with %s is refused where it stands", (_, asked, message) => {
		const error = errorOf([settings, ...nodes, ...networks, pod("p", asked)].join("\n---\n"));
		expect(error).toContain(message);
		expect(error).toMatch(/^a\.yaml:\d+:\d+: /);
	});
});

// multus-cni pkg/k8sclient tryLoadK8sPodDefaultNetwork: of kube-system unless it says, one alone, and it is delegate 0, eth0.
describe("v1.multus-cni.io/default-network", () => {
	const withDefault = (asked: string, more = "", status = ""): string =>
		`apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  annotations:\n    v1.multus-cni.io/default-network: '${asked}'${more}\nspec: { nodeName: n1 }${status}`;
	const fabric =
		"apiVersion: podpath.dev/v1alpha1\nkind: Segment\nmetadata: { name: lan }\nspec: { cidrs: [192.168.0.0/24, 10.20.0.0/24], ports: [{ machine: n1, device: eth1 }, { machine: n2, device: eth1 }] }";
	const networks = [nad("a", macvlan(range), "kube-system"), nad("b", macvlan('{ "type": "static" }'))];

	test("makes the pod's eth0, and its own address; the cluster's network does nothing for it", () => {
		const cluster = clusterOfYaml(settings, ...nodes, fabric, ...networks, withDefault("a"));
		expect(cluster.pod("default/p")?.podIPs.map(({ text }) => text)).toEqual(["10.20.0.5"]);
		const network = clusterNetwork(cluster);
		const eth0 = network.namespace("pod/default/p")?.links.find(({ name }) => name === "eth0");
		expect(eth0).toMatchObject({ kind: "macvlan", lower: { place: "node/n1", device: "eth1" } });
		expect(network.namespace("node/n1")?.links.filter(({ kind }) => kind === "veth")).toEqual([]);
	});

	test("others are counted from net1", () => {
		const pod = withDefault("kube-system/a", "\n    k8s.v1.cni.cncf.io/networks: b");
		const cluster = clusterOfYaml(settings, ...nodes, fabric, ...networks, pod);
		expect(cluster.pod("default/p")?.attachments?.map(shown)).toEqual(["eth0 10.20.0.5/24", "net1 "]);
	});

	test("a running pod's address is its status', of no pod CIDR", () => {
		const pod = withDefault("a", "", "\nstatus: { phase: Running, podIP: 10.20.0.9 }");
		const cluster = clusterOfYaml(settings, ...nodes, fabric, ...networks, pod);
		expect(cluster.pod("default/p")?.attachments?.map(shown)).toEqual(["eth0 10.20.0.9/24"]);
	});

	test.each([
		["b", 'asks for NetworkAttachmentDefinition "kube-system/b", which is not there'],
		["a, default/b", "names two networks: a pod has one default network"],
		["a b", "must be a list of networks"],
	])("%s is refused where it stands", (asked, message) => {
		const error = errorOf([settings, ...nodes, fabric, ...networks, withDefault(asked)].join("\n---\n"));
		expect(error).toContain(message);
		expect(error).toMatch(/^a\.yaml:\d+:\d+: /);
	});
});

describe("a configuration", () => {
	test.each([
		[
			"that is no JSON",
			"{ type: macvlan }",
			"spec.config: not valid JSON: expected a name in double quotes (line 1, column 3 of the text)",
		],
		["without a plug-in", "{ }", "spec.config: type must be the name of a plug-in"],
		[
			"of an unknown mode",
			macvlan('{ "type": "static" }', ', "mode": "bridg"'),
			'mode must be one of bridge, private, vepa, passthru, not "bridg"',
		],
		[
			"with a start outside its range",
			macvlan('{ "type": "whereabouts", "range": "10.0.0.0/24", "range_start": "10.0.1.1" }'),
			"ipam.range_start 10.0.1.1 is not in 10.0.0.0/24",
		],
		[
			"with an end before its start",
			macvlan('{ "type": "host-local", "subnet": "10.0.0.0/24", "rangeStart": "10.0.0.9", "rangeEnd": "10.0.0.5" }'),
			"rangeEnd 10.0.0.5 is before rangeStart 10.0.0.9",
		],
	])("%s is refused, with its place in the text", (_, config, message) => {
		expect(errorOf([settings, ...nodes, nad("a", config)].join("\n---\n"))).toContain(message);
	});

	// whereabouts gives out addresses for the whole cluster, host-local for each node by itself.
	test("of whereabouts gives each pod its own address, whatever its node; an exhausted range is an error", () => {
		const pods = ["p", "q", "r"].map((name, i) => pod(name, "a", i === 0 ? "n1" : "n2"));
		const all = clusterOfYaml(settings, ...nodes, nad("a", macvlan(range)), ...pods);
		expect(all.pods.map(({ attachments = [] }) => attachments.map(shown).join())).toEqual([
			"net1 10.20.0.5/24",
			"net1 10.20.0.6/24",
			"net1 10.20.0.7/24",
		]);
		const error = errorOf([settings, ...nodes, nad("a", macvlan(range)), ...pods, pod("s", "a")].join("\n---\n"));
		expect(error).toContain("no address is left for pod/default/s in 10.20.0.5-10.20.0.7");
	});

	test("of host-local gives out the same addresses on each node, which is refused", () => {
		const local = nad("a", macvlan('{ "type": "host-local", "subnet": "10.0.0.0/24" }'));
		expect(cards("p", local, pod("p", "a")).map(shown)).toEqual(["net1 10.0.0.2/24"]);
		const error = errorOf([settings, ...nodes, local, pod("p", "a"), pod("q", "a", "n2")].join("\n---\n"));
		expect(error).toContain("host-local gives pod/default/q 10.0.0.2 on node/n2, which pod/default/p has on its node");
	});
});

describe("a pod's namespace", () => {
	const networks = [
		nad(
			"by-source",
			`{ "plugins": [${macvlan('{ "type": "static", "addresses": [{ "address": "10.20.0.9/24", "gateway": "10.20.0.1" }] }')}, { "type": "sbr" }] }`,
		),
		nad("way-out", macvlan('{ "type": "static" }', ', "capabilities": { "ips": true }')),
		nad("nobody", '{ "type": "sriov" }'),
	];
	const segment =
		"apiVersion: podpath.dev/v1alpha1\nkind: Segment\nmetadata: { name: lan }\nspec: { cidrs: [192.168.0.0/24] }\n---\napiVersion: podpath.dev/v1alpha1\nkind: Segment\nmetadata: { name: data }\nspec: { cidrs: [10.20.0.0/24], ports: [{ machine: n1, device: eth1, trunk: all }] }";
	const network = (...documents: readonly string[]) =>
		clusterNetwork(clusterOfYaml(settings, segment, ...nodes, ...networks, ...documents));

	// plugins/meta/sbr/main.go: table 100, a rule for the address, and the card's routes there instead of in main.
	test("has sbr's rule and table", () => {
		const made = network(pod("p", "by-source")).namespace("pod/default/p");
		const own = made?.rules.filter(({ priority }) => priority === 32765) ?? [];
		expect(own.map(({ from, action }) => [from?.text, action])).toEqual([
			["10.20.0.9/32", { kind: "lookup", table: 100 }],
		]);
		const routes = made?.routes.filter(({ nextHops }) => nextHops[0]?.device === "net1") ?? [];
		expect(
			routes
				.filter(({ type, family }) => type === "unicast" && family === 4)
				.map(({ table, destination }) => `${table} ${destination.text}`),
		).toEqual(["100 10.20.0.0/24", "100 0.0.0.0/0"]);
	});

	test("has another way out where the annotation says default-route", () => {
		const asked = '[{ "name": "way-out", "ips": ["10.20.0.7/24"], "default-route": ["10.20.0.1"] }]';
		const routes = network(pod("p", asked)).namespace("pod/default/p")?.routes ?? [];
		const ways = routes.filter(({ destination, type }) => destination.text === "0.0.0.0/0" && type === "unicast");
		expect(ways.map(({ nextHops: [hop] }) => `${hop?.gateway?.text} ${hop?.device}`)).toEqual(["10.20.0.1 net1"]);
	});

	test("of a node that is not said to have the master's card: a finding says what would", () => {
		const made = network(pod("p", "by-source", "n2"));
		const missing = made.assumptions.find(({ code }) => code === "card-missing");
		expect(worded(missing?.message ?? "")).toContain("node/n2 is not said to have eth1");
	});

	test("a plug-in that podpath does not evaluate is named", () => {
		const made = network(pod("p", "nobody"));
		expect(made.namespace("pod/default/p")?.links.find(({ name }) => name === "net1")).toMatchObject({
			kind: "other",
			driver: "plug-in sriov",
		});
	});
});
