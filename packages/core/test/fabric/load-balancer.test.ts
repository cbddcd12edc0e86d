/** Load balancers before a VPC: what the cloud controller mounts, whom they choose, and who decides at the backend (reference 7.1, 7.2). */
import { describe, expect, it } from "vitest";
import type { Subject } from "../../src/trace/subject.ts";
import { ask, groupText, linkText, named, onlyPath, subjectOf } from "../support/fabric-questions.ts";
import { errorOf, nodeYaml } from "../support/manifests.ts";

const VPC = named("VPC", "v", "cidrs: [10.0.0.0/8], vSwitches: [{ id: vsw-a, cidr: 10.0.4.0/24 }]");
const NODES = [nodeYaml("n1", "10.0.4.1", "10.244.1.0/24"), nodeYaml("n2", "10.0.4.2", "10.244.2.0/24")];
const CLIENT = "internet/203.0.113.9";

/** A Service of type LoadBalancer at 198.51.100.1 with a pod in its node's network on each of these. */
function service(more: string, annotations = "", pods: readonly string[] = ["n1", "n2"]): readonly string[] {
	const endpoints = pods.map((name, i) => {
		const ip = `10.0.4.${name.slice(1)}`;
		return `apiVersion: v1\nkind: Pod\nmetadata: { name: w${i}, labels: { app: web } }\nspec: { nodeName: ${name}, hostNetwork: true, containers: [{ name: c, ports: [{ containerPort: ${8080 + i} }] }] }\nstatus: { phase: Running, podIP: ${ip}, conditions: [{ type: Ready, status: "True" }] }`;
	});
	return [
		`apiVersion: v1\nkind: Service\nmetadata: { name: web, annotations: { ${annotations} } }\nspec: { type: LoadBalancer, clusterIP: 192.168.0.10, selector: { app: web }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }]${more} }\nstatus: { loadBalancer: { ingress: [{ ip: 198.51.100.1 }] } }`,
		...endpoints,
	];
}

/** `SHARE ADDRESS:PORT` of each backend; what kube-proxy chooses after that is counted together. */
function chosen(subject: Subject, from = CLIENT): readonly string[] {
	const shares = new Map<string, number>();
	for (const { weight, nat } of ask(subject, from, "198.51.100.1:80").paths) {
		const to = nat.find(({ at }) => at.startsWith("slb/"))?.to ?? "nobody";
		shares.set(to, (shares.get(to) ?? 0) + weight);
	}
	return [...shares].map(([to, share]) => `${share.toFixed(2)} ${to}`);
}

const SECONDARY = [
	named("ENI", "eni-1", "type: secondary, instance: host/web1, device: eth1, addresses: [10.0.4.31]"),
	named("ENI", "eni-2", "type: secondary, instance: host/web2, device: eth1, addresses: [10.0.4.32]"),
];
const HOSTS = [
	named("Host", "web1", "addresses: [10.0.4.11, 10.0.4.31]"),
	named("Host", "web2", "addresses: [10.0.4.12, 10.0.4.32]"),
];
const SLICE = (first = "10.0.4.31", second = "10.0.4.32"): string =>
	`apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: { name: web-1, labels: { kubernetes.io/service-name: web } }\naddressType: IPv4\nports: [{ port: 8080, protocol: TCP }]\nendpoints: [{ addresses: [${first}], conditions: { ready: true } }, { addresses: [${second}], conditions: { ready: true } }]`;
const [SERVICE = ""] = service("");

describe("what the cloud controller mounts", () => {
	it("are nodes at the node port, evenly: rr does not look at weights", () => {
		expect(chosen(subjectOf(VPC, ...NODES, ...service("")))).toEqual(["0.50 10.0.4.1:30080", "0.50 10.0.4.2:30080"]);
	});

	it("with policy Local are nodes with a pod, by their number of pods where the Service asks for wrr (podNumberAlgorithm)", () => {
		const local = (annotations: string): Subject =>
			subjectOf(VPC, ...NODES, ...service(", externalTrafficPolicy: Local", annotations, ["n1", "n1", "n2"]));
		expect(chosen(local(""))).toEqual(["0.50 10.0.4.1:30080", "0.50 10.0.4.2:30080"]);
		const wrr = 'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-scheduler: "wrr"';
		expect(chosen(local(wrr))).toEqual(["0.67 10.0.4.1:30080", "0.33 10.0.4.2:30080"]);
	});

	it("are the ENIs of endpoints at their own port, whatever the policy (seed 000 L468, setTrafficPolicy)", () => {
		for (const policy of ["Local", "Cluster"]) {
			const [web = ""] = service(`, externalTrafficPolicy: ${policy}`);
			const subject = subjectOf(VPC, ...HOSTS, ...SECONDARY, web.replace("selector: { app: web }, ", ""), SLICE());
			expect(chosen(subject)).toEqual(["0.50 10.0.4.31:8080", "0.50 10.0.4.32:8080"]);
		}
	});

	it("are nodes again where the Service says so: service.beta.kubernetes.io/backend-type", () => {
		const [web = ""] = service("", 'service.beta.kubernetes.io/backend-type: "ecs"');
		const subject = subjectOf(
			VPC,
			...NODES,
			...HOSTS,
			...SECONDARY,
			web.replace("selector: { app: web }, ", ""),
			SLICE(),
		);
		expect(chosen(subject)).toEqual(["0.50 10.0.4.1:30080", "0.50 10.0.4.2:30080"]);
	});
});

describe("a backend that is an ENI", () => {
	const groups = (source: string): Subject =>
		subjectOf(
			VPC,
			named("Host", "web1", "addresses: [10.0.4.31]"),
			named(
				"SecurityGroup",
				"sg-1",
				`rules: [{ direction: ingress, protocol: tcp, portRange: 8080/8080, cidr: ${source} }]`,
			),
			named("ENI", "eni-1", "type: primary, instance: host/web1, securityGroups: [sg-1]"),
			SERVICE.replace("selector: { app: web }, ", ""),
			SLICE("10.0.4.31", "10.0.4.31"),
			named(
				"LoadBalancer",
				"web",
				"service: default/web, backends: [{ eni: eni-1, address: 10.0.4.31, listenerPort: 80, port: 8080 }]",
			),
		);

	it("is reached through the VPC and its own ENI, there and back (seed 000 L467)", () => {
		const path = onlyPath(ask(groups("203.0.113.0/24"), CLIENT, "198.51.100.1:80"));
		expect(path.verdict).toBe("delivered");
		expect(linkText(path.forward.links)).toBe(`${CLIENT} eth0 > slb/web > vpc/v > eni/eni-1 > host/web1 eth0`);
		expect(linkText(path.reply?.links)).toBe(`host/web1 eth0 > eni/eni-1 > vpc/v > slb/web > ${CLIENT} eth0`);
		expect(groupText(path)).toEqual(["eni-1:ingress:new:allow", "eni-1:egress:established:allow"]);
		expect(path.clientAddress).toMatchObject({ preserved: true, seen: "203.0.113.9" });
	});

	it("must let in the client itself, whose address is kept (reference 7.2)", () => {
		const path = onlyPath(ask(groups("10.0.0.0/8"), CLIENT, "198.51.100.1:80"));
		expect(path.verdict).toBe("dropped");
		expect(path.reason).toContain("no ingress rule is about tcp 8080 from 203.0.113.9");
	});
});

describe("a LoadBalancer object", () => {
	const described = (spec: string, ...more: readonly string[]): Subject =>
		subjectOf(VPC, ...NODES, ...service(""), named("LoadBalancer", "web", `service: default/web, ${spec}`), ...more);
	const members = (first = "", second = ", weight: 30"): string =>
		`backends: [{ node: n1, listenerPort: 80, port: 30080, weight: 90${first} }, { node: n2, listenerPort: 80, port: 30080${second} }]`;
	const listener = (spec: string): string => `listeners: [{ port: 80, ${spec} }]`;

	it.each([
		["wrr", ["0.75 10.0.4.1:30080", "0.25 10.0.4.2:30080"]],
		["wlc", ["0.75 10.0.4.1:30080", "0.25 10.0.4.2:30080"]],
		["rr", ["0.50 10.0.4.1:30080", "0.50 10.0.4.2:30080"]],
		["sch", ["0.50 10.0.4.1:30080", "0.50 10.0.4.2:30080"]],
	])("with scheduler %s", (scheduler, shares) => {
		expect(chosen(described(`${members()}, ${listener(`scheduler: ${scheduler}`)}`))).toEqual(shares);
	});

	it("gives nothing to members without weight or health", () => {
		expect(chosen(described(members(", healthy: false")))).toEqual(["1.00 10.0.4.2:30080"]);
		const none = described(members(", healthy: false").replace("weight: 30 }]", "weight: 0 }]"));
		expect(onlyPath(ask(none, CLIENT, "198.51.100.1:80")).reason).toContain("no backend for port 80");
	});

	it.each([
		["white", "203.0.113.0/24", "delivered"],
		["white", "198.51.100.0/24", "dropped"],
		["black", "203.0.113.0/24", "dropped"],
		["black", "198.51.100.0/24", "delivered"],
	])("with a %s list of %s: %s", (type, cidr, verdict) => {
		const subject = described(`${members()}, ${listener(`acl: { type: ${type}, cidrs: [${cidr}] }`)}`);
		expect(ask(subject, CLIENT, "198.51.100.1:80").verdict).toBe(verdict);
	});

	it("that does not keep the client's address shows its own, and brings answers back all the same (NLB)", () => {
		const subject = described(
			`type: nlb, preserveClientIp: false, localAddresses: [10.0.4.99], backends: [{ node: n1, listenerPort: 80, port: 30080 }]`,
		);
		const answer = ask(subject, CLIENT, "198.51.100.1:80");
		expect(answer.findings.find(({ code }) => code === "client-address-lost")).toBeDefined();
		for (const path of answer.paths) {
			expect(path.verdict).toBe("delivered");
			expect(path.nat.find(({ kind }) => kind === "snat")).toMatchObject({ at: "slb/web", to: "10.0.4.99:40000" });
		}
	});

	it("of which the input does not say what it shows leaves that open", () => {
		const path = onlyPath(
			ask(described(`type: nlb, preserveClientIp: false, ${members()}`), CLIENT, "198.51.100.1:80"),
		);
		expect(path.verdict).toBe("unknown");
	});

	it("cannot lead a backend back to itself (CLB)", () => {
		const eni = "backends: [{ eni: eni-h, address: 10.0.4.50, listenerPort: 80, port: 8080 }]";
		const subject = subjectOf(
			VPC,
			named("Host", "h", "addresses: [10.0.4.50]"),
			named("Host", "other", "addresses: [10.0.4.51]"),
			named("ENI", "eni-h", "type: primary, instance: host/h"),
			SERVICE.replace("selector: { app: web }, ", ""),
			SLICE("10.0.4.50", "10.0.4.50"),
			named("LoadBalancer", "web", `service: default/web, ${eni}`),
		);
		const path = onlyPath(ask(subject, "host/h", "198.51.100.1:80"));
		expect(path.verdict).toBe("dropped");
		expect(path.reason).toContain("10.0.4.50 is itself the backend");
		expect(onlyPath(ask(subject, "host/other", "198.51.100.1:80")).verdict).toBe("delivered");
	});

	it("with an address of the VPC is reached in it, and answers its clients there (address type intranet)", () => {
		const subject = described(
			`addresses: [10.0.4.200], backends: [{ node: n1, listenerPort: 80, port: 30080 }]`,
			named("Host", "client", "addresses: [10.0.4.60]"),
		);
		for (const path of ask(subject, "host/client", "10.0.4.200:80").paths) {
			expect(path.verdict).toBe("delivered");
			expect(linkText(path.forward.links)).toContain("host/client eth0 > slb/web > node/n1 eth0");
		}
	});

	it.each([
		["a member of no kind", "backends: [{ listenerPort: 80, port: 80 }]", "must name a node or an eni"],
		[
			"a member of both",
			"backends: [{ node: n1, eni: e, address: 10.0.4.1, listenerPort: 80, port: 80 }]",
			"must name a node or an eni",
		],
		[
			"an ENI without its address",
			"backends: [{ eni: e, listenerPort: 80, port: 80 }]",
			"spec.backends[0].address is missing",
		],
		[
			"an ENI that is not there",
			"backends: [{ eni: e, address: 10.0.4.1, listenerPort: 80, port: 80 }]",
			'LoadBalancer "web" names ENI "e", which is not there',
		],
		["a CLB that hides the client", "preserveClientIp: false", "a CLB keeps the client's address"],
	])("with %s is refused", (_, spec, message) => {
		const text = [VPC, ...NODES, ...service(""), named("LoadBalancer", "web", `service: default/web, ${spec}`)];
		expect(errorOf(text.join("\n---\n"))).toContain(message);
	});
});
