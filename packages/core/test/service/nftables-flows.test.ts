/** What nftables mode does to packets, against the flows of kubernetes' own tests. */
import { describe, expect, test } from "vitest";
import { formatEndpoint } from "../../src/address/address.ts";
import { Choices } from "../../src/kernel/choices.ts";
import type { Hook } from "../../src/netfilter/hook.ts";
import { baseChains, type NftTable } from "../../src/netfilter/nftables/ruleset.ts";
import { runNftChain } from "../../src/netfilter/nftables/run.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { kubeProxy } from "../../src/service/kube-proxy.ts";
import { serviceTables } from "../../src/service/service-tables.ts";
import { FLOW_GROUPS, type Flow } from "../support/kubernetes-flow-cases.ts";
import { proxiedCluster, TEST_NODE } from "../support/proxied-cluster.ts";
import { atHook, isHere, packetOf } from "../support/proxy-hooks.ts";

interface Outcome {
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
			const { effect } = runNftChain(table, chain, at, null);
			mark = at.recorded.mark;
			if (effect.kind === "drop") return "DROP";
			if (effect.kind === "reject") return "REJECT";
			if (effect.kind === "unknown") return effect.unknown;
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
function outcomes(table: NftTable, flow: Flow): Outcome {
	const ways: Outcome[] = [];
	for (let script: number[] | null = []; script !== null; ) {
		const choices = new Choices(script);
		ways.push(walkOnce(table, packetOf(flow), choices));
		script = choices.nextScript();
	}
	expect(new Set(ways.map(({ masquerade }) => masquerade)).size).toBe(1);
	return { output: ways.map(({ output }) => output).join(", "), masquerade: ways[0]?.masquerade === true };
}

const groups = FLOW_GROUPS.filter(({ modes }) => modes.includes("nftables"));

describe.each(groups)("$name", ({ cluster, flows }) => {
	const tables = serviceTables(proxiedCluster({ ...cluster, kubeProxy: { ...cluster.kubeProxy, mode: "nftables" } }));
	const { nftables = [] } = kubeProxy(tables, TEST_NODE);

	test.each(flows)("$name", (flow) => {
		const family = flow.dst.includes(":") ? "ip6" : "ip";
		const table = nftables.find((each) => each.family === family);
		if (table === undefined) throw new Error("kube-proxy made no table");
		const output = flow.outputIn.nftables ?? flow.output;
		expect(outcomes(table, flow)).toEqual({ output, masquerade: flow.masquerade });
	});
});
