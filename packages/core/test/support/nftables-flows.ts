/** Packets through the table that kube-proxy has in nftables mode, hook by hook. */
import { expect } from "vitest";
import { formatEndpoint } from "../../src/address/address.ts";
import { Choices } from "../../src/kernel/choices.ts";
import type { Hook } from "../../src/netfilter/hook.ts";
import { baseChains, type NftTable } from "../../src/netfilter/nftables/ruleset.ts";
import { runNftChain } from "../../src/netfilter/nftables/run.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { worded } from "../../src/wording/phrase.ts";
import type { Flow } from "./kubernetes-flow-cases.ts";
import { atHook, isHere, packetOf } from "./proxy-hooks.ts";

export interface Outcome {
	readonly output: string;
	readonly masquerade: boolean;
}

/** The packet through the table's chains, hook by hook and by priority. */
function walkOnce(table: NftTable, packet: Packet, choices: Choices): Outcome {
	let seen = packet;
	let mark = 0;
	let masquerade = false;
	const fromHere = isHere(packet.src);
	/** What the chains at a hook say, undefined where the packet goes on. */
	const run = (hook: Hook): string | undefined => {
		const chains = baseChains({ tables: [table] }).filter(({ base }) => base.hook === hook);
		for (const { chain } of chains.toSorted((a, b) => a.base.priority - b.base.priority)) {
			const at = atHook(hook, seen, { choices, mark });
			const effect = runNftChain(table, chain, at, null);
			mark = at.recorded.mark;
			if (effect.kind === "drop") return "DROP";
			if (effect.kind === "reject") return "REJECT";
			if (effect.kind === "unknown") return worded(effect.unknown);
			if (effect.kind === "masquerade") masquerade = true;
			if (effect.kind !== "dnat") continue;
			const { addresses, ports } = effect.range;
			if (addresses !== undefined && ports !== undefined) seen = { ...seen, dst: addresses.from, dport: ports.from };
		}
		return undefined;
	};
	const first = run(fromHere ? "output" : "prerouting");
	const stopped = first ?? (fromHere ? undefined : run(isHere(seen.dst) ? "input" : "forward"));
	if (stopped !== undefined) return { output: stopped, masquerade: false };
	run("postrouting");
	return { output: seen === packet ? "" : formatEndpoint(seen.dst, seen.dport), masquerade };
}

/** All ways that the packet can go. */
export function outcomes(table: NftTable, flow: Pick<Flow, "src" | "dst" | "protocol" | "port">): Outcome {
	const ways: Outcome[] = [];
	for (let script: number[] | null = []; script !== null; ) {
		const choices = new Choices(script);
		ways.push(walkOnce(table, packetOf(flow), choices));
		script = choices.nextScript();
	}
	expect(new Set(ways.map(({ masquerade }) => masquerade)).size).toBe(1);
	return { output: ways.map(({ output }) => output).join(", "), masquerade: ways[0]?.masquerade === true };
}
