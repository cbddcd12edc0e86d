/** Random rule sets against this machine's kernel: a packet is sent over a wire, and the counters say which rules it matched. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Family } from "../../../src/address/address.ts";
import type { RuleContext } from "../../../src/netfilter/context.ts";
import { printIpsetSave } from "../../../src/netfilter/ipset/save.ts";
import type { Ipset } from "../../../src/netfilter/ipset.ts";
import { printRule } from "../../../src/netfilter/xtables/rule.ts";
import { printXtablesSave } from "../../../src/netfilter/xtables/save.ts";
import type { XtTable } from "../../../src/netfilter/xtables/table.ts";
import { runChain } from "../../../src/netfilter/xtables/walk.ts";
import { walkLinearly } from "../../support/linear-walk.ts";
import { DEVICE, ENDS, liveSets, liveTable, SENDER_MAC, type Sent, sentPacket } from "../../support/live-rules.ts";
import { newConnection, packet, type Recorded, ruleContext } from "../../support/rule-context.ts";

const CASES = 60;
const folder = mkdtempSync(join(tmpdir(), "podpath-rules-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Case {
	readonly table: XtTable;
	readonly sent: Sent;
	readonly sport: number;
}

/** Sends what its input says, a line each, and answers each line when the packet is on the wire. */
const SENDER = `
const net = require("node:net"), dgram = require("node:dgram");
const done = () => setTimeout(() => process.stdout.write("sent\\n"), 8);
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
	const { family, src, dst, protocol, sport, dport, ttl, payload } = JSON.parse(line);
	if (protocol === "tcp") {
		const socket = net.connect({ host: dst, port: dport, localAddress: src, localPort: sport });
		socket.on("error", () => {});
		setTimeout(() => { socket.destroy(); done(); }, 8);
		return;
	}
	const socket = dgram.createSocket("udp" + family);
	socket.on("error", () => {});
	socket.bind(sport, src, () => {
		socket.setTTL(ttl);
		socket.send(Buffer.alloc(payload), dport, dst, () => { socket.close(); done(); });
	});
});
`;

/** Restores each case's rules, has its packet sent from the other namespace, and saves the counters. */
function script(family: Family, tool: string, dir: string): string {
	const length = family === 4 ? 24 : 64;
	const add = (ends: readonly string[], device: string): string =>
		ends.map((end) => `ip address add ${end}/${length} dev ${device} ${family === 6 ? "nodad" : ""}`).join("; ");
	return `
		mount -t tmpfs none /run
		mkfifo ${dir}/in ${dir}/out
		unshare -n sh -ec 'ip link set lo up; while ! ip link show veth1 >/dev/null 2>&1; do sleep 0.02; done
			${add(ENDS[family].sender, "veth1")}; ip link set veth1 up
			exec "${process.execPath}" ${dir}/sender.cjs <${dir}/in >${dir}/out' &
		peer=$!
		sleep 0.2
		ip link add ${DEVICE} address 02:00:00:00:00:01 type veth peer name veth1 address ${SENDER_MAC}
		ip link set veth1 netns $peer
		ip link set lo up; ${add(ENDS[family].receiver, DEVICE)}; ip link set ${DEVICE} up
		ipset restore <${dir}/sets
		exec 3>${dir}/in 4<${dir}/out
		sleep 0.3
		for i in $(seq 0 ${CASES - 1}); do
			${tool}-restore <${dir}/$i.rules
			cat ${dir}/$i.packet >&3; read sent <&4
			${tool}-save -c -t mangle >${dir}/$i.counters
		done
		exec 3>&-
		wait`;
}

function runInKernel(family: Family, tool: string, sets: readonly Ipset[], cases: readonly Case[]): readonly string[] {
	const dir = join(folder, tool);
	mkdirSync(dir);
	writeFileSync(join(dir, "sender.cjs"), SENDER);
	writeFileSync(join(dir, "sets"), printIpsetSave(sets));
	for (const [i, { table, sent, sport }] of cases.entries()) {
		const line = { ...sent, family, src: sent.src.text, dst: sent.dst.text, sport };
		writeFileSync(join(dir, `${i}.rules`), printXtablesSave([table]));
		writeFileSync(join(dir, `${i}.packet`), `${JSON.stringify(line)}\n`);
	}
	execFileSync("unshare", ["-Urnm", "sh", "-ec", script(family, tool, dir)], {
		stdio: ["ignore", "pipe", "pipe"],
		timeout: 50_000,
	});
	return cases.map((_, i) => readFileSync(join(dir, `${i}.counters`), "utf8"));
}

function whyNot(tool: string): string | null {
	try {
		const probe = `mount -t tmpfs none /run; ip link add veth0 type veth peer name veth1; ipset create s hash:ip; ${tool} -t mangle -A PREROUTING -m conntrack --ctstate NEW`;
		execFileSync("unshare", ["-Urnm", "sh", "-ec", probe], { stdio: "pipe" });
		return null;
	} catch (error) {
		return String(error).split("\n").slice(0, 2).join(" ");
	}
}

/** What the receiver sees of the packet. */
function contextOf({ sent, sport }: Case, sets: readonly Ipset[]): RuleContext & { readonly recorded: Recorded } {
	const { src, dst, protocol, dport, ttl, payload } = sent;
	const header = src.family === 4 ? 20 : 40;
	const tcp = protocol === "tcp";
	const arrived = packet({
		family: src.family,
		src,
		dst,
		protocol,
		sport,
		dport,
		ttl: tcp ? 64 : ttl,
		// Linux opens with 40 bytes of TCP header: MSS, SACK, timestamps and window scale.
		length: header + (tcp ? 40 : 8 + payload),
	});
	return ruleContext({
		packet: arrived,
		hook: "prerouting",
		inDevice: DEVICE,
		outDevice: null,
		sourceMac: SENDER_MAC,
		connection: newConnection(arrived),
		types: Object.fromEntries(ENDS[src.family].receiver.map((end) => [end, "LOCAL" as const])),
		routeDevice: () => DEVICE,
		sets,
	});
}

/** `CHAIN POSITION` of each rule, as often as its counter moved. */
function counted(dump: string): readonly string[] {
	const places = new Map<string, number>();
	return dump.split("\n").flatMap((line) => {
		const [, packets, chain] = /^\[(\d+):\d+\] -A (\S+)/.exec(line) ?? [];
		if (chain === undefined) return [];
		const place = (places.get(chain) ?? 0) + 1;
		places.set(chain, place);
		return Array.from({ length: Number(packets) }, () => `${chain} ${place}`);
	});
}

describe.each([
	["iptables-nft", 4],
	["iptables-legacy", 4],
	["ip6tables-nft", 6],
] as const)("%s", (tool, family) => {
	const reason = whyNot(tool);
	const skipped = reason === null ? "" : ` (skipped: ${reason})`;

	test.skipIf(reason !== null)(`counts the rules that we say match${skipped}`, () => {
		const sets = liveSets(family);
		const samples = fc.sample(fc.tuple(liveTable(family, sets), sentPacket(family)), { numRuns: CASES, seed: 12345 });
		const cases = samples.map(([table, sent], i): Case => ({ table, sent, sport: 30000 + i }));
		const dumps = runInKernel(family, tool, sets, cases);
		for (const [i, each] of cases.entries()) {
			const ours = walkLinearly(each.table, "PREROUTING", contextOf(each, sets));
			const rules = [...each.table.chains.values()].flatMap(({ name, rules: list }) =>
				list.map((rule, place) => `${name} ${place + 1}: ${printRule(name, rule, family)}`),
			);
			const about = `case ${i}, ${JSON.stringify(each.sent)}\n${rules.join("\n")}`;
			expect([...ours.matched].sort(), about).toEqual([...counted(dumps[i] as string)].sort());
			const at = contextOf(each, sets);
			expect(runChain(each.table, "PREROUTING", at, null).effect, about).toEqual(ours.effect);
		}
	});
});
