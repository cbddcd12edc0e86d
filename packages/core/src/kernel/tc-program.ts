/**
 * eBPF programs that hang on tc, by their documented effect: translation of Services, and redirection past the stack. What
 * a program does besides that is not looked into, and what its documentation does not say ends as `unknown`.
 */
import { contains } from "../address/prefix.ts";
import type { Packet } from "../packet/packet.ts";
import type { RealServer, VirtualServer } from "../state/ipvs.ts";
import { placeKind } from "../state/place.ts";
import type { ProgramEffect, TcFilter } from "../state/tc.ts";
import { because } from "./because.ts";
import { rewriteDestination, rewriteSource } from "./nat.ts";
import { policiesOfProgram } from "./policy-stage.ts";
import type { Skb } from "./skb.ts";
import { end, go, type Next, type TranslatedConnection, type Walk } from "./walk.ts";

export interface Program {
	readonly name: string;
	readonly effect: ProgramEffect;
	/** Absent: eBPF. */
	readonly technology?: "OpenFlow";
}

/** What answers call it, and the stage of its hops. */
function technologyOf({ technology }: Program): string {
	return technology ?? "eBPF";
}

function stageOf({ technology }: Program): "ebpf" | "openflow" {
	return technology === undefined ? "ebpf" : "openflow";
}

/** Null: the packet goes on in the device that the program hangs on. */
export function runProgram(walk: Walk, skb: Skb, program: Program, filter: TcFilter): Next | null {
	const { effect } = program;
	const { direction } = filter;
	// On the node's end of a veth packets for the pod go out, on a device of the pod's own they come in.
	const hook = (direction === "egress") === (placeKind(skb.view.place) === "pod") ? "ingress" : "egress";
	// Policies see both ends as pods: before an answer gets a Service's address, and after a request lost it.
	const refused = hook === "egress" ? policiesOfProgram(walk, skb, hook) : null;
	if (refused !== null) return refused;
	if (effect.answers) translateAnswer(walk, skb, program, filter);
	const ended = translateRequest(walk, skb, program, filter);
	if (ended !== null) return ended;
	const judged = hook === "ingress" ? policiesOfProgram(walk, skb, hook) : null;
	return judged ?? redirect(walk, skb, program, filter);
}

function translateRequest(walk: Walk, skb: Skb, program: Program, filter: TcFilter): Next | null {
	const { name, effect } = program;
	const service = effect.services.find((each) => isFor(each, skb.packet));
	if (service === undefined) return null;
	const { packet } = skb;
	const known = tableOf(walk, skb).find(
		(each) => isFromClient(each, packet) && each.virtual.address.text === packet.dst.text,
	);
	const server = known?.server ?? schedule(walk, service);
	const virtual = `${packet.dst.text}:${packet.dport}`;
	if (server === null) {
		const what = `what ${name} does with ${virtual}, which has no backend, is not documented`;
		return end(skb, "unknown", because("cannot-evaluate", { what }, filter.origin));
	}
	if (server.address.text === packet.src.text) {
		const what = `what ${name} does with ${virtual} for a pod that is its own backend is not documented`;
		return end(skb, "unknown", because("cannot-evaluate", { what }, filter.origin));
	}
	const before = { address: packet.dst, port: packet.dport };
	const after = { address: server.address, port: server.port };
	if (known === undefined) {
		const client = { address: packet.src, port: packet.sport };
		tableOf(walk, skb).push({ protocol: packet.protocol, client, virtual: before, server: after });
	}
	const technology = technologyOf(program);
	const facts = { program: name, technology, virtual, server: `${server.address.text}:${server.port}` };
	const why = because("program-translated", facts, service.origin);
	skb.packet = rewriteDestination(packet, server.address, server.port);
	walk.rewrote({ at: skb.view.place, kind: "dnat", before, after, because: why });
	if (walk.recording) walk.hop(skb, stageOf(program), skb.device.name, why);
	return null;
}

function translateAnswer(walk: Walk, skb: Skb, program: Program, filter: TcFilter): void {
	const { packet } = skb;
	const connection = tableOf(walk, skb).find((each) => isFromServer(each, packet));
	if (connection === undefined) return;
	const { address, port } = connection.virtual;
	skb.packet = rewriteSource(packet, address, port);
	const facts = { program: program.name, technology: technologyOf(program), virtual: `${address.text}:${port}` };
	const why = because("program-answered", facts, filter.origin);
	if (walk.recording) walk.hop(skb, stageOf(program), skb.device.name, why);
}

/** bpf_redirect_neigh(): the neighbour is looked for, and the stack's routes and rules are not asked. */
function redirect(walk: Walk, skb: Skb, program: Program, filter: TcFilter): Next | null {
	const { name, effect } = program;
	const { packet, view } = skb;
	const found = effect.redirects.find(
		({ source, destination }) =>
			(source === undefined || contains(source, packet.src)) &&
			(destination === undefined || contains(destination, packet.dst)),
	);
	if (found === undefined || found.route === null) return null;
	const [hop] = found.route.nextHops;
	const device = hop?.device === undefined ? undefined : view.link(hop.device);
	if (hop === undefined || device === undefined) {
		const facts = { device: hop?.device ?? "?", route: found.route.destination.text };
		return end(skb, "unknown", because("device-missing", facts, filter.origin));
	}
	const nextHop = hop.gateway ?? packet.dst;
	const facts = { program: name, technology: technologyOf(program), device: device.name };
	const why = because("program-redirected", facts, filter.origin);
	const sent: Skb = { ...skb, device, out: { route: found.route, device, nextHop, onlink: true } };
	if (walk.recording) walk.hop(sent, stageOf(program), device.name, why);
	return go("neighbour", sent);
}

function tableOf(walk: Walk, skb: Skb): TranslatedConnection[] {
	const { translated } = walk.memory;
	let table = translated.get(skb.view.place);
	if (table === undefined) {
		table = [];
		translated.set(skb.view.place, table);
	}
	return table;
}

function schedule(walk: Walk, service: VirtualServer): RealServer | null {
	const candidates = service.servers.filter((server) => server.weight > 0);
	const [first] = candidates;
	if (first === undefined || candidates.length === 1) return first ?? null;
	const about = `backend of ${service.match.kind === "address" ? service.match.address.text : service.match.mark}`;
	const weights = candidates.map(() => 1);
	return candidates[walk.choices.choose(weights, about)] ?? null;
}

function isFor({ match }: VirtualServer, packet: Packet): boolean {
	return (
		match.kind === "address" &&
		match.protocol === packet.protocol &&
		match.port === packet.dport &&
		match.address.text === packet.dst.text
	);
}

function isFromClient({ protocol, client }: TranslatedConnection, packet: Packet): boolean {
	return protocol === packet.protocol && client.port === packet.sport && client.address.text === packet.src.text;
}

function isFromServer({ protocol, client, server }: TranslatedConnection, packet: Packet): boolean {
	return (
		protocol === packet.protocol &&
		server.port === packet.sport &&
		client.port === packet.dport &&
		server.address.text === packet.src.text &&
		client.address.text === packet.dst.text
	);
}
