import { describe, expect, test } from "vitest";
import { DEFAULT_KUBE_PROXY } from "../../src/cluster/settings.ts";
import { proxyServicePorts } from "../../src/service/service-port.ts";
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
		expect(proxyServicePorts([each], 4, NEWEST)).toEqual([]);
	});

	// KEP-1860: .status.loadBalancer.ingress.ipMode.
	test("a load balancer address of mode Proxy", () => {
		const ingress = ["1.2.3.4", { ip: "5.6.7.8", ipMode: "Proxy" }] as const;
		const [port] = proxyServicePorts([service("ns/a", { clusterIP: "172.30.0.1", ingress, ports: PORTS })], 4, NEWEST);
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
		const [port] = proxyServicePorts([dual], family, NEWEST);
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
		...proxyServicePorts([service("ns/cluster", spec)], 4, NEWEST),
		...proxyServicePorts([service("ns/local", { ...spec, externalTrafficPolicy: "Local" })], 4, NEWEST),
	];
	expect(ports.map(({ healthCheckNodePort }) => healthCheckNodePort)).toEqual([0, 30000]);
});
