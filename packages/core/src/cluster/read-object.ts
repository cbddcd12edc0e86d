/** One object of the input, by its kind. Whoever adds a kind adds a line to `READERS`. */

import { suggest } from "../diagnostic/closest.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import { CALICO_GROUPS } from "./calico-objects.ts";
import { ALL, readCalicoSelector } from "./calico-selector.ts";
import { isAnswer } from "./cloud/answers.ts";
import type { Field } from "./field.ts";
import { HYBRIDNET_GROUP } from "./hybridnet-objects.ts";
import type { InputObject } from "./input/objects.ts";
import type { Inventory } from "./inventory.ts";
import { builtInKinds, groupOf, groupsOf } from "./kinds.ts";
import { readPoolRequests } from "./kubernetes/address-requests.ts";
import { CALICO_READERS } from "./kubernetes/calico/calico-objects.ts";
import { embedded } from "./kubernetes/embedded.ts";
import { readEndpointSlice, readEndpoints } from "./kubernetes/endpoint-slice.ts";
import { type FieldNames, publishedFields } from "./kubernetes/field-names.ts";
import { readNetConf } from "./kubernetes/flannel-configuration.ts";
import { readHybridnetNetwork, readHybridnetSubnet, readIPInstance } from "./kubernetes/hybridnet.ts";
import { readKubeProxyConfiguration } from "./kubernetes/kube-proxy-configuration.ts";
import { readNetworkAttachmentDefinition } from "./kubernetes/multus.ts";
import { readNetworkPolicy } from "./kubernetes/network-policy.ts";
import { nodeVersion, readNode } from "./kubernetes/node.ts";
import { readPod } from "./kubernetes/pod.ts";
import { readPodEni } from "./kubernetes/pod-eni.ts";
import { readPodNetworking } from "./kubernetes/pod-networking.ts";
import { readService } from "./kubernetes/service.ts";
import { readEniConfig } from "./kubernetes/terway-configuration.ts";
import { clusterMeta, namespacedMeta } from "./metadata.ts";
import { MULTUS_GROUP } from "./multus-objects.ts";
import type { ForeignPolicy } from "./network-policy.ts";
import type { NamespaceObject } from "./objects.ts";
import { CLUSTER_KIND } from "./schema/cluster-kind.ts";
import { ENI_KIND } from "./schema/eni-kind.ts";
import { minorVersionOf } from "./schema/field-schemas.ts";
import { HOST_KIND } from "./schema/host-kind.ts";
import { LOAD_BALANCER_KIND } from "./schema/load-balancer-kind.ts";
import { PREFIX_LIST_KIND } from "./schema/prefix-list-kind.ts";
import { SECURITY_GROUP_KIND } from "./schema/security-group-kind.ts";
import { SEGMENT_KIND } from "./schema/segment-kind.ts";
import { VPC_KIND } from "./schema/vpc-kind.ts";
import { OWN_API_VERSION } from "./settings.ts";
import { TERWAY_GROUP } from "./terway-objects.ts";

type Reader = (object: Field, into: Inventory) => void;

const OWN_GROUP = groupOf(OWN_API_VERSION);

/** By `GROUP/KIND`. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
	[
		`${MULTUS_GROUP}/NetworkAttachmentDefinition`,
		(object, into) => into.add(into.networkAttachmentDefinitions, readNetworkAttachmentDefinition(object)),
	],
	["/Namespace", (object, into) => into.add(into.namespaces, readNamespace(object))],
	["/Node", addNode],
	["/Pod", (object, into) => into.add(into.pods, readPod(object, into.spelling))],
	["/Service", (object, into) => into.add(into.services, readService(object, into.spelling))],
	["/Endpoints", addEndpoints],
	["/ConfigMap", readConfigMap],
	["discovery.k8s.io/EndpointSlice", addEndpointSlice],
	["networking.k8s.io/ServiceCIDR", addServiceCIDRs],
	["networking.k8s.io/NetworkPolicy", addNetworkPolicy],
	// What it was called before Kubernetes 1.16, with the same meaning.
	["extensions/NetworkPolicy", addNetworkPolicy],
	[
		`${TERWAY_GROUP}/PodNetworking`,
		(object, into) =>
			into.add(
				into.podNetworkings,
				named(object, () => readPodNetworking(object, into.spelling)),
			),
	],
	[
		`${TERWAY_GROUP}/PodENI`,
		(object, into) =>
			into.add(
				into.podENIs,
				named(object, () => readPodEni(object)),
			),
	],
	...CALICO_GROUPS.flatMap((group) =>
		Object.entries(CALICO_READERS).map(([kind, read]): [string, Reader] => [`${group}/${kind}`, read]),
	),
	[
		`${HYBRIDNET_GROUP}/Network`,
		(object, into) => into.add(into.hybridnetNetworks, readHybridnetNetwork(object, into.spelling)),
	],
	[
		`${HYBRIDNET_GROUP}/Subnet`,
		(object, into) => into.add(into.hybridnetSubnets, readHybridnetSubnet(object, into.spelling)),
	],
	[
		`${HYBRIDNET_GROUP}/IPInstance`,
		(object, into) => into.add(into.ipInstances, readIPInstance(object, into.spelling)),
	],
	["kubeproxy.config.k8s.io/KubeProxyConfiguration", addKubeProxy],
	[`${OWN_GROUP}/Cluster`, (object, into) => into.add(into.clusters, CLUSTER_KIND.read(object))],
	[`${OWN_GROUP}/VPC`, (object, into) => into.add(into.vpcs, VPC_KIND.read(object))],
	[`${OWN_GROUP}/Segment`, (object, into) => into.add(into.segments, SEGMENT_KIND.read(object))],
	[`${OWN_GROUP}/Host`, (object, into) => into.add(into.hosts, HOST_KIND.read(object))],
	[`${OWN_GROUP}/LoadBalancer`, (object, into) => into.add(into.loadBalancers, LOAD_BALANCER_KIND.read(object))],
	[`${OWN_GROUP}/SecurityGroup`, (object, into) => into.add(into.securityGroups, SECURITY_GROUP_KIND.read(object))],
	[`${OWN_GROUP}/PrefixList`, (object, into) => into.add(into.prefixLists, PREFIX_LIST_KIND.read(object))],
	[`${OWN_GROUP}/ENI`, (object, into) => into.add(into.enis, ENI_KIND.read(object))],
]);

/** Kinds of podpath's own that stand in files of their own and are no part of a cluster. */
const OTHER_OWN_KINDS = ["Scenarios", "Snapshot", "Explanation"];

const METADATA: FieldNames = publishedFields(
	"name namespace labels annotations ownerReferences deletionTimestamp",
	"uid generateName generation finalizers managedFields resourceVersion selfLink creationTimestamp deletionGracePeriodSeconds clusterName",
);
const ENVELOPE: FieldNames = publishedFields("apiVersion kind metadata spec status");

/** @throws {InputError} Placed, for an object that is wrong or of a kind that is misspelt. */
export function readObject({ apiVersion, kind, root }: InputObject, into: Inventory): void {
	if (kind === "" && apiVersion === "" && isAnswer(root)) {
		into.answers.push(root);
		return;
	}
	if (kind === "") root.at("kind").missing(phrase("is-it-an-object"));
	if (/\s/.test(kind)) {
		root.at("kind").fail("bad-kind", phrase("is-no-kind", { kind: JSON.stringify(kind) }), phrase("yaml-joins-lines"));
	}
	if (apiVersion === "") root.at("apiVersion").missing(versionHint(kind));
	const group = groupOf(apiVersion);
	const reader = READERS.get(`${group}/${kind}`);
	if (reader === undefined) passOver(apiVersion, kind, root, into);
	else {
		if (group === OWN_GROUP && apiVersion !== OWN_API_VERSION)
			root.at("apiVersion").mustBe(phrase("command", { command: OWN_API_VERSION }));
		into.spelling.begin(root);
		if (SPELT.has(kind) && group === "") {
			into.spelling.check(root, ENVELOPE, kind);
			into.spelling.check(root.at("metadata"), METADATA, kind);
		}
		reader(root, into);
	}
}

/** Says of what is wrong which object it is, as the kinds of podpath's own do. */
function named<T>(object: Field, read: () => T): T {
	try {
		return read();
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		const { kind, metadata } = object.members();
		const { namespace, name } = (metadata ?? {}) as Readonly<Record<string, unknown>>;
		const key = [namespace, name].filter((part) => typeof part === "string").join("/");
		const { message: what, ...rest } = error.diagnostic;
		throw new InputError({ ...rest, message: phrase("of-object", { kind: String(kind), name: key, what }) });
	}
}

/** Kinds whose fields are looked at for slips. */
const SPELT: ReadonlySet<string> = new Set(["Node", "Pod", "Service", "NetworkPolicy"]);

/** Kinds by which other APIs allow and deny: of Calico, of Cilium, and of policy.networking.k8s.io. */
const FOREIGN_POLICIES: ReadonlySet<string> = new Set([
	"NetworkPolicy",
	"GlobalNetworkPolicy",
	"CiliumNetworkPolicy",
	"CiliumClusterwideNetworkPolicy",
	"AdminNetworkPolicy",
	"BaselineAdminNetworkPolicy",
	"ClusterNetworkPolicy",
]);

function passOver(apiVersion: string, kind: string, root: Field, into: Inventory): void {
	const group = groupOf(apiVersion);
	const failForKind = (hint: Phrase): never =>
		root.at("kind").fail("unknown-kind", phrase("has-no-kind", { version: apiVersion, kind }), hint);
	if (group === OWN_GROUP) {
		if (OTHER_OWN_KINDS.includes(kind)) return;
		const own = [...READERS.keys()]
			.filter((key) => key.startsWith(`${OWN_GROUP}/`))
			.map((key) => key.slice(OWN_GROUP.length + 1));
		failForKind(suggest(kind, own) ?? phrase("known-are", { names: own }));
	}
	const builtIn = builtInKinds(group);
	if (builtIn?.includes(kind)) return;
	const hint = builtIn && (suggest(kind, builtIn) ?? misplaced(kind));
	if (hint !== undefined) failForKind(hint);
	if (FOREIGN_POLICIES.has(kind)) into.foreignPolicies.push(foreignPolicy(apiVersion, kind, root));
	into.passOver(apiVersion, kind, root.objectPosition);
}

/** Calico's selectors are read, so that the pods that they leave alone are known. */
function foreignPolicy(apiVersion: string, kind: string, root: Field): ForeignPolicy {
	const { name, namespace } = root.at("metadata").members();
	const spec = root.at("spec");
	const isCalicos = groupOf(apiVersion).endsWith("projectcalico.org");
	const limited = spec.at("namespaceSelector").present || spec.at("serviceAccountSelector").present;
	return {
		apiVersion,
		kind,
		name: String(name),
		namespace: kind === "NetworkPolicy" || kind === "CiliumNetworkPolicy" ? String(namespace ?? "default") : "",
		selector: isCalicos && !limited ? (readCalicoSelector(spec.at("selector")) ?? ALL) : null,
		source: root.objectPosition,
	};
}

/** A kind of another group, written with the wrong apiVersion. */
function misplaced(kind: string): Phrase | undefined {
	const [group] = groupsOf(kind);
	return group === undefined
		? undefined
		: phrase("is-of-version", { kind, version: group === "" ? "v1" : `${group}/v1` });
}

function versionHint(kind: string): Phrase | undefined {
	return READERS.has(`${OWN_GROUP}/${kind}`)
		? phrase("write", { text: `apiVersion: ${OWN_API_VERSION}` })
		: misplaced(kind);
}

function readNamespace(object: Field): NamespaceObject {
	const poolRequests = readPoolRequests(object);
	return { ...clusterMeta(object), kind: "Namespace", ...(poolRequests.length > 0 && { poolRequests }) };
}

function addNode(object: Field, into: Inventory): void {
	const node = readNode(object, into.spelling);
	into.add(into.nodes, node);
	const minor = minorVersionOf(nodeVersion(object));
	if (minor !== undefined && !into.nodeVersions.has(minor)) into.nodeVersions.set(minor, node);
}

function addNetworkPolicy(object: Field, into: Inventory): void {
	into.add(into.networkPolicies, readNetworkPolicy(object));
}

function addEndpointSlice(object: Field, into: Inventory): void {
	const slice = readEndpointSlice(object, into.spelling);
	if (slice !== undefined) into.add(into.endpointSlices, slice);
}

function addEndpoints(object: Field, into: Inventory): void {
	into.add(into.endpoints, { ...namespacedMeta(object), kind: "Endpoints", slices: readEndpoints(object) });
}

function addServiceCIDRs(object: Field, into: Inventory): void {
	into.serviceCIDRs.push(
		...object
			.at("spec")
			.at("cidrs")
			.items()
			.map((each) => each.prefix()),
	);
}

function addKubeProxy(object: Field, into: Inventory): void {
	into.kubeProxy = readKubeProxyConfiguration(object, into.spelling);
}

/** The ConfigMaps that say how the cluster's network is set up, by name and key. */
const CONFIG_MAPS: Readonly<Record<string, readonly [key: string, read: Reader]>> = {
	"kube-proxy": ["config.conf", addKubeProxy],
	"kube-flannel-cfg": [
		"net-conf.json",
		(object, into) => {
			into.flannel = readNetConf(object);
		},
	],
	"kubeadm-config": ["ClusterConfiguration", addKubeadm],
};

function readConfigMap(object: Field, into: Inventory): void {
	const name = object.at("metadata").at("name").text();
	// Its keys belong together: the daemon's configuration, the plugin's, and switches.
	if (name === "eni-config") into.terway = readEniConfig(object);
	const known = Object.hasOwn(CONFIG_MAPS, name) ? CONFIG_MAPS[name] : undefined;
	if (known === undefined) return;
	const [key, read] = known;
	const configuration = embedded(object.at("data").at(key));
	if (configuration !== undefined) read(configuration, into);
}

function addKubeadm(object: Field, into: Inventory): void {
	const networking = object.at("networking");
	into.kubeadm = {
		podCIDRs: networking.at("podSubnet").prefixes(),
		serviceCIDRs: networking.at("serviceSubnet").prefixes(),
		minorVersion: minorVersionOf(object.at("kubernetesVersion").text()),
	};
}
