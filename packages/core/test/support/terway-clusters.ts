/** Clusters in modes of Terway, on the names and addresses of seeds 000 and 002. */
import type { Cluster } from "../../src/cluster/cluster.ts";
import { clusterOfYaml, ownYaml } from "./manifests.ts";

export function nodeOf(name: string, ip: string, more = ""): string {
	return `apiVersion: v1\nkind: Node\nmetadata: { name: ${name} }\nspec: { ${more} }\nstatus: { addresses: [{ type: InternalIP, address: ${ip} }] }`;
}

export function podOf(key: string, node: string, ip: string, metadata = "", spec = ""): string {
	const [namespace = "", name = ""] = key.split("/");
	return `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: ${namespace}${metadata} }\nspec: { nodeName: ${node}${spec} }\nstatus: { podIP: ${ip} }`;
}

/** An ENI by its id, with the members of its spec in YAML's flow style. */
export function eniOf(id: string, spec: string): string {
	return `apiVersion: podpath.dev/v1alpha1\nkind: ENI\nmetadata: { name: ${id} }\nspec: { ${spec} }`;
}

export function podEniOf(key: string, ip: string, eni: string, vlan: number, trunk: string, groups = ""): string {
	const [namespace = "", name = ""] = key.split("/");
	return `apiVersion: network.alibabacloud.com/v1beta1
kind: PodENI
metadata: { name: ${name}, namespace: ${namespace} }
spec: { allocations: [{ ipv4: ${ip}, eni: { id: ${eni}, securityGroupIDs: [${groups}] } }] }
status: { phase: Bind, trunkENIID: ${trunk}, eniInfos: { ${eni}: { type: Member, vid: ${vlan}, status: Bind } } }`;
}

export const SEED_VPC: string = ownYaml(
	"VPC",
	"cidrs: [10.0.0.0/8], vSwitches: [{ id: vsw-1, cidr: 10.0.1.0/24, gateway: 10.0.1.253 }, { id: vsw-3, cidr: 10.0.3.0/24, gateway: 10.0.3.253 }, { id: vsw-4, cidr: 10.0.4.0/24, gateway: 10.0.4.253 }, { id: vsw-5, cidr: 10.0.5.0/24, gateway: 10.0.5.253 }]",
);

export const KT7R8 = "trunking/nginx-6f545cb57c-kt7r8";
export const G8ZS7 = "trunking/busybox-87ff8bd74-g8zs7";
export const CENTOS = "trunking/centos-59cdc5c9c4-l5vf9";

/** Seed 000 L43, L90, L43 of its second half: two nodes with a trunk each, and three pods behind members of them. */
export function trunkCluster(settings = "", ...more: readonly string[]): Cluster {
	return clusterOfYaml(
		ownYaml("Cluster", `mode: terway-trunk, serviceCIDRs: [192.168.0.0/16]${settings}`),
		SEED_VPC,
		nodeOf("cn-hongkong.10.0.4.22", "10.0.4.22"),
		nodeOf("cn-hongkong.10.0.4.20", "10.0.4.20"),
		podOf(KT7R8, "cn-hongkong.10.0.4.22", "10.0.4.30", ", labels: { app: nginx }"),
		podOf(G8ZS7, "cn-hongkong.10.0.4.22", "10.0.4.24"),
		podOf(CENTOS, "cn-hongkong.10.0.4.20", "10.0.4.27"),
		eniOf("eni-trunk22", "type: trunk, instance: node/cn-hongkong.10.0.4.22, device: eth1, vSwitch: vsw-4"),
		eniOf("eni-trunk20", "type: trunk, instance: node/cn-hongkong.10.0.4.20, device: eth1, vSwitch: vsw-4"),
		podEniOf(KT7R8, "10.0.4.30", "eni-kt7r8", 1027, "eni-trunk22"),
		podEniOf(G8ZS7, "10.0.4.24", "eni-g8zs7", 1028, "eni-trunk22"),
		podEniOf(CENTOS, "10.0.4.27", "eni-l5vf9", 1027, "eni-trunk20"),
		"apiVersion: v1\nkind: Service\nmetadata: { name: nginx, namespace: trunking }\nspec: { clusterIP: 192.168.81.92, selector: { app: nginx }, ports: [{ port: 80 }] }",
		...more,
	);
}
