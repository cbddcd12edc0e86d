/** The Services of kubernetes' TestOverallIPTablesRules and TestOverallNFTablesRules (pkg/proxy/{iptables,nftables}/proxier_test.go). */
import type { Cluster } from "../../src/cluster/cluster.ts";
import type { EndpointPort } from "../../src/cluster/objects.ts";
import type { KubeProxySettings } from "../../src/cluster/settings.ts";
import { proxiedCluster, service, slice } from "./proxied-cluster.ts";

export const P80: EndpointPort = { name: "p80", protocol: "tcp", port: 80 };

/** Pods 10.0.0.0/8, Services 172.30.0.0/16; the node is TEST_NODE. */
export function overallCluster(kubeProxy: Partial<KubeProxySettings>): Cluster {
	return proxiedCluster({
		kubeProxy,
		podCIDRs: ["10.0.0.0/8"],
		serviceCIDRs: ["172.30.0.0/16"],
		services: [
			service("ns1/svc1", { clusterIP: "172.30.0.41", ports: [{ name: "p80", port: 80 }] }),
			service("ns2/svc2", {
				type: "LoadBalancer",
				externalTrafficPolicy: "Local",
				clusterIP: "172.30.0.42",
				ports: [{ name: "p80", port: 80, nodePort: 3001 }],
				ingress: ["1.2.3.4"],
				externalIPs: ["192.168.99.22"],
				healthCheckNodePort: 30000,
			}),
			service("ns3/svc3", {
				type: "NodePort",
				clusterIP: "172.30.0.43",
				ports: [{ name: "p80", port: 80, nodePort: 3003 }],
			}),
			service("ns4/svc4", {
				type: "NodePort",
				clusterIP: "172.30.0.44",
				externalIPs: ["192.168.99.33"],
				ports: [{ name: "p80", port: 80 }],
			}),
			service("ns5/svc5", {
				type: "LoadBalancer",
				clusterIP: "172.30.0.45",
				ports: [{ name: "p80", port: 80, nodePort: 3002 }],
				ingress: ["5.6.7.8"],
				healthCheckNodePort: 30000,
				sourceRanges: ["203.0.113.0/25"],
				sessionAffinitySeconds: 10800,
			}),
			service("ns6/svc6", { clusterIP: "172.30.0.46", ports: [{ name: "p80", port: 80 }] }),
		],
		slices: [
			slice("ns1/svc1", ["10.180.0.1"], [P80]),
			slice("ns2/svc2", ["10.180.0.2"], [P80]),
			slice("ns3/svc3", ["10.180.0.3"], [P80]),
			slice("ns4/svc4", ["10.180.0.4", { address: "10.180.0.5", nodeName: "test-node" }], [P80]),
			slice("ns5/svc5", ["10.180.0.3"], [P80]),
		],
	});
}
