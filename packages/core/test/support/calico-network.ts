/** Three nodes with Calico, and what each then has. */
import { loadCluster } from "../../src/cluster/load.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import type { Namespace } from "../../src/state/namespace.ts";
import type { Network } from "../../src/state/network.ts";
import type { Subject } from "../../src/trace/subject.ts";

export interface Given {
	readonly pool: string;
	readonly more?: string;
	/** Annotations of node a. */
	readonly annotations?: string;
	/** Labels and annotations of node b. */
	readonly labels?: string;
	readonly annotationsOfB?: string;
}

/** Nodes a and b on one segment, c behind a router; a pod each. */
export function network(given: Given): Network {
	return calicoCluster(given).network;
}

export function calicoCluster({ pool, more = "", annotations, labels, annotationsOfB }: Given): Subject {
	const node = (name: string, ip: string, notes = "{}", marks = "{}"): string => `---
apiVersion: v1
kind: Node
metadata: { name: ${name}, annotations: ${notes}, labels: ${marks} }
status: { addresses: [{ type: InternalIP, address: ${ip} }] }
`;
	const pod = (name: string, on: string, ip: string): string => `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: default }
spec: { nodeName: ${on}, containers: [{ name: x, image: x }] }
status: { phase: Running, podIP: ${ip}, podIPs: [{ ip: ${ip} }] }
`;
	const text = `apiVersion: crd.projectcalico.org/v1
kind: IPPool
metadata: { name: pods }
spec: { cidr: 10.244.0.0/16, natOutgoing: true, ${pool} }
---
apiVersion: podpath.dev/v1alpha1
kind: Segment
metadata: { name: one }
spec: { cidrs: [192.168.1.0/24], gateways: [192.168.1.254] }
---
apiVersion: podpath.dev/v1alpha1
kind: Segment
metadata: { name: two }
spec: { cidrs: [192.168.2.0/24], gateways: [192.168.2.254] }
---
apiVersion: podpath.dev/v1alpha1
kind: Host
metadata: { name: router }
spec: { addresses: [192.168.1.254, 192.168.2.254], forwarding: true }
${node("a", "192.168.1.1", annotations)}${node("b", "192.168.1.2", annotationsOfB, labels)}${node("c", "192.168.2.3")}${pod("a1", "a", "10.244.1.11")}${pod("b1", "b", "10.244.2.21")}${pod("c1", "c", "10.244.3.31")}${more}`;
	const cluster = loadCluster([{ name: "test.yaml", text }]);
	return { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
}

export function namespace(from: Network, place: string): Namespace {
	const found = from.namespace(place);
	if (found === undefined) throw new Error(`no ${place}`);
	return found;
}

/** As `ip route` writes them, without what the kernel makes by itself. */
export function routes(from: Network, place: string): readonly string[] {
	return namespace(from, place)
		.routes.filter(({ protocol, family }) => protocol !== "kernel" && family === 4)
		.map(({ type, destination, nextHops, protocol }) => {
			const hops = nextHops.map(
				({ gateway, device, onlink }) =>
					`${gateway === undefined ? "" : `via ${gateway.text} `}dev ${device}${onlink ? " onlink" : ""}`,
			);
			return `${type === "unicast" ? "" : `${type} `}${destination.text} ${hops.join(" ")} proto ${protocol}`.replace(
				"  ",
				" ",
			);
		});
}
