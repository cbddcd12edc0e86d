/** What kube-proxy does depends on its version: the switches, each with the release that turned it. */
import type { KubeProxySettings } from "../cluster/settings.ts";

export interface ProxyFeatures {
	/** Without ready endpoints, those that serve while they terminate (ProxyTerminatingEndpoints, KEP-1669: on from 1.26). */
	readonly terminatingFallback: boolean;
	/** `hints.forZones` (TopologyAwareHints, KEP-2433: on from 1.24). */
	readonly zoneHints: boolean;
	/** Zone hints count only where the Service asks for them by annotation (until ServiceTrafficDistribution, KEP-4444, 1.31). */
	readonly zoneHintsByAnnotation: boolean;
	/** `hints.forNodes` (PreferSameTrafficDistribution, KEP-3015: on from 1.34). */
	readonly nodeHints: boolean;
	/** `internalTrafficPolicy` (ServiceInternalTrafficPolicy, KEP-2086: on from 1.22). */
	readonly internalTrafficPolicy: boolean;
	/** IPVS: policy Local without local endpoints means all endpoints (kubernetes/kubernetes#97081: from 1.21). */
	readonly lbLocalFallback: boolean;
	/** iptables: chains KUBE-EXT and KUBE-SVL; before, KUBE-XLB (kubernetes/kubernetes#106497, from 1.24). */
	readonly externalChains: boolean;
	/**
	 * Forbidden traffic is dropped by rules of kube-proxy's own in the filter table; before, it was marked in nat for the
	 * kubelet's KUBE-FIREWALL to drop (KEP-3178: kubernetes/kubernetes#110289, #110290, #110628, from 1.25).
	 * 1.24 in iptables mode, which stands between the two, is taken for 1.25: the outcome is the same.
	 */
	readonly dropsInFilter: boolean;
	/** IPVS: KUBE-IPVS-FILTER keeps clients of a Service address from the node's own ports (#108460, from 1.25). */
	readonly ipvsFilter: boolean;
	/** IPVS: KUBE-IPVS-OUT-FILTER keeps the node from load balancers whose source ranges exclude it (issue #119656, 1.29). */
	readonly ipvsOutFilter: boolean;
}

/** The features of these settings; a version that is not said is the newest. */
export function proxyFeatures(settings: KubeProxySettings): ProxyFeatures {
	const since = (minor: number): boolean => settings.minorVersion === null || settings.minorVersion >= minor;
	return {
		terminatingFallback: since(26),
		zoneHints: since(24),
		zoneHintsByAnnotation: !since(31),
		nodeHints: since(34),
		internalTrafficPolicy: since(22),
		lbLocalFallback: settings.lbLocalFallback ?? since(21),
		externalChains: since(24),
		dropsInFilter: since(settings.mode === "iptables" ? 24 : 25),
		ipvsFilter: since(25),
		ipvsOutFilter: since(29),
	};
}
