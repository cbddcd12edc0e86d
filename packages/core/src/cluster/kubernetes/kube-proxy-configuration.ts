/** kubeproxy.config.k8s.io/v1alpha1 KubeProxyConfiguration, by itself or in the ConfigMap `kube-proxy`. */
import type { Field } from "../field.ts";
import { nodePortKeyword } from "../schema/cluster-kind.ts";
import type { KubeProxySettings } from "../settings.ts";
import { type FieldNames, fieldNames, type Spelling } from "./field-names.ts";

const CONFIGURATION: FieldNames = fieldNames(
	"apiVersion kind mode clusterCIDR detectLocalMode detectLocal iptables ipvs nftables conntrack nodePortAddresses",
	"metadata bindAddress healthzBindAddress metricsBindAddress portRange winkernel",
);

/** The settings that it says; what is empty there is not said. */
export function readKubeProxyConfiguration(object: Field, spelling: Spelling): Partial<KubeProxySettings> {
	spelling.remark(object, CONFIGURATION, "KubeProxyConfiguration");
	const mode = object.at("mode").oneOf(["", "iptables", "ipvs", "nftables"], "");
	const marking = object.at(mode === "nftables" ? "nftables" : "iptables");
	const scheduler = object.at("ipvs").at("scheduler").text();
	const clusterCIDRs = object.at("clusterCIDR").prefixes();
	return {
		...(mode !== "" && { mode }),
		...(clusterCIDRs.length > 0 && { clusterCIDRs }),
		...localTraffic(object),
		masqueradeAll: marking.at("masqueradeAll").boolean(false),
		masqueradeBit: marking.at("masqueradeBit").integer(14, 0, 31),
		nodePortAddresses: object.at("nodePortAddresses").items().flatMap(nodePortAddress),
		localhostNodePorts: object.at("iptables").at("localhostNodePorts").boolean(true),
		...(scheduler !== "" && { ipvsScheduler: scheduler }),
		strictARP: object.at("ipvs").at("strictARP").boolean(false),
		tcpBeLiberal: object.at("conntrack").at("tcpBeLiberal").boolean(false),
	};
}

function localTraffic(object: Field): Partial<KubeProxySettings> {
	const modes = ["", "ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix"] as const;
	const detectLocalMode = object.at("detectLocalMode").oneOf(modes, "");
	if (detectLocalMode === "") return {};
	const detectLocal = object.at("detectLocal");
	const name = detectLocalMode === "BridgeInterface" ? "bridgeInterface" : "interfaceNamePrefix";
	return { detectLocalMode, detectLocalInterface: detectLocal.at(name).text() };
}

function nodePortAddress(field: Field): KubeProxySettings["nodePortAddresses"] {
	const { value } = field;
	if (value === "primary" || value === "localhost" || value === "all") return nodePortKeyword(value);
	return [field.prefix()];
}
