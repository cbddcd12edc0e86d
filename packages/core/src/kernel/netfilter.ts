/** Runs the hooks: what iptables, nftables, conntrack, NAT and IPVS do to a packet at one place of its way. */
import type { Hook } from "../netfilter/hook.ts";
import type { ChainEffect, Hits } from "../netfilter/result.ts";
import type { Packet } from "../packet/packet.ts";
import { phrase } from "../wording/phrase.ts";
import { type Because, because } from "./because.ts";
import type { Connection } from "./conntrack.ts";
import { chainName, type HookChain, runHookChain } from "./hook-chain.ts";
import { atHook, type HookEntry } from "./hooks.ts";
import { ipvsReply, ipvsRequest } from "./ipvs.ts";
import { clashes, natHook } from "./nat.ts";
import { reject } from "./reject.ts";
import { lostAnew } from "./route-out.ts";
import { type HookDevices, SkbContext } from "./rule-context.ts";
import type { Skb } from "./skb.ts";
import { end, type Next, type Walk } from "./walk.ts";

/** What running a hook gives: the packet goes on (null), or something else happened to it. */
export type HookOutcome = Next | null;

/**
 * Runs all that is registered at a hook for this packet. Null: the packet passed. Otherwise it was dropped, refused or
 * taken away (IPVS), and that is what happens next.
 */
export function runHook(walk: Walk, skb: Skb, hook: Hook, devices: HookDevices): HookOutcome {
	const { entries, unseen } = atHook(skb.view, skb.packet.family, hook);
	if (unseen !== null) return end(skb, "unknown", unseen);
	if (entries.length === 0) return null;
	const context = new SkbContext(walk, skb, hook, devices);
	const { hits } = walk;
	hits?.takeBack(0);
	for (const entry of entries) {
		const outcome = runEntry(walk, skb, hook, entry, context);
		if (outcome === null) continue;
		if (outcome.kind === "end" && walk.recording) walk.endedAt(skb, hook, hookDevice(devices), outcome.because);
		return outcome;
	}
	if (hits !== null) walk.hop(skb, hook, hookDevice(devices), passed(hook, hits));
	return null;
}

function passed(hook: Hook, hits: Hits): Because {
	const last = hits.lastSince(0);
	return last === undefined ? PASSED[hook] : because("hook-rules", { rules: hits.count }, last.origin, hits.since(0));
}

const PASSED: Readonly<Record<Hook, Because>> = {
	prerouting: because("hook-passed", { hook: "prerouting" }),
	input: because("hook-passed", { hook: "input" }),
	forward: because("hook-passed", { hook: "forward" }),
	output: because("hook-passed", { hook: "output" }),
	postrouting: because("hook-passed", { hook: "postrouting" }),
};

function runEntry(walk: Walk, skb: Skb, hook: Hook, entry: HookEntry, context: SkbContext): HookOutcome {
	switch (entry.kind) {
		case "conntrack":
			track(walk, skb);
			return null;
		case "confirm":
			return confirm(walk, skb);
		case "nat":
			return natAndRoute(walk, skb, hook, entry, context);
		case "ipvs-reply":
			return ipvsReply(walk, skb, hook);
		case "ipvs-request":
			return ipvsRequest(walk, skb);
		case "chain": {
			const { mark } = skb;
			const before = walk.hits?.count ?? 0;
			const effect = runHookChain(entry.chain, context, walk.hits);
			const outcome = effect.kind === "accept" ? null : stopped(walk, skb, entry.chain, effect, before, context);
			if (outcome !== null || hook !== "output" || skb.mark === mark || !routesAnew(entry.chain)) return outcome;
			skb.rerouteMark = skb.mark;
			return lostAnew(walk, skb);
		}
	}
}

/** ipt_mangle_out, nf_route_table_hook4: these look at what they changed; a mark that another chain sets comes too late. */
function routesAnew(chain: HookChain): boolean {
	return chain.kind === "xt" ? chain.table.table.name === "mangle" : chain.chain.base?.type === "route";
}

/** nf_nat_ipv4_local_fn: another destination is routed anew. */
function natAndRoute(
	walk: Walk,
	skb: Skb,
	hook: Hook,
	entry: Extract<HookEntry, { kind: "nat" }>,
	context: SkbContext,
): HookOutcome {
	const before = skb.packet.dst;
	const outcome = natHook(walk, skb, hook, entry, context);
	if (outcome !== null || hook !== "output" || skb.packet.dst.text === before.text) return outcome;
	skb.rerouteMark = skb.mark;
	return lostAnew(walk, skb);
}

/** What becomes of a packet that a chain does not let pass. `before`: how many rules had a part before that chain. */
function stopped(
	walk: Walk,
	skb: Skb,
	chain: HookChain,
	effect: ChainEffect,
	before: number,
	context: SkbContext,
): HookOutcome {
	const { hook, inDevice } = context;
	const last = walk.hits?.lastSince(before);
	const origin = last?.origin ?? null;
	const hits = walk.hits?.since(0);
	const facts = { hook, chain: chainName(chain), ...(skb.stolen && { stolen: "yes" }) };
	switch (effect.kind) {
		case "drop": {
			const byPolicy = last === undefined || last.position === 0;
			return end(skb, "dropped", because(byPolicy ? "policy-drop" : "rule-drop", facts, origin, hits));
		}
		case "reject": {
			const why = because("rule-reject", { ...facts, with: effect.with }, origin, hits);
			return reject(walk, skb, effect.with, why, { hook, inDevice });
		}
		case "unknown":
			return end(skb, "unknown", because("rule-unknown", { ...facts, what: effect.unknown }, origin, hits));
		default: {
			const what = phrase("what-nat-elsewhere", { kind: effect.kind });
			return end(skb, "unknown", because("cannot-evaluate", { what }, origin, hits));
		}
	}
}

/** Looks the packet up in the connection table, or opens a connection (nf_conntrack_in). */
function track(walk: Walk, skb: Skb): void {
	if (skb.notracked || skb.tracked !== null) return;
	const { conntrack } = walk.memory;
	const endable = walk.recording && isReset(skb.packet) ? conntrack.of(skb.view).filter(isUnanswered) : null;
	const tracked = conntrack.track(skb.view, skb.packet);
	if (tracked === "invalid") {
		skb.trackState = "invalid";
		return;
	}
	// nf_conntrack_tcp_packet: it takes a connection that has seen no reply out of the table (nf_ct_kill_acct).
	if (endable?.includes(tracked.connection) === true) walk.ended.push(tracked.connection);
	skb.tracked = tracked;
	skb.trackState = tracked.state;
}

function isReset({ protocol, tcpFlags }: Packet): boolean {
	return protocol === "tcp" && tcpFlags === "rst";
}

function isUnanswered({ seenReply }: Connection): boolean {
	return !seenReply;
}

/** __nf_conntrack_confirm: what goes against the connection, as a refusal of its first packet does, opens none. */
export function confirm(walk: Walk, skb: Skb): HookOutcome {
	if (skb.tracked?.direction !== "original") return null;
	const { connection } = skb.tracked;
	if (!connection.confirmed && clashes(walk, skb, connection))
		return end(skb, "dropped", because("connection-clash", { place: skb.view.place }));
	walk.memory.conntrack.confirm(skb.view, connection);
	return null;
}

function hookDevice(devices: HookDevices): string | null {
	return devices.in ?? devices.out;
}
