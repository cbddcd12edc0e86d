/** What has been read so far: objects by name, and settings by where they come from. */

import type { Prefix } from "../address/prefix.ts";
import { type Diagnostic, otherAt, refuse } from "../diagnostic/diagnostic.ts";
import type { SourcePosition } from "../origin/origin.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import type { Field } from "./field.ts";
import type { HybridnetNetwork, HybridnetSubnet, IPInstance } from "./hybridnet-objects.ts";
import { CalicoInventory } from "./kubernetes/calico/calico-objects.ts";
import { Spelling } from "./kubernetes/field-names.ts";
import type { FlannelConfiguration } from "./kubernetes/flannel-configuration.ts";
import type { TerwayConfiguration } from "./kubernetes/terway-configuration.ts";
import type { NetworkAttachmentDefinition } from "./multus-objects.ts";
import type { ForeignPolicy, NetworkPolicy } from "./network-policy.ts";
import type { EndpointSlice, NamespaceObject, Node, ObjectMeta, Pod, Service } from "./objects.ts";
import type {
	ClusterObject,
	EniObject,
	HostObject,
	KubeProxySettings,
	LoadBalancerObject,
	PrefixListObject,
	SecurityGroupObject,
	SegmentObject,
	VpcObject,
} from "./settings.ts";
import type { PodEni, PodNetworking } from "./terway-objects.ts";

/** v1 Endpoints, as the slices that they stand for. Its name is the Service's. */
export interface EndpointsObject extends ObjectMeta {
	readonly kind: "Endpoints";
	readonly slices: readonly EndpointSlice[];
}

/** Of kubeadm's ClusterConfiguration. */
export interface KubeadmConfiguration {
	readonly podCIDRs: readonly Prefix[];
	readonly serviceCIDRs: readonly Prefix[];
	readonly minorVersion: number | undefined;
}

/** Keys are `NAME`, or `NAMESPACE/NAME` for kinds that have a namespace. */
export class Inventory {
	readonly namespaces: Map<string, NamespaceObject> = new Map();
	readonly nodes: Map<string, Node> = new Map();
	readonly pods: Map<string, Pod> = new Map();
	readonly services: Map<string, Service> = new Map();
	readonly endpointSlices: Map<string, EndpointSlice> = new Map();
	readonly endpoints: Map<string, EndpointsObject> = new Map();
	readonly clusters: Map<string, ClusterObject> = new Map();
	readonly vpcs: Map<string, VpcObject> = new Map();
	readonly segments: Map<string, SegmentObject> = new Map();
	readonly hosts: Map<string, HostObject> = new Map();
	readonly loadBalancers: Map<string, LoadBalancerObject> = new Map();
	readonly securityGroups: Map<string, SecurityGroupObject> = new Map();
	readonly prefixLists: Map<string, PrefixListObject> = new Map();
	readonly enis: Map<string, EniObject> = new Map();
	readonly podNetworkings: Map<string, PodNetworking> = new Map();
	readonly podENIs: Map<string, PodEni> = new Map();
	readonly networkPolicies: Map<string, NetworkPolicy> = new Map();
	readonly foreignPolicies: ForeignPolicy[] = [];
	readonly calico: CalicoInventory = new CalicoInventory();
	readonly hybridnetNetworks: Map<string, HybridnetNetwork> = new Map();
	readonly hybridnetSubnets: Map<string, HybridnetSubnet> = new Map();
	readonly ipInstances: Map<string, IPInstance> = new Map();
	readonly networkAttachmentDefinitions: Map<string, NetworkAttachmentDefinition> = new Map();

	/** Raw answers of the cloud's API. */
	readonly answers: Field[] = [];

	kubeProxy: Partial<KubeProxySettings> = {};
	flannel: FlannelConfiguration | undefined;
	terway: TerwayConfiguration | undefined;
	kubeadm: KubeadmConfiguration | undefined;
	readonly serviceCIDRs: Prefix[] = [];
	/** Minor versions of kube-proxy that Nodes say, with one Node that says it. */
	readonly nodeVersions: Map<number, Node> = new Map();

	readonly spelling: Spelling = new Spelling();
	readonly #warnings: Diagnostic[] = [];
	readonly #unknownKinds = new Set<string>();

	/** Warnings of reading, in the order in which they came up. */
	get warnings(): readonly Diagnostic[] {
		return [...this.#warnings, ...this.spelling.warnings];
	}

	/** @throws {InputError} Where the name is taken by an object that says something else. */
	add<T extends ObjectMeta & { readonly kind: string }>(objects: Map<string, T>, object: T): void {
		const key = keyOf(object);
		const other = objects.get(key);
		if (other === undefined) objects.set(key, object);
		else if (content(other) !== content(object)) {
			const message = phrase("twice-and-differs", { kind: object.kind, name: key });
			refuse("duplicate-object", message, object.source, otherAt(other));
		}
	}

	warn(diagnostic: Warned): void {
		this.#warnings.push({ ...diagnostic, severity: "warning" });
	}

	/** One warning for each kind, however many objects there are of it. */
	passOver(apiVersion: string, kind: string, where: SourcePosition): void {
		const key = `${apiVersion} ${kind}`;
		if (this.#unknownKinds.has(key)) return;
		this.#unknownKinds.add(key);
		this.warn({ code: "unknown-kind", message: phrase("objects-passed-over", { kind, version: apiVersion }), where });
	}
}

/** A warning, said in the language of whoever reads it. */
type Warned = Omit<Diagnostic, "severity"> & { readonly message: Phrase; readonly hint?: Phrase };

/** The name by which indexes know an object. */
export function keyOf({ namespace, name }: ObjectMeta): string {
	return namespace === "" ? name : `${namespace}/${name}`;
}

/** What podpath reads of an object, without where it stands. */
function content(object: ObjectMeta): string {
	return JSON.stringify(object, (key, value: unknown) => (key === "source" || key === "line" ? undefined : value));
}
