import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { address } from "../../../src/address/address.ts";
import { Hits } from "../../../src/netfilter/result.ts";
import {
	chain,
	destinationAddress,
	destinationPort,
	goTo,
	jump,
	protocol,
	rule,
	setXmark,
} from "../../../src/netfilter/xtables/rules.ts";
import { parseXtablesSave } from "../../../src/netfilter/xtables/save.ts";
import type { XtTable } from "../../../src/netfilter/xtables/table.ts";
import { runChain } from "../../../src/netfilter/xtables/walk.ts";
import { walkLinearly } from "../../support/linear-walk.ts";
import { liveSets, liveTable, sentPacket } from "../../support/live-rules.ts";
import { type ContextOptions, newConnection, packet, ruleContext, told } from "../../support/rule-context.ts";

function tableOf(text: string): XtTable {
	const { tables, unread } = parseXtablesSave(`${text.trim()}\nCOMMIT\n`, { family: 4, file: "iptables-save" });
	expect(unread).toEqual([]);
	return tables[0] as XtTable;
}

/** What a chain does, and the rules that had a part. */
function run(
	table: XtTable,
	name: string,
	options: ContextOptions = {},
): { effect: unknown; hits: string[]; mark: number } {
	const at = ruleContext(options);
	const hits = new Hits();
	const effect = runChain(table, name, at, hits);
	return {
		effect: told(effect),
		hits: hits.since(0).map(({ chain: of, position }) => `${of} ${position}`),
		mark: at.mark,
	};
}

describe("a chain's way (ipt_do_table in net/ipv4/netfilter/ip_tables.c)", () => {
	test("ends at the policy when no rule decides", () => {
		expect(run(tableOf("*filter\n:INPUT DROP [0:0]\n-A INPUT -p udp -j ACCEPT"), "INPUT")).toEqual({
			effect: { kind: "drop" },
			hits: ["INPUT 0"],
			mark: 0,
		});
		expect(run(tableOf("*filter\n:INPUT ACCEPT [0:0]"), "INPUT").effect).toEqual({ kind: "accept" });
	});

	test("comes back from a jump to the next rule, and RETURN comes back early", () => {
		const table = tableOf(`
*filter
:FORWARD ACCEPT [0:0]
:FIRST - [0:0]
-A FORWARD -j FIRST
-A FORWARD -j DROP
-A FIRST -p tcp -j RETURN
-A FIRST -j ACCEPT`);
		expect(run(table, "FORWARD")).toMatchObject({ effect: { kind: "drop" }, hits: ["FORWARD 2"] });
	});

	test("comes back from a goto to the caller's caller", () => {
		const table = tableOf(`
*filter
:FORWARD ACCEPT [0:0]
:FIRST - [0:0]
:SECOND - [0:0]
-A FORWARD -j FIRST
-A FORWARD -j REJECT
-A FIRST -g SECOND
-A FIRST -j DROP
-A SECOND -j LOG`);
		expect(run(table, "FORWARD")).toMatchObject({ effect: { kind: "reject" }, hits: ["FORWARD 2"] });
	});

	test("a goto in a built-in chain comes back to the policy", () => {
		const table = tableOf(
			"*filter\n:FORWARD DROP [0:0]\n:A - [0:0]\n-A FORWARD -g A\n-A FORWARD -j ACCEPT\n-A A -j RETURN",
		);
		expect(run(table, "FORWARD").effect).toEqual({ kind: "drop" });
	});

	test("keeps the jumps on the way to what decided or changed something", () => {
		const table = tableOf(`
*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC - [0:0]
:KUBE-SEP - [0:0]
:KUBE-MARK-MASQ - [0:0]
:NOTHING - [0:0]
-A PREROUTING -j NOTHING
-A PREROUTING -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-SVC
-A KUBE-SVC ! -s 10.0.0.0/16 -j KUBE-MARK-MASQ
-A KUBE-SVC -j KUBE-SEP
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-SEP -p tcp -m tcp -j DNAT --to-destination 10.244.2.3:8080`);
		expect(run(table, "PREROUTING")).toEqual({
			effect: {
				kind: "dnat",
				range: {
					addresses: { from: address("10.244.2.3"), to: address("10.244.2.3") },
					ports: { from: 8080, to: 8080 },
				},
			},
			hits: ["PREROUTING 2", "KUBE-SERVICES 1", "KUBE-SVC 1", "KUBE-MARK-MASQ 1", "KUBE-SVC 2", "KUBE-SEP 1"],
			mark: 0x4000,
		});
	});

	test("says where it met what it cannot evaluate", () => {
		const table = tableOf('*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m bpf --bytecode "1,6 0 0 1" -j DROP');
		expect(run(table, "INPUT")).toMatchObject({
			effect: { kind: "unknown", unknown: 'match "bpf" is not evaluated' },
			hits: ["INPUT 1"],
		});
	});

	test("passes by a rule whose other conditions do not hold, whatever it cannot evaluate", () => {
		const table = tableOf('*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p udp -m bpf --bytecode "1,6 0 0 1" -j DROP');
		expect(run(table, "INPUT").effect).toEqual({ kind: "accept" });
	});

	test("passes by a rule that changes nothing, whether it matches or not", () => {
		const table = tableOf(
			"*mangle\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p tcp -m tcpmss --mss 1361:65535 -j TCPMSS --set-mss 1360\n-A FORWARD -m time --timestart 01:00:00",
		);
		expect(run(table, "FORWARD").effect).toEqual({ kind: "accept" });
	});

	test("but not by one that was not read whole: nobody knows what it would do", () => {
		const { tables, unread } = parseXtablesSave(
			"*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p nonsense -j DROP\nCOMMIT\n",
			{
				family: 4,
				file: "iptables-save",
			},
		);
		expect(unread).toHaveLength(1);
		expect(run(tables[0] as XtTable, "INPUT").effect).toMatchObject({ kind: "unknown" });
	});

	test("does not choose where the rest of the rule cannot be told", () => {
		const table = tableOf(
			"*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -m cpu --cpu 0 -m statistic --mode random --probability 0.5 -j ACCEPT",
		);
		const at = ruleContext();
		expect(runChain(table, "OUTPUT", at, null).kind).toBe("unknown");
		expect(at.recorded.chances).toEqual([]);
	});

	test("a chain that is not there, and chains that call each other in a circle, are unknown", () => {
		const origin = { component: "test" };
		const chains = [
			chain("INPUT", [rule(origin, [], jump("A"))], "ACCEPT"),
			chain("A", [rule(origin, [], goTo("B"))]),
			chain("B", [rule(origin, [], goTo("A"))]),
			chain("OUTPUT", [rule(origin, [], jump("MISSING"))], "ACCEPT"),
		];
		const table: XtTable = {
			family: 4,
			name: "filter",
			backend: "nft",
			chains: new Map(chains.map((of) => [of.name, of])),
		};
		expect(run(table, "INPUT").effect).toEqual({ kind: "unknown", unknown: 'the chain "A" leads back to itself' });
		expect(run(table, "OUTPUT").effect).toEqual({
			kind: "unknown",
			unknown: 'the table filter has no chain "MISSING"',
		});
		expect(run(table, "FORWARD").effect).toEqual({
			kind: "unknown",
			unknown: 'the table filter has no chain "FORWARD"',
		});
	});
});

describe("a long chain", () => {
	const origin = { component: "test" };

	test("finds the rule for its address and its port among thousands, in the chain's order", () => {
		const rules = Array.from({ length: 3000 }, (_, i) =>
			rule(
				origin,
				i % 3 === 0
					? [destinationAddress(address(`10.96.${i >> 8}.${i & 255}`))]
					: i % 3 === 1
						? [protocol("tcp"), destinationPort("tcp", i)]
						: [protocol("udp")],
				setXmark(i),
			),
		);
		const table: XtTable = { family: 4, name: "nat", backend: "nft", chains: new Map([["C", chain("C", rules)]]) };
		// Rule 300 is for 10.96.1.44, rule 1501 (i = 1501, one more than a multiple of three) for port 1501.
		expect(run(table, "C", { packet: { dst: address("10.96.1.44"), dport: 1501 } }).hits).toEqual(["C 301", "C 1502"]);
	});

	test("gives the same as going through its rules one by one", () => {
		const sets = liveSets(4);
		fc.assert(
			fc.property(liveTable(4, sets), sentPacket(4), (table, { payload: _, ...sent }) => {
				const arrived = packet(sent);
				const options = { packet: arrived, sets, connection: newConnection(arrived), inDevice: "veth0" };
				const one = ruleContext(options);
				const other = ruleContext(options);
				const plain = walkLinearly(table, "PREROUTING", one);
				expect(runChain(table, "PREROUTING", other, null)).toEqual(plain.effect);
				expect(other.recorded).toEqual(one.recorded);
			}),
			{ numRuns: 300 },
		);
	});
});
