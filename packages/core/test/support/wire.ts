/** Packets sent over a wire to a namespace with rules, on this machine's kernel; and what that namespace sees of them. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Family } from "../../src/address/address.ts";
import type { RuleContext } from "../../src/netfilter/context.ts";
import { DEVICE, ENDS, SENDER_MAC, type Sent } from "./live-rules.ts";
import { type ContextOptions, newConnection, packet, type Recorded, ruleContext } from "./rule-context.ts";

export interface Crossing {
	readonly sent: Sent;
	readonly sport: number;
}

/** What the shell does in the receiving namespace: once, and before and after each packet (`$i` counts them from 0). */
export interface WireScript {
	readonly once: string;
	readonly before: string;
	readonly after: string;
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

/** The wire, its ends and, one by one, the packets. */
function script(family: Family, dir: string, count: number, { once, before, after }: WireScript): string {
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
		${once}
		exec 3>${dir}/in 4<${dir}/out
		sleep 0.3
		for i in $(seq 0 ${count - 1}); do
			${before}
			cat ${dir}/$i.packet >&3; read sent <&4
			${after}
		done
		exec 3>&-
		wait`;
}

/** Sends the packets of one family, one after the other. The folder must be empty but for what the script reads. */
export function sendOverWire(family: Family, dir: string, crossings: readonly Crossing[], steps: WireScript): void {
	writeFileSync(join(dir, "sender.cjs"), SENDER);
	for (const [i, { sent, sport }] of crossings.entries()) {
		const line = { ...sent, family, src: sent.src.text, dst: sent.dst.text, sport };
		writeFileSync(join(dir, `${i}.packet`), `${JSON.stringify(line)}\n`);
	}
	execFileSync("unshare", ["-Urnm", "sh", "-ec", script(family, dir, crossings.length, steps)], {
		stdio: ["ignore", "pipe", "pipe"],
		timeout: 50_000,
	});
}

/** Why the packets cannot be sent here, or the commands not run; null: they can. */
export function whyNoWire(commands: string): string | null {
	try {
		const probe = `mount -t tmpfs none /run; ip link add veth0 type veth peer name veth1; ${commands}`;
		execFileSync("unshare", ["-Urnm", "sh", "-ec", probe], { stdio: "pipe" });
		return null;
	} catch (error) {
		return String(error).split("\n").slice(0, 2).join(" ");
	}
}

/** What the receiver sees of the packet. */
export function arrivalOf(
	{ sent, sport }: Crossing,
	more: Pick<ContextOptions, "sets" | "assume"> = {},
): RuleContext & { readonly recorded: Recorded } {
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
		routeType: () => "UNICAST",
		...more,
	});
}
