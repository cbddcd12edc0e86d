/**
 * What the NetworkPolicy API leaves to whoever enforces it. A network mode says how its own enforcer does; where the API and
 * its documentation leave something undefined and nobody says more, a verdict that hangs on it is `unknown`.
 *
 * Sources: k8s.io/api/networking/v1 types.go, and kubernetes.io/docs/concepts/services-networking/network-policies.
 */
export interface PolicyEnforcement {
	/**
	 * What is allowed whatever the policies say. `from`: traffic whose source is the pod's own node, without which the
	 * kubelet's probes would fail (types.go, Ingress). `from-and-to`: to that node too (the documentation, on IP blocks: "traffic
	 * to and from the node where a Pod is running is always allowed"). `nothing`: the node is a peer like any other.
	 */
	readonly ownNode: "from" | "from-and-to" | "nothing";
	/**
	 * Pods in their node's network namespace. The documentation, "NetworkPolicy and hostNetwork pods", leaves two: the enforcer
	 * ignores them in selectors and treats their traffic as the node's (the most common), or selects them as it does others.
	 */
	readonly hostNetworkPods: "as-node" | "as-pod" | "undefined";
	/**
	 * Protocols that no rule can name, such as ICMP, to and from isolated pods: undefined by the documentation, on "deny all".
	 * Enforcers that match them do so by rules that restrict no ports.
	 */
	readonly otherProtocols: "rules-without-ports" | "allowed" | "undefined";
}

/** What the API and its documentation themselves say. */
export const DOCUMENTED_ENFORCEMENT: PolicyEnforcement = {
	ownNode: "from-and-to",
	hostNetworkPods: "undefined",
	otherProtocols: "undefined",
};

/**
 * calico-felix and cilium-agent: a pod is reached from its own node whatever policies say (felix static.go leaves what the node
 * itself sends alone, filter OUTPUT; cilium's `allow-localhost`), and they know peers by address.
 */
export const FELIX_ENFORCEMENT: PolicyEnforcement & { readonly hostNetworkPods: "as-node" } = {
	ownNode: "from",
	hostNetworkPods: "as-node",
	otherProtocols: "rules-without-ports",
};
