/** The sentences of answers, one for each reason code, in English. Facts stand in braces. */
import type { Because, ReasonCode } from "../kernel/because.ts";

const SENTENCES: Readonly<Record<ReasonCode, string>> = {
	sent: "sent to {to}",
	received: "received",
	transmitted: "transmitted",
	bridged: "bridged to {mac} out of port {device}",
	"bridge-up": "for {device}'s own MAC: up to the IP stack",
	"vlan-received": "tag removed by {device}",
	"macvlan-received": "for the MAC of macvlan {device}",
	"ipvlan-received": "for an address of ipvlan {device}",
	"hook-passed": "passed {hook}",
	"hook-rules": "{rules} rules had a part",
	"network-policy-passed": "NetworkPolicies let it pass, {direction} of {pod}: {what}",
	dnat: "destination rewritten",
	snat: "source rewritten",
	masquerade: "source rewritten to the address of the outgoing device",
	redirect: "redirected to this stack",
	"nat-known": "{side} rewritten as the connection's entry says",
	"ipvs-scheduled": "IPVS {virtual} ({scheduler}, {servers} servers) sends it to {server}",
	"ipvs-reply": "answer of IPVS {virtual}: the virtual address becomes its source",
	"program-translated": "program {program} ({technology}), by its documented effect: {virtual} becomes {server}",
	"program-answered":
		"program {program} ({technology}), by its documented effect: {virtual} becomes the source of the answer",
	"program-redirected":
		"program {program} ({technology}), by its documented effect: sent by {device}, past the node's IP stack",
	routed: "route {route} (table {table}, rule {rule})",
	"routed-local": "{to} is an address of this stack (on {device})",
	"neighbour-static": "neighbour {address} is {mac} on {device} ({state})",
	"neighbour-answered": "{by} answers for {address} on {device}: {mac}",
	encapsulated: "{device} wraps it: {local} to {remote}",
	decapsulated: "{device} takes the inner packet out of what came from {from}",
	delivered: "delivered to {to}",
	switched: "switched to {to} by MAC {mac}",
	"router-learned": "route {route} via {via}: to {to} by MAC {mac}",
	"vlan-routed": "route {route}: from VLAN {from} to VLAN {vlan}, to {to} by MAC {mac}",
	"vpc-address": "{to} belongs to {place}",
	"vpc-route": "route entry {route} leads to {place}",
	"lb-chosen": "backend {backend}, one of {backends}",
	"lb-reply": "answer of the session: source becomes {virtual}",
	internet: "{to} is outside the VPC",
	"vpc-to-lb": "answer of a connection of {place}: back to it",
	"eni-passed": "{eni} passes it: its security groups are not in the input",
	"sg-allowed": "{eni} lets it {way} ({group}: {rule})",
	"sg-established": "{eni} knows the connection and lets it {way}",
	"rule-drop": "dropped by a rule ({hook} hook, {chain})",
	"rule-reject": "refused with {with} by a rule ({hook} hook, {chain})",
	"rule-unknown": "a rule cannot be evaluated ({hook} hook, {chain}): {what}",
	"policy-drop": "dropped by the policy of {chain}",
	"network-policy-drop": "dropped by NetworkPolicies, {direction} of {pod}: isolated by {what}, and no rule admits it",
	"no-route": "no route to {to}",
	"route-type": "a route of type {type} ({where}) leads nowhere",
	"not-forwarding": "forwarding of IPv{family} is off on {device}",
	"martian-source": "source {source} cannot come in by {device} (martian)",
	"reverse-path":
		"reverse path filter: {source} came in by {device} but would be reached by {wanted} ({sysctl} = {value})",
	ttl: "TTL ran out on the way to {to}",
	loop: "routing loop: the same packet for {to} leaves by {device} again",
	"too-big": "{length} bytes do not fit the MTU {mtu} of {device} and may not be fragmented",
	"no-answer": "nobody answers for {address} on {device}",
	"no-answer-in-vlan":
		"nobody answers for {address} on {device}: the port of {segment} to {port} does not carry VLAN {vlan}",
	"other-mac": "the frame is for {mac}, {device} has {own}",
	"mac-nowhere": "no port of {device} leads to {mac}",
	"device-down": "{device} is down or leads nowhere",
	"device-missing": "route {route} names device {device}, which is not there",
	"device-unknown": "device {device} ({what}) cannot be evaluated",
	"no-tunnel-end": "tunnel {device} finds no way to {remote}",
	"tunnel-carries-ipv4": "{device} carries IPv4 alone",
	"fdb-missing": "{device} has no forwarding entry for {mac}",
	"vlan-filtered": "VLAN {vlan} is not carried by {device}",
	"port-vlan-filtered": "the port of {segment} to {port} does not carry VLAN {vlan}",
	"same-port": "the frame would leave by {device}, where it came in, and hairpin is off",
	"isolated-ports": "ports {from} and {to} are isolated from each other",
	"ipvs-no-server": "IPVS {virtual} has no destination: connection refused",
	"ipvs-method": "IPVS {virtual} forwards by {method}, which cannot be evaluated",
	"vpc-nowhere": "no card and no route entry of the VPC for {to}",
	"vpc-no-member": "no member ENI behind {device} of {place} has VLAN {vlan}",
	"sg-dropped": "{eni} does not let it {way} ({group}: {rule})",
	"source-dest-check":
		"{eni} drops it: its source/destination check is on, and the {side} {address} is none of its addresses",
	"lb-no-listener": "the load balancer has no {protocol} listener on port {port}",
	"lb-no-backend": "the load balancer has no backend for port {port}",
	"lb-acl": "the listener's {list} list does not let {client} in",
	"lb-loopback": "{client} is itself the backend, and a layer 4 load balancer cannot lead it back to itself",
	outside: "leaves what the input describes by {device} towards {nextHop}: {why}",
	"cannot-evaluate": "cannot be evaluated: {what}",
	"not-listening": "nothing listens on {to} at {place}",
	"wrong-answer-source": "the answer comes from {from}, the client asked {asked}: it is refused",
	"invalid-answer": "the answer arrives at {place}, where nobody waits for it",
	"too-many-steps": "no end after {steps} steps",
};

/** Sentences cut at their facts: even places are words, odd ones names of facts. */
const CUT = new Map<ReasonCode, readonly string[]>();

/** The reason as one sentence. */
export function sentence(because: Because): string {
	let parts = CUT.get(because.code);
	if (parts === undefined) {
		const [first = "", ...rest] = SENTENCES[because.code].split(/[{}]/);
		// Only words of ours begin with a capital: a device keeps its name as it is.
		parts = [first.charAt(0).toUpperCase() + first.slice(1), ...rest];
		CUT.set(because.code, parts);
	}
	let text = "";
	for (let i = 0; i < parts.length; i++) {
		const part = parts[i] as string;
		text += i % 2 === 0 ? part : String(because.facts[part] ?? "?");
	}
	return text;
}

/** The sentence with whose entry it was, where somebody put it there: `…, by kube-proxy for service/default/nginx`. */
export function reason(because: Because): string {
	const { origin } = because;
	if (origin === null || origin.component === "kernel" || origin.component === "unknown") return sentence(because);
	const object = origin.object === undefined ? "" : ` for ${origin.object}`;
	return `${sentence(because)}, by ${origin.component}${object}`;
}
