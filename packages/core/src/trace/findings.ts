/** What an operator should know besides the path: causes with a fix, things taken for granted. */
import { formatEndpoint } from "../address/address.ts";
import type { Service } from "../cluster/objects.ts";
import type { Rewrite } from "../kernel/walk.ts";
import { innermost } from "../packet/packet.ts";
import { placeKind } from "../state/place.ts";
import { sysctlNumber } from "../state/sysctl.ts";
import type { Language } from "../wording/language.ts";
import { type Phrase, phrase, type Said, worded } from "../wording/phrase.ts";
import { LOAD_BALANCER_RULES } from "./balancer-findings.ts";
import type { Finding } from "./explanation.ts";
import { FABRIC_RULES } from "./fabric-findings.ts";
import { type Found, findingIn } from "./found.ts";
import { takenForGranted } from "./input-findings.ts";
import { isClients, type Plan } from "./plan.ts";
import { POLICY_RULES } from "./policy-findings.ts";
import { SECURITY_GROUP_RULES } from "./security-group-findings.ts";
import { atEnd, endingAs, gettingDestination, gettingSource } from "./shown-at.ts";
import type { Subject } from "./subject.ts";
import { TERWAY_RULES } from "./terway-findings.ts";
import { WAY_LIMIT, type Way } from "./ways.ts";
import { at, whereOf } from "./where.ts";

type Rule = (subject: Subject, plan: Plan, ways: readonly Way[]) => readonly Found[];

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
	answerUntranslated,
	vlanNotCarried,
	clientAddressLost,
	undeclaredPort,
	assumedPort,
	tooManyWays,
];
const ORDER = { error: 0, warning: 1, info: 2 } as const;

export function findingsOf(subject: Subject, plan: Plan, ways: readonly Way[], language: Language): readonly Finding[] {
	return foundAbout(subject, plan, ways).map((each) => findingIn(each, language, ways));
}

/** The same before they are worded; errors first. */
export function foundAbout(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Found[] {
	const found = RULES.flatMap((rule) => rule(subject, plan, ways));
	const told = found.map(({ message }) => worded(message));
	const isTold = ({ message }: Found): boolean => told.some((each) => each.startsWith(worded(message)));
	const { gaps, assumptions } = takenForGranted(subject, ways);
	const all = [...found, ...gaps, ...assumptions.filter((each) => !isTold(each))];
	return all.sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}

function nameOf(service: Service): string {
	return `service/${service.namespace}/${service.name}`;
}

/** What the network's own objects say of a packet that got lost; a policy's drop needs no other cause. */
function causes({ network }: Subject, _: Plan, ways: readonly Way[]): readonly Found[] {
	const found = new Map<string, Found>();
	for (const { verdict, end, sent, forward, reply } of ways) {
		if (!LOST.has(verdict) || end.because.origin?.object?.startsWith("networkpolicy/") === true) continue;
		const places = [...forward.crossings, ...(reply?.crossings ?? [])].map(({ at }) => at);
		const to = forward.crossings.at(-1)?.packet;
		const ends = { from: sent.src, to: innermost(to ?? sent).dst, isAnswer: reply !== null };
		const lost = { places: [...new Set([...places, end.at])], ...ends };
		for (const cause of network.causesOf?.(lost) ?? []) {
			const said = worded(cause.message);
			if (!found.has(said)) found.set(said, { severity: "error", ...cause, shownAt: atEnd });
		}
	}
	return [...found.values()];
}

const LOST: ReadonlySet<string> = new Set(["unreachable", "dropped", "exits", "loop", "no-reply"]);

/** A Service that nobody serves: kube-proxy refuses its clients. */
function noEndpoints({ cluster }: Subject, plan: Plan): readonly Found[] {
	if (plan.target.service === null || plan.endpoints.size > 0 || plan.fromSnapshot) return [];
	const { service, port } = plan.target.service;
	const object = nameOf(service);
	const finding = (why: Said, fix: Phrase): readonly Found[] => {
		const message = phrase("service-no-endpoints", { object, where: at(service.source), port: port.port, why });
		return [{ code: "service-no-endpoints", severity: "error", message, fix, object, shownAt: atEnd }];
	};
	if (service.selector === null) return finding("", phrase("write-endpoint-slice"));
	const wanted = Object.entries(service.selector);
	const labels = wanted.map(([key, value]) => `${key}=${value}`).join(",");
	const command = `kubectl -n ${service.namespace} get pods -l ${labels}`;
	const look = phrase("look-for-ready-pods", { labels, command });
	const selected = cluster.pods.filter(
		(pod) => pod.namespace === service.namespace && wanted.every(([key, value]) => pod.labels[key] === value),
	);
	if (selected.length === 0) return finding(phrase("no-pod-has-labels", { labels }), look);
	const waiting = selected.filter(({ podIPs }) => podIPs.length === 0);
	if (waiting.length < selected.length) return finding("", look);
	const pods = waiting.map(({ namespace, name, source, phase }) =>
		phrase("pod-in-phase", { pod: `pod/${namespace}/${name}`, where: at(source), phase }),
	);
	const describe = `kubectl -n ${service.namespace} describe pod ${waiting[0]?.name ?? ""}`;
	return finding(phrase("pods-wait", { pods }), phrase("see-what-it-waits-for", { command: describe }));
}

/** Endpoints there are, but kube-proxy and load balancers send to ready ones alone. */
function noReadyEndpoints({ cluster }: Subject, plan: Plan, ways: readonly Way[]): readonly Found[] {
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
	const [first] = pods;
	const who = first === undefined ? [...own] : pods.map((pod) => `pod/${pod.namespace}/${pod.name} ${at(pod.source)}`);
	return [
		{
			code: "service-no-ready-endpoint",
			severity: "error",
			message: phrase("service-no-ready-endpoint", { object, port: service.port.port, who }),
			fix:
				first === undefined
					? phrase("see-why-not-ready")
					: phrase("see-why-not-ready-by", { command: `kubectl -n ${first.namespace} describe pod ${first.name}` }),
			object,
			shownAt: atEnd,
		},
	];
}

/** Seed 001 L187, L201: in-cluster clients of an external address with policy Local, on a node without a pod of it. */
function localWithoutEndpoints({ cluster }: Subject, plan: Plan, ways: readonly Way[]): readonly Found[] {
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
			message: phrase("local-no-endpoint", { object, policy, place: failed.end.at }),
			fix: phrase(external ? "external-local-fix" : "internal-local-fix"),
			object,
			shownAt: endingAs(failed.end),
		},
	];
}

/** Without br_netfilter the answer of a pod on the same bridge is not translated back (dataplanes: reply is bridged). */
function bridgeNetfilterOff(_: Subject, plan: Plan, ways: readonly Way[]): readonly Found[] {
	const failed = ways.find((way) => way.verdict === "no-reply" && way.end.because.code === "wrong-answer-source");
	if (failed === undefined) return [];
	const key =
		plan.target.address.family === 4 ? "net.bridge.bridge-nf-call-iptables" : "net.bridge.bridge-nf-call-ip6tables";
	const stack = failed.memory.conntrack
		.entries()
		.map(({ view }) => view)
		.find((view) => sysctlNumber(view.state, key) === 0);
	if (stack === undefined) return [];
	return [
		{
			code: "bridge-netfilter-off",
			severity: "error",
			message: phrase("bridge-netfilter-off", { key, place: stack.place }),
			fix: { command: `modprobe br_netfilter && sysctl -w ${key}=1` },
			object: stack.place,
			shownAt: ({ direction, hop }) =>
				direction === "reply" && hop.at === stack.place && hop.because.code === "bridged",
		},
	];
}

/** The stack that gave the packet another destination does not get the answer, and so cannot undo it. */
function answerUntranslated(_: Subject, __: Plan, ways: readonly Way[]): readonly Found[] {
	for (const { verdict, end, sent, forward, reply } of ways) {
		if (verdict !== "no-reply" || end.because.code !== "wrong-answer-source" || reply === null) continue;
		const rewrite = forward.rewrites.find(({ before }) => before.address.text === sent.dst.text);
		if (rewrite === undefined || reply.stacks.some(({ place }) => place === rewrite.at)) continue;
		const asked = formatEndpoint(rewrite.before.address, rewrite.before.port);
		const server = formatEndpoint(rewrite.after.address, rewrite.after.port);
		const by = reply.crossings.findLast(({ at }) => at === rewrite.at)?.device ?? null;
		const past = by === null ? rewrite.at : phrase("stack-passed-by", { place: rewrite.at, device: by });
		const message = phrase("answer-untranslated", { place: rewrite.at, asked, server, past });
		const fix = phrase("answer-untranslated-fix", { place: rewrite.at });
		const shownAt = gettingDestination(rewrite);
		return [{ code: "answer-untranslated", severity: "error", message, fix, object: rewrite.at, shownAt }];
	}
	return [];
}

/** A VLAN that a switch's port lacks, where it stopped a packet or the question for its next hop. */
function vlanNotCarried({ cluster }: Subject, __: Plan, ways: readonly Way[]): readonly Found[] {
	const found = new Map<string, Found>();
	for (const { end } of ways) {
		const { code, facts } = end.because;
		if (code !== "no-answer-in-vlan" && code !== "port-vlan-filtered") continue;
		const { segment = "", port = "", vlan = "" } = facts;
		const written = cluster.segments.find(({ name }) => `segment/${name}` === segment);
		const where = whereOf(written ?? null);
		const message = phrase("vlan-not-on-port", { segment, where, port, vlan });
		const fix = phrase("vlan-not-on-port-fix", { vlan });
		const object = String(segment);
		const shownAt = endingAs(end);
		found.set(worded(message), { code: "vlan-not-on-port", severity: "error", message, fix, object, shownAt });
	}
	return [...found.values()];
}

function clientAddressLost(_: Subject, plan: Plan, ways: readonly Way[]): readonly Found[] {
	const service = plan.target.service?.service;
	if (service === undefined) return [];
	const lost = ways.find((way) => way.verdict === "delivered" && !isClients(plan, way.forwardEnd.packet.src));
	if (lost === undefined) return [];
	const seen = lost.forwardEnd.packet.src.text;
	const fix = keepingClientAddress(service, lost);
	const rewrite = lastSourceRewrite(lost);
	return [
		{
			code: "client-address-lost",
			severity: "info",
			message: phrase("client-address-lost", { seen, client: lost.sent.src.text }),
			...(fix !== undefined && { fix }),
			object: nameOf(service),
			...(rewrite !== undefined && { shownAt: gettingSource(rewrite) }),
		},
	];
}

function lastSourceRewrite({ forward }: Way): Rewrite | undefined {
	return forward.rewrites.findLast(({ kind }) => kind === "snat" || kind === "masquerade");
}

function keepingClientAddress({ externalTrafficPolicy, type }: Service, way: Way): Phrase | undefined {
	const last = lastSourceRewrite(way);
	if (last !== undefined && placeKind(last.at) === "slb") return phrase("balancer-keeps-client", { place: last.at });
	return externalTrafficPolicy === "Cluster" && type !== "ClusterIP" ? phrase("local-keeps-client") : undefined;
}

/** The pod says which ports it serves, and the asked one is none of them. */
function undeclaredPort(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Found[] {
	if (plan.protocol === "icmp") return [];
	const findings = new Map<string, Found>();
	const { service } = plan.target;
	// A client may ask for any port; a Service that leads to another one than its pods declare is mostly a slip.
	const asked =
		service === null
			? ({ severity: "info" } as const)
			: ({ severity: "warning", fix: phrase("look-at-target-port", { object: nameOf(service.service) }) } as const);
	for (const way of ways) {
		if (way.forwardEnd.outcome !== "delivered") continue;
		const { at: place, packet } = way.forwardEnd;
		const pod = subject.cluster.podAt(place);
		if (pod === undefined || pod.ports.length === 0) continue;
		if (pod.ports.some((port) => port.containerPort === packet.dport && port.protocol === packet.protocol)) continue;
		const { protocol, dport: port } = packet;
		const message = phrase("port-not-declared", { place, where: at(pod.source), protocol, port });
		findings.set(place, { code: "port-not-declared", ...asked, message, object: place });
	}
	return [...findings.values()];
}

/** Neither the question nor the pod says a port. Rules may treat ports differently, so the reader must know which was asked. */
function assumedPort(_: Subject, { target, protocol }: Plan): readonly Found[] {
	if (!target.portAssumed || protocol === "icmp") return [];
	const message = phrase("port-assumed", { protocol, port: target.port });
	return [{ code: "port-assumed", severity: "info", message, fix: phrase("say-port") }];
}

function tooManyWays(_: Subject, __: Plan, ways: readonly Way[]): readonly Found[] {
	if (ways.length < WAY_LIMIT) return [];
	const share = ways.reduce((sum, way) => sum + way.weight, 0);
	if (share > 0.999999) return [];
	return [
		{
			code: "ways-left-out",
			severity: "warning",
			message: phrase("ways-left-out", { limit: WAY_LIMIT, share: (share * 100).toFixed(1) }),
		},
	];
}
