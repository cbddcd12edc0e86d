/** What findings say in English. Facts stand in braces; what may be left out begins with what joins it on. */
import { ENGLISH_OF_CLUSTERS } from "./english-of-clusters.ts";
import { ENGLISH_OF_DIAGNOSIS } from "./english-of-diagnosis.ts";
import { ENGLISH_OF_DUMPS } from "./english-of-dumps.ts";
import { ENGLISH_OF_LAB } from "./english-of-lab.ts";
import { ENGLISH_OF_MANIFESTS } from "./english-of-manifests.ts";
import { ENGLISH_OF_MODES } from "./english-of-modes.ts";
import { ENGLISH_OF_QUESTIONS } from "./english-of-questions.ts";
import { ENGLISH_OF_RULES } from "./english-of-rules.ts";
import { ENGLISH_OF_SERVER } from "./english-of-server.ts";
import { ENGLISH_OF_SNAPSHOTS } from "./english-of-snapshots.ts";
import { ENGLISH_OF_TERWAY } from "./english-of-terway.ts";
import { ENGLISH_OF_UNKNOWNS } from "./english-of-unknowns.ts";
import { ENGLISH_OF_WALKS } from "./english-of-walks.ts";

const ENGLISH_OF_ANSWERS = {
	command: "{command}",
	selected: "selects",
	"selected-several": "select",
	connection: "{what} from {src} to {dst}",

	"service-no-endpoints": "{object} {where} has no endpoint for port {port}{why}",
	"no-pod-has-labels": ": no pod has labels {labels}",
	"pods-wait": ": {pods}",
	"pod-in-phase": "{pod} {where} is {phase}",
	"write-endpoint-slice": "it has no selector: write an EndpointSlice for it",
	"look-for-ready-pods": "look for ready pods with labels {labels}: {command}",
	"see-what-it-waits-for": "see what it waits for: {command}",
	"service-no-ready-endpoint": "{object} has no ready endpoint for port {port}: not ready is {who}",
	"see-why-not-ready": "see why it is not ready",
	"see-why-not-ready-by": "see why it is not ready: {command}",
	"local-no-endpoint": "{object} has {policy} Local and no endpoint on {place}",
	"external-local-fix":
		"in the cluster use its ClusterIP, or set externalTrafficPolicy: Cluster, or run a pod of it on each node",
	"internal-local-fix": "set internalTrafficPolicy: Cluster, or run a pod of it on each node",
	"bridge-netfilter-off": "{key} is 0 on {place}: the answer crosses the bridge without being translated back",
	"answer-untranslated":
		"{place} leads packets for {asked} to {server}, and the answer reaches the client another way, past {past}: it comes from {server}, which the client has not asked",
	"stack-passed-by": "the IP stack and the connection tracking of {place} (by its {device})",
	"answer-untranslated-fix":
		"have {place} masquerade these connections, so that answers come back through it (kube-proxy: masqueradeAll: true)",
	"vlan-not-on-port":
		"the port of {segment}{where} to {port} does not carry VLAN {vlan}, by which a packet would have to go",
	"vlan-not-on-port-fix": "let that port carry VLAN {vlan} (spec.ports of the Segment)",
	"client-address-lost": "the server sees {seen} instead of the client's {client}",
	"balancer-keeps-client": "let {place} keep it: preserveClientIp",
	"local-keeps-client": "externalTrafficPolicy: Local keeps the client's address",
	"port-not-declared": "{place} {where} declares no {protocol} port {port}; a listener there is taken for granted",
	"look-at-target-port": "look at targetPort of {object}",
	"port-assumed": "the question names no port and its target declares none: {protocol} port {port} was asked for",
	"say-port": "say which: TO:PORT",
	"ways-left-out": "only {limit} ways were followed: {share} % of connections",
	"missing-state": "{place}: {parts}",
	"missing-part": "{part} is missing ({why}taken: {what})",
	"missing-part-why": "{reason}; ",
	"taken-own-rules": "the kernel's own three rules",
	"taken-forwarding": "forwarding on, no reverse path filter",
	"taken-no-rules": "no rules",
	"taken-no-nft-rules": "no rules besides iptables'",
	"taken-no-servers": "no virtual servers",
	"missing-state-fix": "podpath's snapshot layout names the commands: docs/contract.md",
	"line-not-understood": '{where}: "{text}" is not understood ({why}){more}',
	"more-lines": ", and {n} more of {place}",

	"policy-enforcer-unknown": "{policies} {selects} {pod}; whether anything enforces that is not known{effect}",
	"policy-not-enforced": "{policies} {selects} {pod}, but nothing enforces that: {why}{effect}",
	"mode-has-no-policy": "{mode} has no NetworkPolicy",
	"policy-off-for-mode": "{off} for {mode}",
	"policy-would-stop": "; enforced, it would stop this connection",
	"say-mode": "say the network mode in the Cluster object",
	"switch-enforcer-on": "switch the mode's own enforcer on again",
	"add-enforcer":
		"run an enforcer beside it (Calico's policy-only mode, kube-network-policies), or a network mode that has one",
	"policy-allowed": "{direction} of {pod}: let through by {rules}",
	"policy-denied": "{direction} of {pod}: isolated by {policies}, and no rule admits {connection}{admitted}",
	"policy-admits": "; admitted there is {rules}",
	"policy-admits-nothing": "; there is no {direction} rule at all",
	"rule-admits-ingress": "{ports} from {peers} ({where})",
	"rule-admits-egress": "{ports} to {peers} ({where})",
	"more-rules": "and {n} more",
	"every-port": "every port",
	everybody: "everybody",
	"all-pods": "all pods",
	"pods-with-labels": "pods with {labels}",
	"pods-of-namespaces": "{pods} of namespaces with {labels}",
	"pods-of-all-namespaces": "{pods} of all namespaces",
	"block-except": "{block} except {except}",
	"admit-ingress": "add to {policy} an ingress rule that admits this client and port, or add a policy that has one",
	"admit-egress": "add to {policy} an egress rule that admits this destination and port, or add a policy that has one",
	"policy-left-out":
		"{direction} of {pod}: {verdict}; this answer was found without that, as {mode} does not enforce it there",
	"policy-left-out-fix":
		"a security group of the pod's ENI, or a pod that is joined to its node, can keep the packet out",
	"isolated-by": "isolated by {policies}, and no rule admits it",
	"cannot-be-evaluated": "cannot be evaluated: {what}",
	"policy-of-other-api":
		"{policy}{more}: not evaluated; where the mode enforces policies, a connection of a pod that it may select is unknown",
	"more-like-it": ", and {n} more like it",

	"lb-acl-denies": "the {list} list of {balancer}'s listener on port {port}{where} does not let {client} in",
	"lb-add-to-list": "add {client} to the list",
	"lb-take-off-list": "take what {client} is in off the list",
	"lb-client-not-kept":
		"{balancer} {where} does not keep the client's address {client}: security groups and servers see one of its own, which the input does not name",
	"lb-client-not-kept-fix": "name them in spec.localAddresses, or let it keep the client's: preserveClientIp",
	"lb-no-ready-node": "{balancer}{service} has no member for port {port}: no node is Ready: {nodes}",
	"of-service": " of {service}",
	"lb-no-ready-node-fix": "see why they are not: kubectl describe node",
	"lb-member-wrong-eni":
		"{balancer}{where} has {member} as a member on {mounted} for port {port}, but {owner} has that address",
	"lb-member-wrong-eni-fix": "mount {owner} with {address}",
	"lb-member-wrong-port": "{balancer}{where} has {member} as a member for port {port}, but {service} is at {endpoint}",
	"lb-member-wrong-port-fix": "mount it with port {port}",
	"lb-member-not-endpoint":
		"{balancer}{where} has {member} as a member for port {port}, which is no endpoint of {service}",
	"lb-remove": "remove it",
	"lb-remove-and-mount": "remove it, and mount {members}",
	"lb-member-unhealthy":
		"{balancer}{where} has {member} as a member for port {port}, which fails its health check: it gets no connections",
	"lb-member-unhealthy-fix": "look for why {member} does not answer the health check of {service}",
	"lb-member-weight-zero":
		"{balancer}{where} has {member} as a member for port {port}, which has weight 0: it gets no connections",
	"lb-member-weight-zero-fix": "give it a weight of 1 to 100",
	"lb-member-missing": "{balancer}{where} has not {members} as a member for port {port}, though {service} has it",
	"lb-member-missing-fix": "look for what the cloud controller says of the Service: kubectl describe service",

	"security-group-denies": "{group} of {eni} does not let {what} {way}: {rule}{where}{inside}{nearly}{other}",
	"security-group-denies-reply":
		"{group} of {eni} does not let the answer from {src} in{left}, and {rule}{where}{inside}{nearly}{other}",
	"way-in": "in",
	"way-out": "out",
	"no-rule-dropped": "no {direction} rule is about {packet}, and {type} groups drop what no rule is about",
	"no-rule-let-out": "no {direction} rule is about {packet}, and {type} groups let out what no rule is about",
	"group-basic": "basic",
	"group-advanced": "advanced",
	"packet-from": "{what} from {address}",
	"packet-to": "{what} to {address}",
	"sg-both-in-advanced": "; both ends are in {group}, but members of an advanced group need a rule to reach each other",
	"sg-both-in-closed": "; both ends are in {group}, but its innerAccess is drop",
	"sg-nearly": '; rule "{rule}"{where} {but}',
	"sg-elsewhere": "; {eni} is in {group}, which would let it pass",
	"sg-left-by": ": the question left by {other}, so {eni} knows no connection",
	"near-other-protocol": "is about {protocol}",
	"near-other-ports": "is about other ports",
	"near-other-sources": "is about other sources",
	"near-other-destinations": "is about other destinations",
	"near-later": "would, but comes after it",
	"sg-rule-from": "a rule {direction} accept {what} from {peer} for a group of {eni}",
	"sg-rule-to": "a rule {direction} accept {what} to {peer} for a group of {eni}",
	"sg-fix-drop": "remove that rule, or give it less priority than {wanted}",
	"sg-fix-add": "add {wanted}",
	"sg-fix-correct": "correct that rule, or add {wanted}",
	"sg-fix-ipvs": "{fix}; or kube-proxy in iptables mode, which sends by the pod's own ENI",
	"sg-fix-join": "add {eni} to {group}, or {fix}",
	"security-group-undecided": "what {eni} does with the packet is not known: {what}",
	"security-group-undecided-fix": "describe that card as an ENI with its securityGroups",
	"security-group-of-node":
		"the packet leaves {place} by {eni}, so that ENI's security groups decide and not those of {own}, the pod's own{why}",
	"ipvs-without-pod-address": ": IPVS looks up its route without the pod's address",
	"security-group-of-node-fix": "let both {eni} and {own} send to and hear from the Service's pods",
	"security-group-not-applied":
		"{place} is reached on its own node, where no security group is asked: {group} of {eni} would not let it in ({rule})",
	"security-group-not-applied-fix": "where that is to hold on one node too, write a NetworkPolicy",

	"vlan-without-member": "{place} sends by {device} with VLAN {vlan}, which no member ENI of that trunk has{has}",
	"behind-vlan": "; {eni}, which has {address}, is behind VLAN {vlan}",
	"look-for-vlan": "look for the VLAN of the pod's PodENI (status.eniInfos) and of its ENI",
	"podeni-should-say-vlan": "the PodENI of {address} should say VLAN {vlan}",
	"vpc-route-missing": "{vpc}{where} has no route entry for {block}, the pod CIDR of {node}",
	"vpc-route-missing-fix": "add the entry {entry} to its route table; the cloud controller keeps these where it may",
	"vpc-route-wrong":
		"{vpc} leads {address} by its entry {route} to {place}, but {block} is the pod CIDR of {node}{where}",
	"vpc-route-wrong-fix": "the entry should be {entry}",
	"vpc-route-of-eni":
		"{vpc} leads {address} by its entry {route} to {place}, but {eni} of {owner} has that address{where}",
	"vpc-route-of-eni-fix": "remove the entry {route} from its route table",
	"source-dest-check":
		"{eni}{where} drops a packet with {side} {address}: its source/destination check is on, and {address} is none of its addresses",
	source: "source",
	destination: "destination",
	"source-dest-check-fix": "switch it off: ModifyNetworkInterfaceAttribute with SourceDestCheck false for {eni}",
} as const;

export const ENGLISH: typeof ENGLISH_OF_ANSWERS &
	typeof ENGLISH_OF_CLUSTERS &
	typeof ENGLISH_OF_DIAGNOSIS &
	typeof ENGLISH_OF_DUMPS &
	typeof ENGLISH_OF_LAB &
	typeof ENGLISH_OF_MANIFESTS &
	typeof ENGLISH_OF_MODES &
	typeof ENGLISH_OF_QUESTIONS &
	typeof ENGLISH_OF_RULES &
	typeof ENGLISH_OF_SERVER &
	typeof ENGLISH_OF_SNAPSHOTS &
	typeof ENGLISH_OF_TERWAY &
	typeof ENGLISH_OF_UNKNOWNS &
	typeof ENGLISH_OF_WALKS = {
	...ENGLISH_OF_ANSWERS,
	...ENGLISH_OF_CLUSTERS,
	...ENGLISH_OF_DIAGNOSIS,
	...ENGLISH_OF_DUMPS,
	...ENGLISH_OF_LAB,
	...ENGLISH_OF_MANIFESTS,
	...ENGLISH_OF_MODES,
	...ENGLISH_OF_QUESTIONS,
	...ENGLISH_OF_RULES,
	...ENGLISH_OF_SERVER,
	...ENGLISH_OF_SNAPSHOTS,
	...ENGLISH_OF_TERWAY,
	...ENGLISH_OF_UNKNOWNS,
	...ENGLISH_OF_WALKS,
};
