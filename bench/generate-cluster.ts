/** A large cluster, made up but always the same: what `kubectl get -o json` prints of it, and podpath's own kinds beside. */

export interface ClusterSize {
	readonly nodes: number;
	readonly pods: number;
	readonly services: number;
}

export interface ClusterShape {
	readonly mode: "flannel-vpc" | "flannel-vxlan";
	readonly proxyMode: "iptables" | "ipvs" | "nftables";
	/** Also the EndpointSlices; without them podpath derives them. */
	readonly endpointSlices: boolean;
}

/** The size that podpath promises to be quick with. */
export const THOUSAND_NODES: ClusterSize = { nodes: 1_000, pods: 30_000, services: 5_000 };

const NAMESPACES = 50;
/** One Service of this many is a LoadBalancer. */
const LOAD_BALANCER_EVERY = 10;

/** The files of a cluster; Pods of one Service are spread over Nodes and all in its namespace. */
export function generateCluster(
	size: ClusterSize,
	shape: ClusterShape = { mode: "flannel-vpc", proxyMode: "ipvs", endpointSlices: false },
): readonly { readonly name: string; readonly text: string }[] {
	const files = [
		{ name: "cluster.json", text: ownKinds(shape) },
		{ name: "nodes.json", text: list(size.nodes, node) },
		{ name: "pods.json", text: list(size.pods, (index) => pod(index, size)) },
		{ name: "services.json", text: list(size.services, service) },
	];
	const slices = { name: "endpointslices.json", text: "" };
	return shape.endpointSlices
		? [...files, { ...slices, text: list(size.services, (index) => endpointSlice(index, size)) }]
		: files;
}

/** As kubectl indents. Objects become text one by one, so that the benchmark of memory sees the text and little else. */
function list(count: number, item: (index: number) => object): string {
	const items = Array.from({ length: count }, (_, index) =>
		JSON.stringify(item(index), null, 4).replaceAll("\n", `\n${" ".repeat(8)}`),
	);
	return `{\n    "apiVersion": "v1",\n    "items": [\n        ${items.join(",\n        ")}\n    ],\n    "kind": "List"\n}\n`;
}

function ownKinds({ mode, proxyMode }: ClusterShape): string {
	const own = (kind: string, name: string, spec: object): object => ({
		apiVersion: "podpath.dev/v1alpha1",
		kind,
		metadata: { name },
		spec,
	});
	return JSON.stringify([
		own("Cluster", "generated", {
			mode,
			podCIDRs: ["10.64.0.0/10"],
			serviceCIDRs: ["172.16.0.0/12"],
			kubernetesVersion: "1.31",
			kubeProxy: { mode: proxyMode },
		}),
		own("VPC", "vpc", { cidrs: ["10.0.0.0/12"], vSwitches: [{ id: "vsw", cidr: "10.0.0.0/12" }] }),
	]);
}

/** The n-th address after `base`, whose last three parts are zero. */
function address(base: string, index: number): string {
	const [first, second] = base.split(".").map(Number);
	return [first, (second ?? 0) + (index >> 16), (index >> 8) & 255, index & 255].join(".");
}

export function nodeName(index: number): string {
	return `cn-generated.${address("10.0.0.0", nodeNumber(index))}`;
}

/** Past the network's own address; no Node has an address that ends in 0 or 255. */
function nodeNumber(index: number): number {
	return Math.floor(index / 254) * 256 + (index % 254) + 1;
}

function node(index: number): object {
	const podCIDR = `${address("10.64.0.0", index * 256)}/24`;
	return {
		apiVersion: "v1",
		kind: "Node",
		metadata: {
			creationTimestamp: "2026-01-01T00:00:00Z",
			labels: {
				"kubernetes.io/arch": "amd64",
				"kubernetes.io/hostname": nodeName(index),
				"topology.kubernetes.io/zone": `zone-${index % 3}`,
			},
			name: nodeName(index),
			resourceVersion: "1",
			uid: uid("n", index),
		},
		spec: { podCIDR, podCIDRs: [podCIDR], providerID: `cn-generated.i-${index}` },
		status: {
			addresses: [
				{ address: address("10.0.0.0", nodeNumber(index)), type: "InternalIP" },
				{ address: nodeName(index), type: "Hostname" },
			],
			capacity: { cpu: "32", memory: "131072000Ki", pods: "110" },
			conditions: [
				{
					lastHeartbeatTime: "2026-01-01T00:00:00Z",
					reason: "KubeletHasSufficientMemory",
					status: "False",
					type: "MemoryPressure",
				},
				{ lastHeartbeatTime: "2026-01-01T00:00:00Z", reason: "KubeletReady", status: "True", type: "Ready" },
			],
			nodeInfo: { kernelVersion: "6.1.0", kubeletVersion: "v1.31.2", osImage: "Linux" },
		},
	};
}

/** Which Service a Pod serves, which Node it is on, and its place there. */
function placing(
	index: number,
	size: ClusterSize,
): { readonly app: number; readonly node: number; readonly slot: number } {
	return { app: index % size.services, node: index % size.nodes, slot: Math.floor(index / size.nodes) };
}

/** `NAMESPACE/NAME` of a pod, by its number. */
export function podNamed(index: number, size: ClusterSize): string {
	const { app } = placing(index, size);
	return `${namespaceOf(app)}/${podName(index, app)}`;
}

/** `NAMESPACE/NAME` of a Service, by its number. */
export function serviceNamed(index: number): string {
	return `${namespaceOf(index)}/app-${index}`;
}

function namespaceOf(app: number): string {
	return `ns-${app % NAMESPACES}`;
}

function podName(index: number, app: number): string {
	return `app-${app}-6d5f8c7b9-${index.toString(36).padStart(5, "0")}`;
}

function podAddress(index: number, size: ClusterSize): string {
	const { node: at, slot } = placing(index, size);
	return address("10.64.0.0", at * 256 + 2 + slot);
}

function pod(index: number, size: ClusterSize): object {
	const { app, node: at } = placing(index, size);
	const ip = podAddress(index, size);
	const labels = { app: `app-${app}`, "pod-template-hash": "6d5f8c7b9", tier: index % 2 === 0 ? "web" : "api" };
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: {
			creationTimestamp: "2026-01-01T00:00:00Z",
			generateName: `app-${app}-6d5f8c7b9-`,
			labels,
			name: podName(index, app),
			namespace: namespaceOf(app),
			ownerReferences: [
				{
					apiVersion: "apps/v1",
					blockOwnerDeletion: true,
					controller: true,
					kind: "ReplicaSet",
					name: `app-${app}-6d5f8c7b9`,
					uid: uid("r", app),
				},
			],
			resourceVersion: String(index),
			uid: uid("p", index),
		},
		spec: {
			containers: [
				{
					image: `registry.example/app-${app}:1.0`,
					imagePullPolicy: "IfNotPresent",
					name: "app",
					ports: [{ containerPort: 8080, name: "http", protocol: "TCP" }],
					resources: { requests: { cpu: "100m", memory: "128Mi" } },
					volumeMounts: [{ mountPath: "/var/run/secrets/kubernetes.io/serviceaccount", name: "token", readOnly: true }],
				},
			],
			dnsPolicy: "ClusterFirst",
			nodeName: nodeName(at),
			restartPolicy: "Always",
			serviceAccountName: "default",
			tolerations: [
				{ effect: "NoExecute", key: "node.kubernetes.io/not-ready", operator: "Exists", tolerationSeconds: 300 },
			],
			volumes: [
				{ name: "token", projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: "token" } }] } },
			],
		},
		status: {
			conditions: ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map((type) => ({
				lastProbeTime: null,
				lastTransitionTime: "2026-01-01T00:00:00Z",
				status: "True",
				type,
			})),
			containerStatuses: [
				{ containerID: `containerd://${uid("c", index)}`, name: "app", ready: true, restartCount: 0, started: true },
			],
			hostIP: address("10.0.0.0", nodeNumber(at)),
			phase: "Running",
			podIP: ip,
			podIPs: [{ ip }],
			qosClass: "Burstable",
		},
	};
}

function service(index: number): object {
	const balanced = index % LOAD_BALANCER_EVERY === 0;
	const clusterIP = address("172.16.0.0", index + 10);
	return {
		apiVersion: "v1",
		kind: "Service",
		metadata: {
			creationTimestamp: "2026-01-01T00:00:00Z",
			labels: { app: `app-${index}` },
			name: `app-${index}`,
			namespace: namespaceOf(index),
			resourceVersion: String(index),
			uid: uid("s", index),
		},
		spec: {
			clusterIP,
			clusterIPs: [clusterIP],
			...(balanced && { externalTrafficPolicy: index % (2 * LOAD_BALANCER_EVERY) === 0 ? "Cluster" : "Local" }),
			internalTrafficPolicy: "Cluster",
			ipFamilies: ["IPv4"],
			ipFamilyPolicy: "SingleStack",
			ports: [
				{
					name: "http",
					...(balanced && { nodePort: 30000 + index / LOAD_BALANCER_EVERY }),
					port: 80,
					protocol: "TCP",
					targetPort: "http",
				},
			],
			selector: { app: `app-${index}` },
			sessionAffinity: "None",
			type: balanced ? "LoadBalancer" : "ClusterIP",
		},
		status: { loadBalancer: balanced ? { ingress: [{ ip: address("203.0.0.0", index) }] } : {} },
	};
}

function endpointSlice(app: number, size: ClusterSize): object {
	const pods = Array.from(
		{ length: Math.ceil((size.pods - app) / size.services) },
		(_, nth) => app + nth * size.services,
	);
	return {
		addressType: "IPv4",
		apiVersion: "discovery.k8s.io/v1",
		endpoints: pods.map((index) => ({
			addresses: [podAddress(index, size)],
			conditions: { ready: true, serving: true, terminating: false },
			nodeName: nodeName(placing(index, size).node),
			targetRef: { kind: "Pod", name: podName(index, app), namespace: namespaceOf(app), uid: uid("p", index) },
			zone: `zone-${placing(index, size).node % 3}`,
		})),
		kind: "EndpointSlice",
		metadata: {
			labels: { "kubernetes.io/service-name": `app-${app}` },
			name: `app-${app}-x1`,
			namespace: namespaceOf(app),
		},
		ports: [{ name: "http", port: 8080, protocol: "TCP" }],
	};
}

function uid(kind: string, index: number): string {
	return `00000000-0000-4000-8000-${kind.charCodeAt(0).toString(16).padStart(4, "0")}${index.toString(16).padStart(8, "0")}`;
}
