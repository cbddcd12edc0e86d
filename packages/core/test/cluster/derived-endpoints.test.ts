/**
 * Endpoints from selectors. What is expected is what the endpoint slice controller does: kubernetes
 * staging/src/k8s.io/endpointslice/utils.go (podToEndpoint, getEndpointPorts, FindPort, getAddressTypesForService).
 */
import { describe, expect, test } from "vitest";
import type { EndpointSlice } from "../../src/cluster/objects.ts";
import { clusterOfYaml, podYaml, serviceYaml } from "../support/manifests.ts";

function derived(spec: string, ...documents: readonly string[]): readonly EndpointSlice[] {
	return clusterOfYaml(serviceYaml("web", `selector: { app: web }, ${spec}`), ...documents).slicesOf("default/web");
}

/** `ADDRESS:PORT` of what is ready. */
function ready(slices: readonly EndpointSlice[]): readonly string[] {
	return slices.flatMap(({ endpoints, ports }) =>
		endpoints.filter((each) => each.ready).map((each) => `${each.addresses[0]?.text}:${ports[0]?.port}`),
	);
}

const HTTP = "clusterIP: 10.96.0.1, ports: [{ port: 80, targetPort: http }]";
const withPort = (name: string, ip: string, port: number): string =>
	podYaml(name, ip).replace(
		"nodeName: a",
		`nodeName: a, containers: [{ ports: [{ name: http, containerPort: ${port} }] }]`,
	);
const withStatus = (name: string, ip: string, status: string): string =>
	podYaml(name, ip).replace("status: {", `status: { ${status},`);

describe("endpoints derived from Pods", () => {
	test("are the Pods of the namespace with all labels of the selector", () => {
		const elsewhere = podYaml("c", "10.0.0.3").replace("name: c", "name: c, namespace: other");
		const unlike = podYaml("d", "10.0.0.4").replace("app: web", "app: db");
		const slices = derived(
			"clusterIP: 10.96.0.1, ports: [{ port: 80 }]",
			podYaml("a", "10.0.0.1"),
			podYaml("b", "10.0.0.2"),
			elsewhere,
			unlike,
		);
		expect(ready(slices)).toEqual(["10.0.0.1:80", "10.0.0.2:80"]);
		expect(slices[0]).toMatchObject({
			derived: true,
			serviceName: "web",
			endpoints: [{ nodeName: "a", target: "pod/default/a" }, {}],
		});
	});

	test("find a named port in each Pod: different numbers make different slices", () => {
		const slices = derived(
			HTTP,
			withPort("a", "10.0.0.1", 8080),
			withPort("b", "10.0.0.2", 9090),
			podYaml("c", "10.0.0.3"),
		);
		expect(slices.map(({ ports }) => ports.map(({ port }) => port))).toEqual([[8080], [9090], []]);
	});

	test("a named port is one of the Service's protocol", () => {
		const udp = withPort("a", "10.0.0.1", 53).replace("containerPort: 53", "containerPort: 53, protocol: UDP");
		expect(derived(HTTP, udp)[0]?.ports).toEqual([]);
	});

	test("leave out Pods that are done or have no address, and keep those that are not ready", () => {
		const slices = derived(
			"clusterIP: 10.96.0.1, ports: [{ port: 80 }]",
			withStatus("a", "10.0.0.1", "phase: Failed"),
			withStatus("b", "", "phase: Pending"),
			withStatus("c", "10.0.0.3", 'phase: Running, conditions: [{ type: Ready, status: "False" }]'),
		);
		expect(slices[0]?.endpoints).toMatchObject([{ ready: false, serving: false, target: "pod/default/c" }]);
	});

	test("a Pod that leaves serves, but is not ready", () => {
		const leaving = podYaml("a", "10.0.0.1").replace(
			"metadata: {",
			'metadata: { deletionTimestamp: "2026-01-01T00:00:00Z",',
		);
		expect(derived("clusterIP: 10.96.0.1, ports: [{ port: 80 }]", leaving)[0]?.endpoints).toMatchObject([
			{ ready: false, serving: true, terminating: true },
		]);
	});

	test("publishNotReadyAddresses makes all ready", () => {
		const not = withStatus("a", "10.0.0.1", 'conditions: [{ type: Ready, status: "False" }]');
		expect(ready(derived("publishNotReadyAddresses: true, clusterIP: None, ports: [{ port: 80 }]", not))).toEqual([
			"10.0.0.1:80",
		]);
	});

	test("are of the Service's families", () => {
		const dual = withStatus("a", "10.0.0.1", 'podIPs: [{ ip: 10.0.0.1 }, { ip: "fd00::1" }]');
		const families = (spec: string): readonly string[] =>
			derived(`ports: [{ port: 80 }], ${spec}`, dual).map(({ addressType }) => addressType);
		expect(families("clusterIP: 10.96.0.1")).toEqual(["IPv4"]);
		expect(families('clusterIP: "fd00:96::1"')).toEqual(["IPv6"]);
		expect(families("clusterIP: 10.96.0.1, ipFamilies: [IPv4, IPv6]")).toEqual(["IPv4", "IPv6"]);
		expect(families("clusterIP: None")).toEqual(["IPv4", "IPv6"]);
		expect(families("clusterIP: None, ipFamilies: [IPv6]")).toEqual(["IPv6"]);
	});

	test("are none for an ExternalName and without selector", () => {
		expect(derived("type: ExternalName, externalName: x.example", podYaml("a", "10.0.0.1"))).toEqual([]);
		expect(clusterOfYaml(serviceYaml("web", "selector: {}"), podYaml("a", "10.0.0.1")).slicesOf("default/web")).toEqual(
			[],
		);
	});

	test("have hints where the Service asks for close ones (endpointslice/trafficdist)", () => {
		const node = "apiVersion: v1\nkind: Node\nmetadata: { name: a, labels: { topology.kubernetes.io/zone: z } }";
		const hints = (distribution: string): unknown =>
			derived(
				`clusterIP: 10.96.0.1, trafficDistribution: ${distribution}, ports: [{ port: 80 }]`,
				node,
				podYaml("a", "10.0.0.1"),
			)[0]?.endpoints[0];
		expect(hints("PreferSameZone")).toMatchObject({ zone: "z", forZones: ["z"], forNodes: [] });
		expect(hints("PreferSameNode")).toMatchObject({ zone: "z", forZones: ["z"], forNodes: ["a"] });
	});

	test("a label named like one of Object's members selects nothing by accident", () => {
		const service = serviceYaml("web", "selector: { constructor: x }, clusterIP: 10.96.0.1, ports: [{ port: 80 }]");
		expect(clusterOfYaml(service, podYaml("a", "10.0.0.1")).slicesOf("default/web")).toEqual([]);
	});
});
