/** Who put a rule there, as far as its chain, its target and its comment tell. */
import type { Origin, SourcePosition } from "../../origin/origin.ts";
import type { RuleParts } from "./rule.ts";

/** Beginnings of chain names, longest first where one begins another. */
const MAKERS: readonly (readonly [prefix: string, component: string])[] = [
	["KUBE-KUBELET-CANARY", "kubelet"],
	["KUBE-NWPLCY-", "kube-router"],
	["KUBE-POD-FW-", "kube-router"],
	["KUBE-ROUTER-", "kube-router"],
	["KUBE-", "kube-proxy"],
	["cali-", "calico"],
	["FLANNEL-", "flannel"],
	["CNI-HOSTPORT-", "portmap"],
	["CNI-DN-", "portmap"],
	["CNI-SN-", "portmap"],
	["CNI-", "cni"],
	["DOCKER", "docker"],
	["CILIUM_", "cilium"],
	["OLD_CILIUM_", "cilium"],
	["HYBR-", "hybridnet"],
	["TERWAY-", "terway"],
	["WEAVE", "weave"],
	["LIBVIRT_", "libvirt"],
];

/** Beginnings of comments that tell more than the chain (a rule in a built-in chain has only that). */
const COMMENTED: readonly (readonly [prefix: string, component: string])[] = [
	["kubernetes ", "kube-proxy"],
	["cali:", "calico"],
	["flanneld ", "flannel"],
	["cilium", "cilium"],
	["kube-router ", "kube-router"],
	["hybridnet ", "hybridnet"],
];

/** kube-proxy's comments: `default/nginx:http cluster IP`, `default/nginx has no endpoints`. */
const SERVICE = /^([a-z0-9][-a-z0-9.]*)\/([a-z0-9][-a-z0-9.]*)(?::([-a-z0-9]+))?(?: |$)/;

export function ruleOrigin(chain: string, rule: RuleParts, source: SourcePosition): Origin {
	let note: string | undefined;
	for (const match of rule.matches) {
		if (match.kind !== "comment") continue;
		note = match.text;
		break;
	}
	const component =
		makerOf(MAKERS, chain) ?? makerOf(MAKERS, calledChain(rule)) ?? makerOf(COMMENTED, note ?? "") ?? "unknown";
	if (note === undefined) return { component, source };
	const service = component === "kube-proxy" ? SERVICE.exec(note) : null;
	if (service === null) return { component, source, note };
	return { component, object: `service/${service[1]}/${service[2]}`, source, note };
}

/** The chain that the rule calls. One that the dump does not declare was read as a target that is not known. */
function calledChain({ target }: RuleParts): string {
	if (target === null) return "";
	if (target.kind === "jump" || target.kind === "goto") return target.chain;
	return target.kind === "other" ? target.module : "";
}

function makerOf(makers: typeof MAKERS, name: string): string | undefined {
	if (name === "") return undefined;
	for (const [prefix, component] of makers) if (name.startsWith(prefix)) return component;
	return undefined;
}
