import { describe, expect, test } from "vitest";
import { clusterOfYaml, nodeYaml, ownYaml, podYaml, serviceYaml } from "../support/manifests.ts";

const texts = (addresses: readonly { readonly text: string }[] | undefined): readonly string[] =>
	(addresses ?? []).map(({ text }) => text);

describe("a Service", () => {
	test("has what the API server fills in (kubernetes pkg/apis/core/v1/defaults.go)", () => {
		const { services } = clusterOfYaml(serviceYaml("s", "sessionAffinity: ClientIP, ports: [{ port: 80 }]"));
		expect(services[0]).toMatchObject({
			namespace: "default",
			type: "ClusterIP",
			selector: null,
			headless: false,
			ports: [{ name: "", protocol: "tcp", port: 80, targetPort: 80, nodePort: 0 }],
			externalTrafficPolicy: "Cluster",
			internalTrafficPolicy: "Cluster",
			sessionAffinitySeconds: 10800,
			publishNotReadyAddresses: false,
		});
	});

	test("has addresses of both families, and those that stand before it", () => {
		const { services } = clusterOfYaml(
			`${serviceYaml("s", 'type: LoadBalancer, clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, "fd00::1"], ipFamilies: [IPv4, IPv6], externalIPs: [192.0.2.1], loadBalancerSourceRanges: [" 198.51.100.0/24 "]')}
status: { loadBalancer: { ingress: [{ ip: 203.0.113.1 }, { ip: 203.0.113.2, ipMode: Proxy }, { hostname: lb.example }] } }`,
		);
		const [service] = services;
		expect(texts(service?.clusterIPs)).toEqual(["10.96.0.1", "fd00::1"]);
		expect(service?.ipFamilies).toEqual([4, 6]);
		expect(service?.loadBalancerIngress.map(({ ip, ipMode }) => `${ip.text} ${ipMode}`)).toEqual([
			"203.0.113.1 VIP",
			"203.0.113.2 Proxy",
		]);
		expect(texts(service?.loadBalancerSourceRanges)).toEqual(["198.51.100.0/24"]);
	});

	test("is headless with clusterIP None", () => {
		expect(clusterOfYaml(serviceYaml("s", "clusterIP: None")).services[0]).toMatchObject({
			headless: true,
			clusterIPs: [],
		});
	});
});

describe("a Pod", () => {
	test("that a person wrote with an address runs and is ready", () => {
		const { pods } = clusterOfYaml(podYaml("a", "10.0.0.1"));
		expect(pods[0]).toMatchObject({ phase: "Running", ready: true, terminating: false, nodeName: "a" });
	});

	test("is as ready as its condition says, whoever controls it", () => {
		const { pods } = clusterOfYaml(`
apiVersion: v1
kind: Pod
metadata:
  name: a
  deletionTimestamp: "2026-01-01T00:00:00Z"
  ownerReferences: [{ kind: Node, name: n }, { kind: ReplicaSet, name: rs, controller: true }]
spec:
  containers: [{ ports: [{ name: http, containerPort: 80 }] }]
  initContainers: [{ ports: [{ name: init, containerPort: 1 }] }, { restartPolicy: Always, ports: [{ name: side, containerPort: 2, protocol: UDP }] }]
status:
  phase: Running
  podIP: 10.0.0.1
  podIPs: [{ ip: 10.0.0.1 }, { ip: "fd00::1" }]
  conditions: [{ type: Ready, status: "False" }]`);
		expect(pods[0]).toMatchObject({ ready: false, terminating: true, owner: "ReplicaSet/rs" });
		expect(texts(pods[0]?.podIPs)).toEqual(["10.0.0.1", "fd00::1"]);
		expect(pods[0]?.ports.map(({ name, protocol }) => `${name} ${protocol}`)).toEqual(["http tcp", "side udp"]);
	});

	test("in its Node's network has the Node's address where it says none", () => {
		const pod = podYaml("a", "").replace("spec: {", "spec: { hostNetwork: true,");
		const cluster = clusterOfYaml(nodeYaml("a", "10.0.0.7", "10.244.0.0/24"), pod);
		expect(texts(cluster.pod("default/a")?.podIPs)).toEqual(["10.0.0.7"]);
		expect(cluster.podsOn("a")).toEqual([]);
	});
});

describe("endpoints that are in the input", () => {
	const service = serviceYaml("web", "clusterIP: 10.96.0.1, ports: [{ port: 80 }]");
	const slice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-x, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
ports: [{ port: 8080 }]
endpoints:
- addresses: [10.0.0.1]
- addresses: [10.0.0.2]
  conditions: { ready: false, serving: true, terminating: true }
  nodeName: n
  hints: { forZones: [{ name: z }], forNodes: [{ name: n }] }`;
	const endpoints = `apiVersion: v1
kind: Endpoints
metadata: { name: web }
subsets:
- addresses: [{ ip: 10.0.0.8, nodeName: n, targetRef: { kind: Pod, namespace: default, name: p } }, { ip: "fd00::8" }]
  notReadyAddresses: [{ ip: 10.0.0.9 }]
  ports: [{ port: 8080 }]`;

	test("a condition that is not said is ready (discovery/v1 EndpointConditions)", () => {
		const [read] = clusterOfYaml(service, slice).slicesOf("default/web");
		expect(read).toMatchObject({
			derived: false,
			ports: [{ name: "", protocol: "tcp", port: 8080 }],
			endpoints: [
				{ ready: true, serving: true, terminating: false },
				{ ready: false, serving: true, terminating: true, nodeName: "n", forZones: ["z"], forNodes: ["n"] },
			],
		});
	});

	test("Endpoints are slices of each family, with those that are not ready", () => {
		const slices = clusterOfYaml(service, endpoints).slicesOf("default/web");
		expect(slices.map(({ addressType }) => addressType)).toEqual(["IPv4", "IPv6"]);
		expect(slices[0]?.endpoints).toMatchObject([
			{ ready: true, target: "pod/default/p", nodeName: "n" },
			{ ready: false, target: "" },
		]);
	});

	test("EndpointSlices count before Endpoints", () => {
		const [only, ...more] = clusterOfYaml(service, endpoints, slice).slicesOf("default/web");
		expect([only?.name, more]).toEqual(["web-x", []]);
	});
});

describe("who has an address", () => {
	test("Pods, Nodes, Hosts and Services, by any of theirs", () => {
		const cluster = clusterOfYaml(
			nodeYaml("a", "10.0.0.1", "10.244.0.0/24"),
			podYaml("p", "10.244.0.5"),
			ownYaml("Host", "addresses: [10.0.0.50]"),
			serviceYaml("s", "clusterIP: 10.96.0.1, externalIPs: [192.0.2.1]"),
		);
		const kindOf = (words: number, text: string): string | undefined => {
			const [owner] = cluster.ownersOf({ family: 4, words: [words], text });
			return owner?.kind === "service" ? owner.via : owner?.kind;
		};
		expect(kindOf(0x0a000001, "10.0.0.1")).toBe("node");
		expect(kindOf(0x0af40005, "10.244.0.5")).toBe("pod");
		expect(kindOf(0x0a000032, "10.0.0.50")).toBe("host");
		expect(kindOf(0x0a600001, "10.96.0.1")).toBe("cluster-ip");
		expect(kindOf(0xc0000201, "192.0.2.1")).toBe("external-ip");
		expect(kindOf(0x01010101, "1.1.1.1")).toBeUndefined();
	});
});
