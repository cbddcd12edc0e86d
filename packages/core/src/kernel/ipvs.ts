/** IPVS: virtual servers at the hooks where the kernel runs them (net/netfilter/ipvs/ip_vs_core.c, ip_vs_xmit.c). */
import { sameAddress } from "../address/watched.ts";
import type { Hook } from "../netfilter/hook.ts";
import type { Origin } from "../origin/origin.ts";
import type { Packet } from "../packet/packet.ts";
import type { RealServer, VirtualServer } from "../state/ipvs.ts";
import { sysctlNumber } from "../state/sysctl.ts";
import { because } from "./because.ts";
import { withReplySource } from "./conntrack.ts";
import { ERRORS, leadsSomewhere, lookup } from "./fib.ts";
import { atHook, hasNat } from "./hooks.ts";
import { rewriteDestination, rewriteSource } from "./nat.ts";
import { outRouteOf } from "./out-route.ts";
import { icmpRefusal, portUnreachable } from "./reject.ts";
import { againFlow, routeOut } from "./route-out.ts";
import type { IpvsConnection, Skb } from "./skb.ts";
import { perView, type View } from "./view.ts";
import { end, go, type Next, type Walk } from "./walk.ts";

/** A packet for a virtual server: takes it, chooses the real server and sends it there. Null: not for IPVS. */
export function ipvsRequest(walk: Walk, skb: Skb): Next | null {
	if (skb.ipvsDone) return null;
	const known = walk.memory.ipvs.get(skb.view)?.find((each) => isFromClient(each, skb.packet));
	if (known !== undefined) return send(walk, skb, known);
	const service = serviceFor(skb.view, skb.packet, skb.mark);
	if (service === undefined) return unreadService(skb);
	const server = schedule(walk, service);
	if (server === null) {
		// ip_vs_leave: ICMP port unreachable, from the virtual address; the connection is never confirmed.
		const why = because("ipvs-no-server", { virtual: virtualText(service) }, service.origin);
		if (walk.recording) walk.hop(skb, "ipvs", skb.device.name, why);
		return icmpRefusal(skb, "refused", portUnreachable(skb.packet.family), why);
	}
	const connection: IpvsConnection = {
		service,
		server,
		client: { address: skb.packet.src, port: skb.packet.sport },
		virtual: { address: skb.packet.dst, port: skb.packet.dport },
		protocol: skb.packet.protocol,
	};
	const connections = walk.memory.ipvs.get(skb.view);
	if (connections === undefined) walk.memory.ipvs.set(skb.view, [connection]);
	else connections.push(connection);
	return send(walk, skb, connection);
}

/** An answer of a real server on its way to the client: the virtual address becomes its source. Null: it goes on. */
export function ipvsReply(walk: Walk, skb: Skb, hook: Hook): Next | null {
	if (skb.ipvsDone) return null;
	const { packet } = skb;
	const about = packet.payload?.kind === "icmp-error" ? packet.payload.about : null;
	const connection = walk.memory.ipvs
		.get(skb.view)
		?.find((each) => (about === null ? isFromServer(each, packet) : isAboutServer(each, about)));
	if (connection === undefined || connection.server.method !== "masq") return null;
	// handle_response_icmp() takes the checksum of an ICMPv6 error without its pseudo-header, and so for a wrong one (Linux 6.1).
	if (about !== null && packet.family === 6 && !isChecked(skb, hook)) {
		const facts = { virtual: virtualText(connection.service) };
		return end(skb, "dropped", because("ipvs-icmpv6-error", facts, connection.service.origin));
	}
	skb.ipvs = connection;
	skb.ipvsDone = true;
	skb.packet = rewriteSource(packet, connection.virtual.address, connection.virtual.port);
	if (!tracksConnections(skb.view)) untrack(skb);
	if (walk.recording)
		walk.hop(
			skb,
			"ipvs",
			skb.device.name,
			because("ipvs-reply", { virtual: virtualText(connection.service) }, connection.service.origin),
		);
	return hook === "input" ? null : rerouted(walk, skb, hook);
}

/**
 * Whether the error's checksum was found right before: by connection tracking where it came in (nf_conntrack_icmpv6_error), by
 * NAT where this stack made it (nf_nat_icmpv6_reply_translation). Then IPVS goes by that.
 */
function isChecked({ view, tracked, notracked }: Skb, hook: Hook): boolean {
	if (hook === "output") return tracked?.state === "related" && hasNat(view, 6);
	return !notracked && atHook(view, 6, "prerouting").entries.some(({ kind }) => kind === "conntrack");
}

/**
 * ip_vs_route_me_harder: with its new source the packet is routed anew (sysctl snat_reroute, on by default), also where a local
 * server answers, and is lost where no route leads. A bridged one goes where its frame goes all the same.
 */
function rerouted(walk: Walk, skb: Skb, hook: Hook): Next | null {
	const { view, out, mark, physicalOut } = skb;
	if (out?.route.type === "local" || sysctlNumber(view.state, "net.ipv4.vs.snat_reroute") === 0) return null;
	const flow = againFlow(skb, mark);
	const leads = leadsSomewhere(lookup(view, flow));
	if (leads && hook === "output") skb.rerouteMark = mark;
	if (leads && (hook === "output" || physicalOut !== null)) return null;
	const failed = routeOut(walk, skb, flow);
	return failed?.kind === "end" && failed.outcome !== "unknown" ? end(skb, "dropped", failed.because) : failed;
}

function send(walk: Walk, skb: Skb, connection: IpvsConnection): Next | null {
	const { server, service } = connection;
	skb.ipvs = connection;
	const unread = server.notUnderstood ?? service.notUnderstood;
	if (unread !== undefined) {
		const what = `IPVS ${virtualText(service)} with "${unread}"`;
		return end(skb, "unknown", because("cannot-evaluate", { what }, service.origin));
	}
	if (server.method !== "masq") {
		const why = because("ipvs-method", { virtual: virtualText(service), method: server.method }, service.origin);
		return end(skb, "unknown", why);
	}
	if (tracksConnections(skb.view) && skb.tracked !== null) {
		const { connection: tracked } = skb.tracked;
		// ip_vs_update_conntrack: answers are expected from the real server; rules see no DNAT.
		tracked.reply = withReplySource(tracked.reply, server.address, server.port);
	} else untrack(skb);
	const asked = skb.packet;
	const before = { address: asked.dst, port: asked.dport };
	const after = { address: server.address, port: server.port };
	const why = because("ipvs-scheduled", scheduledFacts(service, server), originOf(service, server));
	walk.rewrote({ at: skb.view.place, kind: "dnat", before, after, because: why });
	skb.packet = rewriteDestination(skb.packet, server.address, server.port);
	skb.ipvsDone = true;
	if (walk.recording) walk.hop(skb, "ipvs", skb.device.name, why);
	return transmitToServer(walk, skb, asked);
}

function tracksConnections({ state }: View): boolean {
	return sysctlNumber(state, "net.ipv4.vs.conntrack") !== 0;
}

/** ip_vs_notrack: questions and answers of connections without IP_VS_CONN_F_NFCT. */
function untrack(skb: Skb): void {
	skb.tracked = null;
	skb.trackState = "untracked";
	skb.notracked = true;
}

/**
 * ip_vs_nat_xmit: the route is looked up by the server's address alone (do_output_route4 fills in neither source nor
 * incoming device, so rules by `from` or `iif` cannot match); a local server gets the packet here, any other by the
 * OUTPUT hooks.
 */
function transmitToServer(walk: Walk, skb: Skb, asked: Packet): Next | null {
	const { view, packet } = skb;
	const found = lookup(view, { to: packet.dst }, walk.choices);
	if (found.kind === "unknown") return end(skb, "unknown", because("cannot-evaluate", { what: found.unknown }));
	// dst_link_failure, also where a route or a rule refuses: about the packet as it came, which is rewritten only then.
	if (found.kind !== "route" || ERRORS.has(found.route.type)) {
		return icmpRefusal(
			{ ...skb, packet: asked },
			"unreachable",
			packet.family === 4 ? "icmp-host-unreachable" : "icmp6-addr-unreachable",
			because("no-route", { to: packet.dst.text, stolen: "yes" }),
		);
	}
	if (found.route.type === "local") return null;
	const out = outRouteOf(view, found, packet.dst);
	if (out === null) return end(skb, "unreachable", because("no-route", { to: packet.dst.text, stolen: "yes" }));
	// decrement_ttl() in __ip_vs_get_out_rt: also for what a process of this stack sends (seen on a 6.1 kernel: 63).
	skb.packet = { ...packet, ttl: packet.ttl - 1 };
	skb.out = out;
	skb.stolen = true;
	return go("output", skb);
}

/** No virtual server is for the packet, unless a line that nobody understood says so of its address. */
function unreadService(skb: Skb): Next | null {
	const unread = skb.view.unread("ipvsadm-save");
	if (unread === undefined || !unread.text.includes(skb.packet.dst.text)) return null;
	const what = `${unread.source.file}:${unread.source.line} "${unread.text}" is not understood`;
	return end(skb, "unknown", because("cannot-evaluate", { what }));
}

/** Real servers with weight get new connections; which of them, nobody knows beforehand. */
function schedule(walk: Walk, service: VirtualServer): RealServer | null {
	const candidates = service.servers.filter((server) => server.weight > 0);
	if (candidates.length === 0) return null;
	if (candidates.length === 1) return candidates[0] as RealServer;
	const weighted = service.scheduler.startsWith("w");
	const weights = candidates.map((server) => (weighted ? server.weight : 1));
	return candidates[walk.choices.choose(weights, `real server of ${virtualText(service)}`)] as RealServer;
}

const serviceIndex = perView(
	({ state }): ReadonlyMap<string, VirtualServer> =>
		new Map(state.ipvs.map((service) => [serviceKey(service), service])),
);

function serviceFor(view: View, packet: Packet, mark: number): VirtualServer | undefined {
	const index = serviceIndex(view);
	// __ip_vs_service_find: by mark first, then by address and port, then by address with any port (persistent services).
	const byMark = mark === 0 ? undefined : index.get(`${packet.family} mark ${mark}`);
	return (
		byMark ??
		index.get(`${packet.protocol} ${packet.dst.text} ${packet.dport}`) ??
		index.get(`${packet.protocol} ${packet.dst.text} 0`)
	);
}

function serviceKey({ match }: VirtualServer): string {
	return match.kind === "fwmark"
		? `${match.family} mark ${match.mark}`
		: `${match.protocol} ${match.address.text} ${match.port}`;
}

function virtualText({ match }: VirtualServer): string {
	return match.kind === "fwmark" ? `mark ${match.mark}` : `${match.address.text}:${match.port}/${match.protocol}`;
}

function scheduledFacts(service: VirtualServer, server: RealServer): Readonly<Record<string, string | number>> {
	return {
		virtual: virtualText(service),
		server: `${server.address.text}:${server.port}`,
		scheduler: service.scheduler,
		servers: service.servers.length,
	};
}

function originOf(service: VirtualServer, server: RealServer): Origin {
	return server.origin.object === undefined ? service.origin : server.origin;
}

function isFromClient(connection: IpvsConnection, packet: Packet): boolean {
	return (
		connection.protocol === packet.protocol &&
		connection.client.port === packet.sport &&
		connection.virtual.port === packet.dport &&
		sameAddress(connection.client.address, packet.src) &&
		sameAddress(connection.virtual.address, packet.dst)
	);
}

function isFromServer(connection: IpvsConnection, packet: Packet): boolean {
	return (
		connection.protocol === packet.protocol &&
		connection.server.port === packet.sport &&
		connection.client.port === packet.dport &&
		sameAddress(connection.server.address, packet.src) &&
		sameAddress(connection.client.address, packet.dst)
	);
}

/** An ICMP error about a packet that went from the client to the server. */
function isAboutServer(connection: IpvsConnection, about: Packet): boolean {
	return (
		connection.protocol === about.protocol &&
		connection.client.port === about.sport &&
		connection.server.port === about.dport &&
		connection.client.address.text === about.src.text &&
		connection.server.address.text === about.dst.text
	);
}
