/** A snapshot of a lab's nodes and pods as their own tools print them. */
import type { Cluster, Namespace, Network, Place, Snapshot, SnapshotFile, SnapshotNamespace } from "@podpath/core";
import type { Lab } from "../../src/index.ts";

const COMMANDS: Readonly<Record<string, string>> = {
	"ip-address.txt": "ip -d address",
	"ip-route.txt": "ip route show table all; ip -6 route show table all",
	"ip-rule.txt": "ip rule; ip -6 rule",
	"ip-neigh.txt": "ip neigh show nud all; ip -6 neigh show nud all; ip neigh show proxy; ip -6 neigh show proxy",
	"bridge-fdb.txt": "bridge fdb",
	"bridge-vlan.txt": "bridge vlan",
	"iptables-save.txt": "iptables-save",
	"ip6tables-save.txt": "ip6tables-save",
	"sysctl.txt": "sysctl -a 2>/dev/null",
};

/** Of the namespaces that stand for nodes and pods: a collector sees nothing of what is between the machines. */
export async function snapshotOf(lab: Lab, cluster: Cluster, network: Network): Promise<Snapshot> {
	const namespaces: SnapshotNamespace[] = [];
	for (const place of network.places()) {
		const namespace = network.namespace(place);
		const node = nodeOf(place, cluster);
		if (namespace !== undefined && node !== undefined) namespaces.push(await dump(lab, namespace, node));
	}
	return { manifest: null, kubernetes: [], namespaces, cloud: [] };
}

function nodeOf(place: Place, cluster: Cluster): string | undefined {
	if (place.startsWith("node/")) return place.slice("node/".length);
	return place.startsWith("pod/") ? cluster.pod(place.slice("pod/".length))?.nodeName : undefined;
}

async function dump(lab: Lab, { place }: Namespace, node: string): Promise<SnapshotNamespace> {
	const files = new Map<string, SnapshotFile>();
	for (const [name, command] of Object.entries(COMMANDS)) {
		const { status, stdout } = await lab.run(place, ["sh", "-c", command]);
		if (status === 0 || stdout !== "") files.set(name, { name: `${place}/${name}`, text: stdout });
	}
	if (place.startsWith("node/")) return { node, netns: null, files };
	files.set("netns.yaml", { name: `${place}/netns.yaml`, text: `pod: ${place.slice("pod/".length)}\n` });
	return { node, netns: place.replaceAll("/", "-"), files };
}
