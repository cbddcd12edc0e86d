import { describe, expect, test } from "vitest";
import { clusterOfYaml, nodeYaml, ownYaml } from "../support/manifests.ts";

/** As flannel's Documentation/kube-flannel.yml has it. */
const FLANNEL = `apiVersion: v1
kind: ConfigMap
metadata: { name: kube-flannel-cfg, namespace: kube-flannel }
data:
  net-conf.json: |
    {
      "Network": "10.244.0.0/16",
      "EnableNFTables": false,
      "Backend": { "Type": "vxlan", "VNI": 4096, "Port": 4789, "DirectRouting": true }
    }`;

/** As kubeadm writes it. */
const KUBE_PROXY = `apiVersion: v1
kind: ConfigMap
metadata: { name: kube-proxy, namespace: kube-system }
data:
  config.conf: |-
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    kind: KubeProxyConfiguration
    clusterCIDR: 10.244.0.0/16,fd00:244::/48
    detectLocalMode: ""
    iptables: { masqueradeAll: true, masqueradeBit: null, syncPeriod: 0s }
    ipvs: { scheduler: "", strictARP: true }
    mode: ipvs
    nodePortAddresses: [localhost, 10.0.0.0/8]`;

const KUBEADM = `apiVersion: v1
kind: ConfigMap
metadata: { name: kubeadm-config, namespace: kube-system }
data:
  ClusterConfiguration: |
    apiVersion: kubeadm.k8s.io/v1beta3
    kubernetesVersion: v1.29.3
    networking: { podSubnet: 10.244.0.0/16, serviceSubnet: "10.96.0.0/12,fd00:96::/108" }`;

const texts = (prefixes: readonly ("primary" | { readonly text: string })[]): readonly string[] =>
	prefixes.map((each) => (typeof each === "string" ? each : each.text));

describe("the network mode", () => {
	test("is what flannel's ConfigMap says", () => {
		const { mode, flannel, podCIDRs } = clusterOfYaml(FLANNEL);
		expect(mode).toBe("flannel-vxlan");
		expect(flannel).toMatchObject({ backend: "vxlan", vni: 4096, port: 4789, directRouting: true, ipMasq: true });
		expect(texts(podCIDRs)).toEqual(["10.244.0.0/16"]);
	});

	test("is what flanneld's annotations on Nodes say, where they agree", () => {
		const node = (name: string, ip: string, type: string): string =>
			nodeYaml(name, ip, `10.244.${ip.at(-1)}.0/24`).replace(
				`name: ${name}`,
				`name: ${name}, annotations: { flannel.alpha.coreos.com/backend-type: ${type}, flannel.alpha.coreos.com/backend-data: '{"VNI":7}' }`,
			);
		expect(clusterOfYaml(node("a", "10.0.0.1", "vxlan")).flannel).toMatchObject({ backend: "vxlan", vni: 7 });
		expect(clusterOfYaml(node("a", "10.0.0.1", "vxlan"), node("b", "10.0.0.2", "host-gw")).mode).toBe("");
	});

	test("keeps flannel's name for a backend that podpath does not know", () => {
		expect(clusterOfYaml(FLANNEL.replace("vxlan", "wireguard"))).toMatchObject({
			mode: "flannel-wireguard",
			flannel: undefined,
		});
	});

	test("is what the Cluster object says before all others", () => {
		const cluster = clusterOfYaml(FLANNEL, ownYaml("Cluster", "mode: flannel-host-gw, flannel: { ipMasq: false }"));
		expect(cluster.mode).toBe("flannel-host-gw");
		expect(cluster.flannel).toMatchObject({ backend: "host-gw", ipMasq: false, directRouting: true });
	});

	test("is unknown where nothing says it", () => {
		expect(clusterOfYaml(KUBEADM)).toMatchObject({ mode: "", flannel: undefined, settings: undefined });
	});
});

describe("kube-proxy", () => {
	test("is set as its ConfigMap says", () => {
		const { kubeProxy } = clusterOfYaml(KUBE_PROXY);
		expect(kubeProxy).toMatchObject({
			mode: "ipvs",
			masqueradeAll: true,
			masqueradeBit: 14,
			ipvsScheduler: "rr",
			strictARP: true,
		});
		expect(texts(kubeProxy.clusterCIDRs)).toEqual(["10.244.0.0/16", "fd00:244::/48"]);
		expect(texts(kubeProxy.nodePortAddresses)).toEqual(["127.0.0.0/8", "::1/128", "10.0.0.0/8"]);
	});

	test("is set by a bare KubeProxyConfiguration too, whose nftables mode has a section of its own", () => {
		const { kubeProxy } = clusterOfYaml(
			"apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\nnftables: { masqueradeAll: true }\niptables: { masqueradeAll: false }",
		);
		expect(kubeProxy).toMatchObject({ mode: "nftables", masqueradeAll: true });
	});

	test("a mistake in the ConfigMap is placed at the ConfigMap's key", () => {
		expect(() => clusterOfYaml(KUBE_PROXY.replace("mode: ipvs", "mode: ipvz"))).toThrow(
			/^cluster\.yaml:5:16: mode must be one of/,
		);
	});

	test("is of the version that kubeadm, else the Nodes, say; the Cluster object knows better", () => {
		const node = (name: string, ip: string, minor: number): string =>
			`${nodeYaml(name, ip, `10.244.${ip.at(-1)}.0/24`).replace("status: {", `status: { nodeInfo: { kubeletVersion: v1.${minor}.1 },`)}`;
		const nodes = [node("a", "10.0.0.1", 28), node("b", "10.0.0.2", 27)];
		expect(clusterOfYaml(KUBEADM, ...nodes).kubeProxy.minorVersion).toBe(29);
		const mixed = clusterOfYaml(...nodes);
		expect(mixed.kubeProxy.minorVersion).toBe(27);
		expect(mixed.warnings).toMatchObject([{ code: "versions-differ" }]);
		const said = clusterOfYaml(
			...nodes,
			ownYaml("Cluster", 'kubernetesVersion: "1.30", kubeProxy: { version: v1.20.4-aliyun.1 }'),
		);
		expect(said.kubeProxy.minorVersion).toBe(20);
		expect(said.warnings).toEqual([]);
	});
});

test("Service CIDRs are those of the ServiceCIDR objects, else kubeadm's", () => {
	const serviceCIDR =
		"apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: { name: kubernetes }\nspec: { cidrs: [10.32.0.0/16] }";
	expect(texts(clusterOfYaml(KUBEADM).serviceCIDRs)).toEqual(["10.96.0.0/12", "fd00:96::/108"]);
	expect(texts(clusterOfYaml(KUBEADM, serviceCIDR).serviceCIDRs)).toEqual(["10.32.0.0/16"]);
});
