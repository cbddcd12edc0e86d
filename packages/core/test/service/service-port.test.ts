import { describe, expect, test } from "vitest";
import { DEFAULT_KUBE_PROXY } from "../../src/cluster/settings.ts";
import { proxyServicePorts } from "../../src/service/service-port.ts";
import { ServicePorts } from "../../src/service/service-ports.ts";
import { proxyFeatures } from "../../src/service/version.ts";
import { service } from "../support/proxied-cluster.ts";

const NEWEST = proxyFeatures(DEFAULT_KUBE_PROXY);
const PORTS = [{ name: "p80", port: 80, nodePort: 3001 }];

describe("kube-proxy leaves alone", () => {
	// kubernetes pkg/proxy/util/utils.go ShouldSkipService; cmd/kube-proxy/app/server.go on labels.
	test.each([
		["a headless Service", service("ns/a", { headless: true, ports: PORTS })],
		["an ExternalName Service", service("ns/a", { type: "ExternalName", clusterIP: "172.30.0.1", ports: PORTS })],
		[
			"a Service of another proxy",
			service("ns/a", {
				labels: { "service.kubernetes.io/service-proxy-name": "cilium" },
				clusterIP: "172.30.0.1",
				ports: PORTS,
			}),
		],
		["in IPv4, a Service of IPv6 alone", service("ns/a", { clusterIP: "fd00::1", ports: PORTS })],
	])("%s", (_, each) => {
		expect(new ServicePorts([each], 4, NEWEST).all).toEqual([]);
	});

	// KEP-1860: .status.loadBalancer.ingress.ipMode.
	test("a load balancer address of mode Proxy", () => {
		const ingress = ["1.2.3.4", { ip: "5.6.7.8", ipMode: "Proxy" }] as const;
		const [port] = proxyServicePorts(service("ns/a", { clusterIP: "172.30.0.1", ingress, ports: PORTS }), 0, 4, NEWEST);
		expect(port?.loadBalancerVIPs.map(({ text }) => text)).toEqual(["1.2.3.4"]);
	});
});

test("each family of a dual-stack Service has its own port, with addresses of that family alone", () => {
	const dual = service("ns/dual", {
		type: "LoadBalancer",
		clusterIPs: ["172.30.0.1", "fd00:172:30::1"],
		externalIPs: ["192.168.99.1", "2001:db8::99"],
		ingress: ["1.2.3.4", "2001:db8::1234"],
		sourceRanges: ["203.0.113.0/25", "2001:db8:113::/64"],
		ports: PORTS,
	});
	const texts = ([4, 6] as const).map((family) => {
		const [port] = proxyServicePorts(dual, 0, family, NEWEST);
		if (port === undefined) throw new Error("no port");
		const lists = [[port.clusterIP], port.externalIPs, port.loadBalancerVIPs, port.sourceRanges];
		return lists.map((list) => list.map(({ text }) => text).join());
	});
	expect(texts).toEqual([
		["172.30.0.1", "192.168.99.1", "1.2.3.4", "203.0.113.0/25"],
		["fd00:172:30::1", "2001:db8::99", "2001:db8::1234", "2001:db8:113::/64"],
	]);
});

// kubernetes pkg/proxy/serviceport.go, pkg/api/v1/service/util.go NeedsHealthCheck.
test("a health check port counts only for a load balancer with policy Local", () => {
	const spec = { type: "LoadBalancer", clusterIP: "172.30.0.1", healthCheckNodePort: 30000, ports: PORTS } as const;
	const ports = [
		...proxyServicePorts(service("ns/cluster", spec), 0, 4, NEWEST),
		...proxyServicePorts(service("ns/local", { ...spec, externalTrafficPolicy: "Local" }), 1, 4, NEWEST),
	];
	expect(ports.map(({ healthCheckNodePort }) => healthCheckNodePort)).toEqual([0, 30000]);
});

describe("a family's ports are the same whatever is asked for first", () => {
	const services = [
		service("ns/a", {
			clusterIP: "172.30.0.1",
			ports: [
				{ name: "one", port: 80 },
				{ name: "two", port: 81 },
			],
		}),
		service("ns/headless", { headless: true, ports: PORTS }),
		service("ns/none", { clusterIP: "172.30.0.2", ports: [] }),
		service("ns/b", { type: "NodePort", clusterIP: "172.30.0.3", ports: PORTS }),
	] as const;
	const ports = (): ServicePorts => new ServicePorts(services, 4, NEWEST);

	test("all, in the order of the input", () => {
		expect(ports().all.map(({ name, index }) => [name, index])).toEqual([
			["ns/a:one", 0],
			["ns/a:two", 1],
			["ns/b:p80", 2],
		]);
		expect(ports().count).toBe(3);
	});

	test("a Service's, and then all: they are the same objects", () => {
		const some = ports();
		const [asked] = some.of(services[3]);
		expect(some.at(2)).toBe(asked);
		expect(some.all[2]).toBe(asked);
		expect(some.onNodePort(3001)).toEqual([asked]);
		expect(some.atAddress("172.30.0.3")).toEqual([asked]);
		expect(some.of(services[1])).toEqual([]);
		expect(some.of(services[2])).toEqual([]);
	});

	test("a port of a Service that nobody asked for", () => {
		expect(ports().at(1)?.name).toBe("ns/a:two");
		expect(ports().at(3)).toBeUndefined();
		expect(ports().onNodePort(80)).toBeUndefined();
		expect(ports().atAddress("10.0.0.1")).toBeUndefined();
	});
});
