/** What an operator should know besides the path: causes with a fix, things taken for granted. */
import type { Service } from "../cluster/objects.ts";
import { formatPosition } from "../diagnostic/diagnostic.ts";
import type { Packet } from "../packet/packet.ts";
import type { StatePart } from "../state/namespace.ts";
import { type Place, placeKind } from "../state/place.ts";
import { sysctlNumber } from "../state/sysctl.ts";
import { LOAD_BALANCER_RULES } from "./balancer-findings.ts";
import type { Finding } from "./explanation.ts";
import { FABRIC_RULES } from "./fabric-findings.ts";
import { isClients, type Plan } from "./plan.ts";
import { POLICY_RULES } from "./policy-findings.ts";
import { SECURITY_GROUP_RULES } from "./security-group-findings.ts";
import type { Subject } from "./subject.ts";
import { TERWAY_RULES } from "./terway-findings.ts";
import { WAY_LIMIT, type Way } from "./ways.ts";
import { at, whereOf } from "./where.ts";

type Rule = (subject: Subject, plan: Plan, ways: readonly Way[]) => readonly Finding[];

const RULES: readonly Rule[] = [
	causes,
	...TERWAY_RULES,
	...FABRIC_RULES,
	...LOAD_BALANCER_RULES,
	...SECURITY_GROUP_RULES,
	...POLICY_RULES,
	noEndpoints,
	noReadyEndpoints,
	localWithoutEndpoints,
	bridgeNetfilterOff,
	vlanNotCarried,
	clientAddressLost,
	undeclaredPort,
	assumedPort,
	tooManyWays,
];
const ORDER = { error: 0, warning: 1, info: 2 } as const;

export function findingsOf(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Finding[] {
	const found = RULES.flatMap((rule) => rule(subject, plan, ways));
	const stacks = stacksOf(ways);
	const all = [
		...found,
		...remarks(ways),
		...missingState(subject, stacks),
		...notUnderstood(subject, stacks),
		...assumptions(subject, ways).filter((each) => !found.some(({ message }) => message.startsWith(each.message))),
	];
	return all.sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}

function nameOf(service: Service): string {
	return `service/${service.namespace}/${service.name}`;
}

/** What the network's own objects say of a packet that got lost; a policy's drop needs no other cause. */
function causes({ network }: Subject, _: Plan, ways: readonly Way[]): readonly Finding[] {
	const found = new Map<string, Finding>();
	for (const { verdict, end, sent, forward, reply } of ways) {
		if (!LOST.has(verdict) || end.because.origin?.object?.startsWith("networkpolicy/") === true) continue;
		const places = [...forward.crossings, ...(reply?.crossings ?? [])].map(({ at }) => at);
		const to = forward.crossings.at(-1)?.packet;
		const lost = { places: [...new Set([...places, end.at])], from: sent.src, to: innermost(to ?? sent).dst };
		for (const cause of network.causesOf?.(lost) ?? []) {
			if (!found.has(cause.message)) found.set(cause.message, { severity: "error", ...cause });
		}
	}
	return [...found.values()];
}

const LOST: ReadonlySet<string> = new Set(["unreachable", "dropped", "exits", "loop", "no-reply"]);

function innermost(packet: Packet): Packet {
	const { payload } = packet;
	if (payload?.kind === "ipip") return innermost(payload.packet);
	return payload?.kind === "vxlan" ? innermost(payload.frame.packet) : packet;
}

/** A Service that nobody serves: kube-proxy refuses its clients. */
function noEndpoints({ cluster }: Subject, plan: Plan): readonly Finding[] {
	if (plan.target.service === null || plan.endpoints.size > 0 || plan.fromSnapshot) return [];
	const { service, port } = plan.target.service;
	const object = nameOf(service);
	const finding = (why: string, fix: string): readonly Finding[] => {
		const message = `${object} ${at(service.source)} has no endpoint for port ${port.port}${why}`;
		return [{ code: "service-no-endpoints", severity: "error", message, fix, object }];
	};
	if (service.selector === null) return finding("", "it has no selector: write an EndpointSlice for it");
	const wanted = Object.entries(service.selector);
	const labels = wanted.map(([key, value]) => `${key}=${value}`).join(",");
	const look = `look for ready pods with labels ${labels}: kubectl -n ${service.namespace} get pods -l ${labels}`;
	const selected = cluster.pods.filter(
		(pod) => pod.namespace === service.namespace && wanted.every(([key, value]) => pod.labels[key] === value),
	);
	if (selected.length === 0) return finding(`: no pod has labels ${labels}`, look);
	const waiting = selected.filter(({ podIPs }) => podIPs.length === 0);
	if (waiting.length < selected.length) return finding("", look);
	const who = waiting.map((pod) => `pod/${pod.namespace}/${pod.name} ${at(pod.source)} is ${pod.phase}`);
	const first = waiting[0]?.name ?? "";
	return finding(`: ${who.join(", ")}`, `see what it waits for: kubectl -n ${service.namespace} describe pod ${first}`);
}

/** Endpoints there are, but kube-proxy and load balancers send to ready ones alone. */
function noReadyEndpoints({ cluster }: Subject, plan: Plan, ways: readonly Way[]): readonly Finding[] {
	const { service } = plan.target;
	if (service === null || plan.endpoints.size === 0 || plan.fromSnapshot) return [];
	if (ways.every(({ verdict }) => verdict === "delivered")) return [];
	const endpoints = cluster
		.slicesOf(`${service.service.namespace}/${service.service.name}`)
		.flatMap((each) => each.endpoints);
	if (endpoints.some(({ ready }) => ready)) return [];
	const object = nameOf(service.service);
	const own = new Set(endpoints.flatMap(({ addresses }) => addresses.map(({ text }) => text)));
	const pods = cluster.pods.filter(({ podIPs }) => podIPs.some(({ text }) => own.has(text)));
	const who = pods.map((pod) => `pod/${pod.namespace}/${pod.name} ${at(pod.source)}`).join(", ") || [...own].join(", ");
	const [first] = pods;
	const look = first === undefined ? "" : `: kubectl -n ${first.namespace} describe pod ${first.name}`;
	return [
		{
			code: "service-no-ready-endpoint",
			severity: "error",
			message: `${object} has no ready endpoint for port ${service.port.port}: not ready is ${who}`,
			fix: `see why it is not ready${look}`,
			object,
		},
	];
}

/** Seed 001 L187, L201: in-cluster clients of an external address with policy Local, on a node without a pod of it. */
function localWithoutEndpoints({ cluster }: Subject, plan: Plan, ways: readonly Way[]): readonly Finding[] {
	const service = plan.target.service?.service;
	if (service === undefined || plan.endpoints.size === 0) return [];
	const external =
		service.externalTrafficPolicy === "Local" && !service.clusterIPs.some((ip) => ip.text === plan.target.address.text);
	const internal =
		service.internalTrafficPolicy === "Local" && service.clusterIPs.some((ip) => ip.text === plan.target.address.text);
	if (!external && !internal) return [];
	const slices = cluster.slicesOf(`${service.namespace}/${service.name}`);
	const failed = ways.find(({ verdict, end }) => {
		if (verdict !== "refused" && verdict !== "dropped") return false;
		const hasLocal = slices.some(({ endpoints }) =>
			endpoints.some(({ ready, nodeName }) => ready && end.at === `node/${nodeName}`),
		);
		return placeKind(end.at) === "node" && !hasLocal;
	});
	if (failed === undefined) return [];
	const object = nameOf(service);
	const policy = external ? "externalTrafficPolicy" : "internalTrafficPolicy";
	return [
		{
			code: external ? "external-ip-local-no-endpoint" : "internal-policy-local-no-endpoint",
			severity: "error",
			message: `${object} has ${policy} Local and no endpoint on ${failed.end.at}`,
			fix: external
				? "in the cluster use its ClusterIP, or set externalTrafficPolicy: Cluster, or run a pod of it on each node"
				: "set internalTrafficPolicy: Cluster, or run a pod of it on each node",
			object,
		},
	];
}

/** Without br_netfilter the answer of a pod on the same bridge is not translated back (dataplanes: reply is bridged). */
function bridgeNetfilterOff(_: Subject, plan: Plan, ways: readonly Way[]): readonly Finding[] {
	const failed = ways.find((way) => way.verdict === "no-reply" && way.end.because.code === "wrong-answer-source");
	if (failed === undefined) return [];
	const key =
		plan.target.address.family === 4 ? "net.bridge.bridge-nf-call-iptables" : "net.bridge.bridge-nf-call-ip6tables";
	const stack = [...failed.memory.conntrack.entries()]
		.map(({ view }) => view)
		.find((view) => sysctlNumber(view.state, key) === 0);
	if (stack === undefined) return [];
	return [
		{
			code: "bridge-netfilter-off",
			severity: "error",
			message: `${key} is 0 on ${stack.place}: the answer crosses the bridge without being translated back`,
			fix: `modprobe br_netfilter && sysctl -w ${key}=1`,
			object: stack.place,
		},
	];
}

/** A VLAN that a switch's port lacks, where it stopped a packet or the question for its next hop. */
function vlanNotCarried({ cluster }: Subject, __: Plan, ways: readonly Way[]): readonly Finding[] {
	const found = new Map<string, Finding>();
	for (const { end } of ways) {
		const { code, facts } = end.because;
		if (code !== "no-answer-in-vlan" && code !== "port-vlan-filtered") continue;
		const { segment, port, vlan } = facts;
		const written = cluster.segments.find(({ name }) => `segment/${name}` === segment);
		const where = whereOf(written ?? null);
		const message = `the port of ${segment}${where} to ${port} does not carry VLAN ${vlan}, by which a packet would have to go`;
		const fix = `let that port carry VLAN ${vlan} (spec.ports of the Segment)`;
		found.set(message, { code: "vlan-not-on-port", severity: "error", message, fix, object: String(segment) });
	}
	return [...found.values()];
}

function clientAddressLost(_: Subject, plan: Plan, ways: readonly Way[]): readonly Finding[] {
	const service = plan.target.service?.service;
	if (service === undefined) return [];
	const lost = ways.find((way) => way.verdict === "delivered" && !isClients(plan, way.forwardEnd.packet.src));
	if (lost === undefined) return [];
	const seen = lost.forwardEnd.packet.src.text;
	const fix = keepingClientAddress(service, lost);
	return [
		{
			code: "client-address-lost",
			severity: "info",
			message: `the server sees ${seen} instead of the client's ${lost.sent.src.text}`,
			...(fix !== undefined && { fix }),
			object: nameOf(service),
		},
	];
}

function keepingClientAddress({ externalTrafficPolicy, type }: Service, { forward }: Way): string | undefined {
	const last = forward.rewrites.findLast(({ kind }) => kind === "snat" || kind === "masquerade");
	if (last !== undefined && placeKind(last.at) === "slb") return `let ${last.at} keep it: preserveClientIp`;
	return externalTrafficPolicy === "Cluster" && type !== "ClusterIP"
		? "externalTrafficPolicy: Local keeps the client's address"
		: undefined;
}

/** The pod says which ports it serves, and the asked one is none of them. */
function undeclaredPort(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Finding[] {
	if (plan.protocol === "icmp") return [];
	const findings = new Map<string, Finding>();
	const { service } = plan.target;
	// A client may ask for any port; a Service that leads to another one than its pods declare is mostly a slip.
	const asked =
		service === null
			? ({ severity: "info" } as const)
			: ({ severity: "warning", fix: `look at targetPort of ${nameOf(service.service)}` } as const);
	for (const way of ways) {
		if (way.forwardEnd.outcome !== "delivered") continue;
		const { at: place, packet } = way.forwardEnd;
		const pod = place.startsWith("pod/") ? subject.cluster.pod(place.slice("pod/".length)) : undefined;
		if (pod === undefined || pod.ports.length === 0) continue;
		if (pod.ports.some((port) => port.containerPort === packet.dport && port.protocol === packet.protocol)) continue;
		const message = `${place} ${at(pod.source)} declares no ${packet.protocol} port ${packet.dport}; a listener there is taken for granted`;
		findings.set(place, { code: "port-not-declared", ...asked, message, object: place });
	}
	return [...findings.values()];
}

/** Neither the question nor the pod says a port. Rules may treat ports differently, so the reader must know which was asked. */
function assumedPort(_: Subject, { target, protocol }: Plan): readonly Finding[] {
	if (!target.portAssumed || protocol === "icmp") return [];
	const message = `the question names no port and its target declares none: ${protocol} port ${target.port} was asked for`;
	return [{ code: "port-assumed", severity: "info", message, fix: "say which: TO:PORT" }];
}

function tooManyWays(_: Subject, __: Plan, ways: readonly Way[]): readonly Finding[] {
	if (ways.length < WAY_LIMIT) return [];
	const share = ways.reduce((sum, way) => sum + way.weight, 0);
	if (share > 0.999999) return [];
	return [
		{
			code: "ways-left-out",
			severity: "warning",
			message: `only ${WAY_LIMIT} ways were followed: ${(share * 100).toFixed(1)} % of connections`,
		},
	];
}

/** What is taken for a part of a node's state that the input does not hold. */
const TAKEN_FOR_MISSING: Partial<Readonly<Record<StatePart, string>>> = {
	"ip-rule": "the kernel's own three rules",
	sysctl: "forwarding on, no reverse path filter",
	"iptables-save": "no rules",
	"ip6tables-save": "no rules",
	"nft-ruleset": "no rules besides iptables'",
	"ipvsadm-save": "no virtual servers",
};

/** Parts of the state that the answer would have needed and had not. */
function missingState(subject: Subject, stacks: readonly Place[]): readonly Finding[] {
	return stacks.flatMap((place): readonly Finding[] => {
		const namespace = subject.network.namespace(place);
		const missing = namespace?.missing;
		if (missing === undefined || missing.size === 0) return [];
		const taken = Object.entries(TAKEN_FOR_MISSING).filter(([part]) => missing.has(part as StatePart));
		if (taken.length === 0) return [];
		const why = (part: string): string => {
			const reason = namespace?.whyMissing?.get(part as StatePart);
			return reason === undefined ? "" : `${reason}; `;
		};
		const message = `${place}: ${taken.map(([part, what]) => `${part} is missing (${why(part)}taken: ${what})`).join("; ")}`;
		return [
			{
				code: "missing-state",
				severity: "info",
				message,
				fix: "podpath's snapshot layout names the commands: docs/contract.md",
				object: place,
			},
		];
	});
}

/** Lines of dumps that nobody understood, of the stacks that the packet met. */
function notUnderstood(subject: Subject, stacks: readonly Place[]): readonly Finding[] {
	return stacks.flatMap((place): readonly Finding[] => {
		const lines = subject.network.namespace(place)?.notUnderstood ?? [];
		const first = lines[0];
		if (first === undefined) return [];
		const more = lines.length === 1 ? "" : `, and ${lines.length - 1} more of ${place}`;
		const message = `${formatPosition(first.source)}: "${first.text}" is not understood (${first.why})${more}`;
		return [{ code: "line-not-understood", severity: "warning", message, object: place }];
	});
}

function stacksOf(ways: readonly Way[]): readonly Place[] {
	return [...new Set(ways.flatMap((way) => [...way.forward.stacks, ...(way.reply?.stacks ?? [])]))];
}

/** What was taken for granted although the rest of the input would have let one expect it to be said. */
const GAPS: ReadonlySet<string> = new Set(["security-group-unknown"]);

/** What the walks took for granted, once each. */
function remarks(ways: readonly Way[]): readonly Finding[] {
	const all = new Map<string, Finding>();
	for (const way of ways) {
		for (const [key, { message, at: object }] of way.remarks) {
			const code = key.slice(0, key.indexOf(" "));
			all.set(`${key} ${message}`, { code, severity: GAPS.has(code) ? "warning" : "info", message, object });
		}
	}
	return [...all.values()];
}

function assumptions(subject: Subject, ways: readonly Way[]): readonly Finding[] {
	const met = new Set(ways.flatMap((way) => way.forward.crossings.map((crossing) => crossing.at)));
	return subject.network.assumptions
		.filter((each) => each.place === undefined || met.has(each.place))
		.map(({ code, message, severity, place }) => ({
			code,
			severity: severity ?? ("info" as const),
			message,
			...(place === undefined ? {} : { object: place }),
		}));
}
