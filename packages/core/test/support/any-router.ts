/** Random networks around one router: two bridges with hosts, rules of every kind that look at what differs between hosts. */
import fc from "fast-check";
import type { Question } from "../../src/trace/question.ts";
import type { Subject } from "../../src/trace/subject.ts";
import { card, stack, subjectOf } from "./stacks.ts";

const HOSTS = ["10.0.1.1", "10.0.1.2", "10.0.1.9", "10.0.2.1", "10.0.2.2", "10.0.2.65"] as const;
const VIRTUAL = "192.0.2.1";
const BLOCKS = [
	...HOSTS.map((host) => `${host}/32`),
	"10.0.1.0/24",
	"10.0.1.0/30",
	"10.0.2.64/26",
	"10.0.0.0/16",
] as const;

const block = fc.constantFrom(...BLOCKS);
const not = fc.constantFrom("", "", "! ");
const one = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);

const match = fc.oneof(
	fc.tuple(not, one("-s", "-d"), block).map(([no, option, of]) => `${no}${option} ${of}`),
	one("-i left", "-i right", "-o left", "-o right", "-p tcp", "-p udp -m udp --dport 80", "-p tcp -m tcp --dport 80"),
	one("-m mark --mark 0x1/0x1", "-m conntrack --ctstate NEW", "-m conntrack --ctstate ESTABLISHED,RELATED"),
	one("-m conntrack --ctstate DNAT", `-m conntrack --ctorigdst ${VIRTUAL}/32`, "-m conntrack --ctdir REPLY"),
	one("-m addrtype --dst-type LOCAL", "-m addrtype ! --src-type LOCAL", "-m set --match-set some src"),
	one("-m physdev --physdev-in p1", "-m mac --mac-source 02:00:00:00:00:0b", "-m connmark --mark 0x2"),
	one(
		"-m ttl --ttl-lt 64",
		"-m iprange --src-range 10.0.1.2-10.0.1.20",
		"-m statistic --mode random --probability 0.25",
	),
);
const matches = fc.uniqueArray(match, {
	maxLength: 3,
	selector: (text) => text.split(" ").find((word) => word.startsWith("-")),
});

/** Rules of a chain, of which each kind of target belongs into some chains only. */
function rules(chain: string, ...targets: readonly string[]): fc.Arbitrary<string> {
	const rule = fc
		.tuple(matches, one(...targets))
		.map(([of, target]) => fits(chain, `-A ${chain} ${of.join(" ")} -j ${target}`));
	return fc.array(rule, { maxLength: 3 }).map((lines) => lines.join(""));
}

/** iptables refuses devices in chains that do not know them. */
function fits(chain: string, line: string): string {
	const noOut = chain === "PREROUTING" || chain === "INPUT";
	const noIn = chain === "POSTROUTING" || chain === "OUTPUT";
	return (noOut && line.includes(" -o ")) || (noIn && line.includes(" -i ")) ? "" : `${line}\n`;
}

const MARKS = ["MARK --set-xmark 0x1/0x1", "CONNMARK --set-xmark 0x2/0xffffffff"];
const VERDICTS = ["ACCEPT", "DROP", "RETURN", "SOME", "REJECT --reject-with icmp-port-unreachable"];

const iptables = fc
	.tuple(
		rules("PREROUTING", ...MARKS),
		rules(
			"PREROUTING",
			"DNAT --to-destination 10.0.2.1:8080",
			"DNAT --to-destination 10.0.1.2",
			"REDIRECT --to-ports 8080",
			"RETURN",
		),
		rules("POSTROUTING", "MASQUERADE", "SNAT --to-source 10.0.2.254", "RETURN", "SNAT --to-source 10.0.9.1-10.0.9.2"),
		rules("FORWARD", ...VERDICTS),
		rules("INPUT", "ACCEPT", "DROP"),
		rules("SOME", "ACCEPT", "DROP", "RETURN"),
	)
	.map(([mangle, dnat, snat, forward, input, some]) =>
		[
			`*mangle\n:PREROUTING ACCEPT [0:0]\n${mangle}COMMIT\n`,
			`*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n${dnat}-A PREROUTING -d ${VIRTUAL}/32 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.0.2.2\n-A PREROUTING -d ${VIRTUAL}/32 -j DNAT --to-destination 10.0.1.9\n${snat}COMMIT\n`,
			`*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:SOME - [0:0]\n${forward}${input}${some}COMMIT\n`,
		].join(""),
	);

const POLICY = "0:\tfrom all lookup local\n";
const REST = "32766:\tfrom all lookup main\n32767:\tfrom all lookup default";
const policyRules = one(
	"",
	"100:\tfrom 10.0.1.2 lookup 100\n",
	"100:\tfrom all fwmark 0x1 lookup 100\n",
	"100:\tfrom 10.0.2.0/24 lookup 100\n",
);
const bridgeFilter = one("0", "1");
const reversePath = one("0", "1", "2");
const hairpin = one("on", "off");

/** A router between two bridges, and every host's place by its address. */
export const anyRouter: fc.Arbitrary<Subject> = fc
	.tuple(iptables, policyRules, bridgeFilter, reversePath, hairpin)
	.map(([rulesText, policy, callIptables, filter, mode]) =>
		subjectOf({
			namespaces: [
				stack("node/r", {
					"ip-address": [
						card(3, "left", ["10.0.1.254/24"], { kind: "bridge forward_delay 1500" }),
						card(4, "right", ["10.0.2.254/24"], { kind: "bridge forward_delay 1500" }),
						...HOSTS.map((host, i) =>
							card(20 + i, `p${i}`, [], {
								peer: "if2",
								kind: `veth bridge_slave hairpin ${mode}`,
								tail: `master ${host.startsWith("10.0.1") ? "left" : "right"}`,
							}),
						),
					].join("\n"),
					"ip-route": [
						"10.0.1.0/24 dev left scope link src 10.0.1.254",
						"10.0.2.0/24 dev right scope link src 10.0.2.254",
						"blackhole 10.0.2.64/26 table 100",
						"local 10.0.1.254 dev left table local scope host src 10.0.1.254",
						"local 10.0.2.254 dev right table local scope host src 10.0.2.254",
					].join("\n"),
					"ip-rule": `${POLICY}${policy}${REST}`,
					sysctl: `net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = ${filter}\nnet.bridge.bridge-nf-call-iptables = ${callIptables}`,
					"iptables-save": rulesText,
					"ipset-save":
						"create some hash:net family inet hashsize 1024 maxelem 65536\nadd some 10.0.1.0/29\nadd some 10.0.2.65",
				}),
				...HOSTS.map((host, i) => {
					const net = host.slice(0, host.lastIndexOf("."));
					return stack(placeOf(host), {
						"ip-address": card(10 + i, "eth0", [`${host}/24`]),
						"ip-route": `default via ${net}.254 dev eth0\n${net}.0/24 dev eth0 scope link src ${host}\nlocal ${host} dev eth0 table local scope host src ${host}`,
					});
				}),
			],
			wires: HOSTS.map((host, i) => ({
				from: { place: placeOf(host), device: "eth0" },
				to: { kind: "device", place: "node/r", device: `p${i}` },
			})),
		}),
	);

function placeOf(host: string): string {
	return `host/h${host.replaceAll(".", "-")}`;
}

/** Questions between the hosts, to the router, to an address that is rewritten, and to one that nobody has. */
export const questionsThere: fc.Arbitrary<readonly Question[]> = fc.array(
	fc.record({
		from: fc.constantFrom(...HOSTS.map(placeOf), "node/r"),
		to: fc.constantFrom(...HOSTS, VIRTUAL, "10.0.1.254", "10.0.2.77", "198.51.100.1").map((to) => `${to}:80`),
		protocol: fc.constantFrom("tcp" as const, "tcp" as const, "udp" as const, "icmp" as const),
	}),
	{ minLength: 12, maxLength: 40 },
);
