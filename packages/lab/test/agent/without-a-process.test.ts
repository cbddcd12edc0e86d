/** What the agent does itself instead of starting a program leaves the kernel as the program would. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Backend, openBackend } from "../../src/index.ts";
import { onEachKernel } from "../kernels-here.ts";

/** Lines of every sort that a plan has, with some that only `ip` knows between them. */
const BATCH = `link set dev va mtu 1400
link set dev va address 02:00:00:00:00:01
link set dev vb arp off
link add name br0 type bridge
link set dev vb master br0
link set dev br0 address 02:00:00:00:00:02
link set dev va up
link set dev vb up
link set dev lo up
address replace 192.0.2.1/24 broadcast 192.0.2.255 scope global dev va
address replace 198.51.100.1/32 scope link dev br0
address replace 203.0.113.1/24 scope global dev va noprefixroute
address replace 2001:db8::1/64 scope global dev va nodad
address replace 2001:db8:1::1/64 scope global dev va noprefixroute nodad
address replace fe80::1/64 scope link dev br0 nodad
route add 10.0.0.0/8 dev va scope link
route add 10.1.0.0/16 via 192.0.2.9 dev va
route add 0.0.0.0/0 via 169.254.1.1 dev va onlink proto static
route add 10.2.0.0/16 via 192.0.2.9 dev va table 10001 proto bird metric 20
route add 10.3.0.0/16 via 192.0.2.9 dev va proto 80 src 192.0.2.1
route add 10.4.0.0/16 via 192.0.2.9 dev va table 100 proto bgp
route add blackhole 10.5.0.0/16 proto bird
route add unreachable 0.0.0.0/0 table 7
route add throw 10.6.0.0/16 table 10000
route add local 10.7.0.0/16 dev lo table 7 scope host
route add 10.8.0.0/16 nexthop via 192.0.2.8 dev va nexthop via 192.0.2.9 dev va
route add 2001:db8:2::/64 dev va metric 1024
route add ::/0 via 2001:db8::9 dev va onlink table 40001 metric 1024
route add blackhole 2001:db8:3::/64 metric 1024
route add unreachable 2001:db8:4::/64 table 10000 metric 1024
neigh replace 192.0.2.9 lladdr 02:00:00:00:00:09 dev va nud permanent
neigh replace 2001:db8::9 lladdr 02:00:00:00:00:09 dev va nud permanent
neigh replace 192.0.2.8 lladdr 02:00:00:00:00:08 dev va nud noarp
neigh add proxy 192.0.2.77 dev va
neigh add proxy 2001:db8::77 dev va
rule add from all iif va lookup 100 priority 100
rule add from all to 192.0.2.7/32 lookup main priority 512
rule add from 192.0.2.1 fwmark 0x0/0x4040 lookup 10001 priority 600
rule add not from 192.0.2.2 lookup 7 priority 601
rule add from all fwmark 0x20 oif vb lookup 10000 priority 602
`;
const BATCH_V6 = `rule add from all iif va lookup 100 priority 100
rule add from 2001:db8::/64 to 2001:db8:2::1/128 lookup 40001 priority 512
rule add from all fwmark 0x20/0x20 lookup main priority 600
`;
const SHOW = [
	["ip", "-d", "address"],
	...["-4", "-6"].flatMap((family) => [
		["ip", family, "-d", "route", "show", "table", "all"],
		["ip", family, "rule"],
		["ip", family, "neigh", "show", "nud", "all"],
		["ip", family, "neigh", "show", "proxy"],
	]),
];

onEachKernel(["veth", "bridge"], ({ kind }) => {
	let lab: Backend;
	beforeAll(async () => {
		lab = await openBackend({ kind, needs: new Set(["veth", "bridge"]) });
	}, 30_000);
	afterAll(() => lab.close());

	/** The namespace after these batches, as `ip` shows it. */
	async function after(name: string, own: readonly string[], text: string, textV6: string): Promise<string> {
		await lab.addNamespaces([{ name }]);
		const run = (argv: readonly string[], stdin: string) => ({ kind: "run", namespace: name, argv, stdin }) as const;
		await lab.run([
			run(["ip", "-batch", "/dev/stdin"], "link add va type veth peer name vb address 02:00:00:00:00:0b\n"),
			run([...own], text),
			run(["ip", "-6", ...own.slice(1)], textV6),
		]);
		const shown = await lab.run(SHOW.map((argv) => ({ kind: "run", namespace: name, argv })));
		await lab.removeNamespaces([name]);
		// Without what the kernel learns by the clock, and in an order that is not its hash tables'.
		const clock = / \w*timer +[\d.]+|valid_lft.*|state \w+|NO-CARRIER,|,LOWER_UP| linkdown| dadfailed| tentative/g;
		return shown.flatMap(({ stdout }) => stdout.replace(clock, "").split("\n").sort()).join("\n");
	}

	test("lines of ip -batch", async () => {
		// Only the word "-" is the agent's own; a file is read by ip.
		const byProgram = await after("a", ["ip", "-batch", "/dev/stdin"], BATCH, BATCH_V6);
		expect(byProgram).toContain("10.8.0.0/16");
		expect(await after("b", ["ip", "-batch", "-"], BATCH, BATCH_V6)).toBe(byProgram);
	});

	test("a line that the kernel refuses is named", async () => {
		await lab.addNamespaces([{ name: "c" }]);
		const argv = ["ip", "-batch", "-"];
		const stdin = "link set dev lo up\nroute add 10.0.0.0/8 via 192.0.2.1 dev lo\n";
		await expect(lab.run([{ kind: "run", namespace: "c", argv, stdin }])).rejects.toThrow(
			"route add 10.0.0.0/8 via 192.0.2.1 dev lo: Network is unreachable",
		);
		await lab.removeNamespaces(["c"]);
	});
});

const RULES = `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-SVC - [0:0]
-A PREROUTING -p tcp -m tcp --dport 80 -m comment --comment "a service" -j KUBE-SVC
-A KUBE-SVC -p tcp -m statistic --mode random --probability 0.5 -j DNAT --to-destination 192.0.2.1:8080
-A KUBE-SVC -m statistic --mode nth --every 3 --packet 1 -j MARK --set-xmark 0x4000/0x4000
-A OUTPUT -m addrtype --dst-type LOCAL -m mark --mark 0x1/0x1 -j ACCEPT
COMMIT
*filter
:INPUT DROP [0:0]
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p udp -m udp --sport 53 -j REJECT --reject-with icmp-port-unreachable
COMMIT
`;

/** Without comments; tables stand in the order in which they came to be. */
function tablesOf(saved: string): string {
	return saved
		.replace(/^#.*\n/gm, "")
		.split("*")
		.sort()
		.join("*");
}

onEachKernel(["iptables-legacy"], ({ kind }) => {
	describe("tables of the legacy iptables", () => {
		test("that were loaded before are in the next namespace as they were in the first, and replace what is there", async () => {
			const lab = await openBackend({ kind, needs: new Set(["iptables-legacy"]) });
			try {
				const names = ["a", "b", "c"];
				await lab.addNamespaces(names.map((name) => ({ name })));
				const load = (namespace: string, stdin: string) =>
					({ kind: "run", namespace, argv: ["iptables-legacy-restore"], stdin }) as const;
				await lab.run([load("a", RULES), load("b", RULES), load("c", "*filter\n-A FORWARD -j DROP\nCOMMIT\n")]);
				await lab.run([load("c", RULES)]);
				const saved = await lab.run(
					names.map((namespace) => ({ kind: "run", namespace, argv: ["iptables-legacy-save"] })),
				);
				const [first, ...others] = saved.map(({ stdout }) => tablesOf(stdout));
				expect(first).toContain("--probability 0.5");
				expect(others).toEqual([first, first]);
			} finally {
				await lab.close();
			}
		});
	});
});
