/** What iptables mode does to packets, against the flows of kubernetes' own tests. */
import { describe, expect, test } from "vitest";
import { formatEndpoint } from "../../src/address/address.ts";
import { Choices } from "../../src/kernel/choices.ts";
import { Hits } from "../../src/netfilter/result.ts";
import { findTable, type XtTable } from "../../src/netfilter/xtables/table.ts";
import { runChain } from "../../src/netfilter/xtables/walk.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { kubeProxy } from "../../src/service/kube-proxy.ts";
import { serviceTables } from "../../src/service/service-tables.ts";
import { assembleNamespace } from "../../src/state/assemble.ts";
import { FLOW_GROUPS, type Flow } from "../support/kubernetes-flow-cases.ts";
import { proxiedCluster, TEST_NODE } from "../support/proxied-cluster.ts";
import { atHook, isHere, packetOf, type SetUp } from "../support/proxy-hooks.ts";

interface Outcome {
	readonly output: string;
	readonly masquerade: boolean;
}

/** The packet through nat PREROUTING or OUTPUT, the filter hook that it then comes to, and nat POSTROUTING. */
function walkOnce(nat: XtTable, filter: XtTable, packet: Packet, choices: Choices): Outcome {
	const fromHere = isHere(packet.src);
	const set: SetUp = { choices, mark: 0 };
	const first = atHook(fromHere ? "output" : "prerouting", packet, set);
	const effect = runChain(nat, fromHere ? "OUTPUT" : "PREROUTING", first, null);
	let seen = packet;
	if (effect.kind === "dnat") {
		const { addresses, ports } = effect.range;
		if (addresses !== undefined && ports !== undefined) seen = { ...packet, dst: addresses.from, dport: ports.from };
	}
	const [hook, chain] = fromHere
		? (["output", "OUTPUT"] as const)
		: isHere(seen.dst)
			? (["input", "INPUT"] as const)
			: (["forward", "FORWARD"] as const);
	const hits = new Hits();
	const marked: SetUp = { choices, mark: first.recorded.mark };
	const filtered = runChain(filter, chain, atHook(hook, seen, marked), hits);
	if (filtered.kind === "drop") return { output: "DROP", masquerade: false };
	if (filtered.kind === "reject") return { output: "REJECT", masquerade: false };
	const last = runChain(nat, "POSTROUTING", atHook("postrouting", seen, marked), null);
	const masquerade = last.kind === "masquerade";
	if (seen !== packet) return { output: formatEndpoint(seen.dst, seen.dport), masquerade };
	return { output: hits.count > 0 ? "ACCEPT" : "", masquerade };
}

/** All ways that the packet can go. */
function outcomes(nat: XtTable, filter: XtTable, flow: Flow): Outcome {
	const packet = packetOf(flow);
	const ways: Outcome[] = [];
	for (let script: number[] | null = []; script !== null; ) {
		const choices = new Choices(script);
		ways.push(walkOnce(nat, filter, packet, choices));
		script = choices.nextScript();
	}
	expect(new Set(ways.map(({ masquerade }) => masquerade)).size).toBe(1);
	return { output: ways.map(({ output }) => output).join(", "), masquerade: ways[0]?.masquerade === true };
}

/** Before 1.24 the rules were others, and yet these tests of today expect the same of them. */
const SAME_BEFORE_1_24 = new Set(["TestNoEndpointsReject", "TestClusterIPGeneral", "TestExternalTrafficPolicyLocal"]);

for (const minorVersion of [null, 23]) {
	const groups = FLOW_GROUPS.filter(({ name, modes }) => {
		return modes.includes("iptables") && (minorVersion === null || SAME_BEFORE_1_24.has(name));
	});
	describe.each(groups)(`$name (1.${minorVersion ?? "newest"})`, ({ cluster, flows }) => {
		const kubeProxySettings = { ...cluster.kubeProxy, mode: "iptables", minorVersion } as const;
		const tables = serviceTables(proxiedCluster({ ...cluster, kubeProxy: kubeProxySettings }));
		const { xtables } = assembleNamespace("node/test-node", [kubeProxy(tables, TEST_NODE)]);

		test.each(flows)("$name", (flow) => {
			const family = flow.dst.includes(":") ? 6 : 4;
			const nat = findTable(xtables, family, "nat");
			const filter = findTable(xtables, family, "filter");
			if (nat === undefined || filter === undefined) throw new Error("kube-proxy made no tables");
			const output = flow.outputIn.iptables ?? flow.output;
			expect(outcomes(nat, filter, flow)).toEqual({ output, masquerade: flow.masquerade });
		});
	});
}
