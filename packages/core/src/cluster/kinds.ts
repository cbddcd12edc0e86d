/** Kinds that Kubernetes comes with, by API group: known, and passed over where podpath has no use for them. */

/** Group `v1` is written as the empty text. */
const BUILT_IN: Readonly<Record<string, string>> = {
	"": `Binding ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod
		PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount`,
	"admissionregistration.k8s.io": `MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration
		ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration`,
	"apiextensions.k8s.io": "CustomResourceDefinition",
	"apiregistration.k8s.io": "APIService",
	apps: "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
	"authentication.k8s.io": "SelfSubjectReview TokenRequest TokenReview",
	"authorization.k8s.io": "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview",
	autoscaling: "HorizontalPodAutoscaler Scale",
	batch: "CronJob Job",
	"certificates.k8s.io": "CertificateSigningRequest ClusterTrustBundle PodCertificateRequest",
	"coordination.k8s.io": "Lease LeaseCandidate",
	"discovery.k8s.io": "EndpointSlice",
	"events.k8s.io": "Event",
	extensions: "DaemonSet Deployment Ingress NetworkPolicy PodSecurityPolicy ReplicaSet",
	"flowcontrol.apiserver.k8s.io": "FlowSchema PriorityLevelConfiguration",
	"internal.apiserver.k8s.io": "StorageVersion",
	"metrics.k8s.io": "NodeMetrics PodMetrics",
	"networking.k8s.io": "IPAddress Ingress IngressClass NetworkPolicy ServiceCIDR",
	"node.k8s.io": "RuntimeClass",
	policy: "Eviction PodDisruptionBudget PodSecurityPolicy",
	"rbac.authorization.k8s.io": "ClusterRole ClusterRoleBinding Role RoleBinding",
	"resource.k8s.io": "DeviceClass DeviceTaintRule ResourceClaim ResourceClaimTemplate ResourceSlice",
	"scheduling.k8s.io": "PriorityClass Workload",
	"storage.k8s.io": `CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass`,
	"storagemigration.k8s.io": "StorageVersionMigration",
};

const KINDS: ReadonlyMap<string, readonly string[]> = new Map(
	Object.entries(BUILT_IN).map(([group, kinds]) => [group, kinds.split(/\s+/)]),
);

/** The kinds of a built-in group; nothing for groups that Kubernetes does not come with. */
export function builtInKinds(group: string): readonly string[] | undefined {
	return KINDS.get(group);
}

/** The built-in groups that have a kind. */
export function groupsOf(kind: string): readonly string[] {
	return [...KINDS].filter(([, kinds]) => kinds.includes(kind)).map(([group]) => group);
}

/** `apps` of `apps/v1`, empty for `v1`. */
export function groupOf(apiVersion: string): string {
	const slash = apiVersion.indexOf("/");
	return slash < 0 ? "" : apiVersion.slice(0, slash);
}
