/** Who made a table and what a chain of it is for, by their names. */
import type { ObjectRef, Origin, SourcePosition } from "../../origin/origin.ts";

/** Tables that name who made them. */
const MAKERS: readonly (readonly [prefix: string, component: string])[] = [
	["kube-proxy", "kube-proxy"],
	["flannel-ipv", "flannel"],
	["calico", "calico"],
	["cilium", "cilium"],
	["kindnet", "kindnet"],
	["kube-network-policies", "kube-network-policies"],
	["ovn-kubernetes", "ovn-kubernetes"],
	["firewalld", "firewalld"],
];

/** kube-proxy's chains of a Service port: `service-ULMVA6XW-ns1/svc1/tcp/p80` (pkg/proxy/nftables/proxier.go). */
const SERVICE_CHAIN =
	/^(?:service|external|local|endpoint|firewall)-[A-Z0-9]{8}-([a-z0-9][-a-z0-9.]*)\/([a-z0-9][-a-z0-9.]*)\//;

export function tableComponent(table: string): string {
	return MAKERS.find(([prefix]) => table.startsWith(prefix))?.[1] ?? "unknown";
}

/** The Service that a chain of kube-proxy belongs to. */
export function chainObject(component: string, chain: string): ObjectRef | undefined {
	const service = component === "kube-proxy" ? SERVICE_CHAIN.exec(chain) : null;
	return service === null ? undefined : `service/${service[1]}/${service[2]}`;
}

export function originOf(
	component: string,
	source: SourcePosition,
	more: { readonly object?: ObjectRef | undefined; readonly note?: string | undefined } = {},
): Origin {
	return {
		component,
		...(more.object === undefined ? {} : { object: more.object }),
		source,
		...(more.note === undefined ? {} : { note: more.note }),
	};
}
