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

/** kube-proxy's comments of map elements: `ns2/svc2:p80`. */
const SERVICE_COMMENT = /^([a-z0-9][-a-z0-9.]*)\/([a-z0-9][-a-z0-9.]*)(?::[-a-z0-9]+)?$/;

/** The origin of a rule whose verdict map had an element with a comment for the packet: the element says for what. */
export function elementOrigin(rule: Origin, comment: string): Origin {
	const service = rule.component === "kube-proxy" ? SERVICE_COMMENT.exec(comment) : null;
	return { ...rule, ...(service === null ? {} : { object: `service/${service[1]}/${service[2]}` }), note: comment };
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
