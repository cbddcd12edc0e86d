import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Family } from "../../../src/address/address.ts";
import { parseRule, printRuleParts, type RuleParts } from "../../../src/netfilter/xtables/rule.ts";
import { parseXtablesSave, printXtablesSave } from "../../../src/netfilter/xtables/save.ts";
import { ParseFailure, Words } from "../../../src/netfilter/xtables/words.ts";
import { anyTable, mangleRule, natTarget, rejectTarget } from "../../support/xtables.ts";

function read(text: string, family: Family = 4, chains: readonly string[] = []): RuleParts {
	const words = new Words();
	words.load(text, 0);
	return parseRule(words, family, (name) => chains.includes(name));
}

function readAndPrint(text: string, family: Family = 4): string {
	return printRuleParts(read(text, family, ["CHAIN"]), family);
}

/** As iptables v1.8.9 printed them on Linux 6.x, nft and legacy alike. */
const SAVED: readonly string[] = [
	'-p tcp -m tcp --sport 1:5 --dport 80 --tcp-flags FIN,SYN,RST,ACK SYN -m comment --comment "a \\"b\\" c\\\'d \\\\ e" -j MARK --set-xmark 0x5/0xffffffff',
	"-p ipv6-icmp -j MARK --set-xmark 0x5/0x5",
	"-p icmp -m icmp --icmp-type 3/1 -m comment --comment x -g CHAIN",
	"-p icmp -m icmp ! --icmp-type any -m statistic --mode random --probability 0.33333333349 -j CHAIN",
	"! -s 0.0.0.0/0 ! -i eth+ ! -f -m mark ! --mark 0x4000/0x4000 -m connmark --mark 0x1 -j CONNMARK --restore-mark --nfmask 0x1 --ctmask 0x2",
	"-m conntrack --ctstate NEW,SNAT,DNAT --ctorigsrc 10.0.0.0/8 ! --ctorigdstport 1:2 --ctstatus EXPECTED --ctexpire 1:100 --ctdir REPLY",
	"-m recent --rcheck --seconds 10800 --reap --name x --mask 255.255.255.255 --rsource",
	"-m recent --set --name x --mask 255.255.255.0 --rdest",
	"-m addrtype ! --src-type UNICAST,LOCAL --limit-iface-in",
	"-m physdev ! --physdev-is-in --physdev-in foo+ ! --physdev-out x",
	"-m iprange ! --src-range 1.2.3.4-1.2.3.7 --dst-range 1.1.1.1-1.1.1.1",
	"-m limit --limit 5/min --limit-burst 7",
	"-m mac ! --mac-source 00:11:22:aa:bb:cc",
	"-m tos --tos 0x10/0x3f -m dscp --dscp 0x2e -m ttl --ttl-gt 3 -m length --length 5:10",
	"-p sctp -m sctp --dport 5 ! --chunk-types any DATA:Be,INIT",
	"-p tcp -m tcp --tcp-option 5 ! --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE -m multiport ! --ports 1,2,4:7",
	"-m hashlimit --hashlimit-above 5/sec --hashlimit-burst 5 --hashlimit-mode srcip --hashlimit-name foo",
	"-m state --state NEW -j DSCP --set-dscp 0x2e",
	"-m set --match-set x src",
	"-p tcp -j DNAT --to-destination 1.2.3.4-1.2.3.5:80-90 --random --persistent",
	"-p tcp -j DNAT --to-destination :80",
	"-p tcp -j SNAT --to-source 1.2.3.4:1-5 --random-fully",
	"-p tcp -j MASQUERADE --to-ports 1-5 --random-fully",
	"-p tcp -j REDIRECT --to-ports 1-5 --random",
	"-j NETMAP --to 10.0.0.0/24",
	"-j REJECT --reject-with icmp-port-unreachable",
	"-p tcp -j REJECT --reject-with tcp-reset",
	'-j LOG --log-prefix "a b: " --log-level 7 --log-tcp-sequence --log-uid',
	"-j NFLOG --nflog-prefix x --nflog-group 5 --nflog-size 10 --nflog-threshold 4",
	"-j CONNMARK --save-mark --nfmask 0x5 --ctmask 0x5",
	"-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --clamp-mss-to-pmtu",
	"-j TOS --set-tos 0x00/0xef",
	"-p udp -j CHECKSUM --checksum-fill",
	"-j CLASSIFY --set-class 0001:0005",
	"-j CT --notrack",
	"-j CT --zone-orig mark",
	"-j NOTRACK",
	"-j TRACE",
	"-m rpfilter --accept-local",
	"-m rpfilter --loose --validmark --invert -j DROP",
	"-m policy --dir in --pol none",
	"-m policy --dir out --pol ipsec --strict --reqid 1 --spi 0x1 --proto esp --mode tunnel --tunnel-dst 1.2.3.4/32 --next --reqid 2",
	"-m quota ! --quota 18446744073709551615",
	"-p tcp -m connlimit --connlimit-above 2 --connlimit-mask 32 --connlimit-saddr -j REJECT --reject-with tcp-reset",
	"-m connlimit --connlimit-upto 4294967295 --connlimit-mask 24 --connlimit-daddr",
	'-m helper ! --helper "ftp"',
	"-m connlabel ! --label 40 --set",
	'-m cgroup ! --path "/user.slice"',
	"-p tcp -j TCPOPTSTRIP --strip-options 2,3,4",
	"-p tcp -j ECN --ecn-tcp-remove",
	"",
];

describe("a rule of iptables-save", () => {
	test.each(SAVED)("%s", (line) => {
		expect(readAndPrint(line)).toBe(line);
		const { matches, target } = read(line, 4, ["CHAIN"]);
		expect([...matches, target].filter((part) => part?.kind === "other")).toEqual([]);
	});

	test.each([
		'-m bpf --bytecode "1,6 0 0 1" -j ACCEPT',
		'-m u32 --u32 "0x0>>0x16&0x3c@0x0>>0x8=0x3"',
		'-m string --string "x -j y" --algo bm -j DROP',
		"-m time --timestart 10:00:00 --timestop 11:00:00 --datestop 2038-01-19T03:14:07",
		"-j NFQUEUE --queue-balance 1:3 --queue-bypass",
		"-p tcp -j TPROXY --on-port 5 --on-ip 1.1.1.1 --tproxy-mark 0x1/0x2",
		"-p tcp -m tcp --dport http",
		"-m conntrack --ctstate NEW,STRANGE -j ACCEPT",
	])("what is not evaluated is kept word for word: %s", (line) => {
		const { matches, target } = read(line);
		expect([...matches, target].some((part) => part?.kind === "other")).toBe(true);
		expect(readAndPrint(line)).toBe(line);
	});
});

describe("a rule as people and programs write it means what iptables makes of it", () => {
	// Each pair was given to iptables-restore v1.8.9 and read back with iptables-save.
	test.each([
		["-s ! 10.0.0.1 -p tcp --dport ! 80 -j ACCEPT", "! -s 10.0.0.1/32 -p tcp -m tcp ! --dport 80 -j ACCEPT"],
		["-m tcp -p tcp -d 172.30.0.41 --dport 80 -j CHAIN", "-d 172.30.0.41/32 -p tcp -m tcp --dport 80 -j CHAIN"],
		["-p tcp --syn -j TCPMSS --set-mss 5", "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --set-mss 5"],
		["-j MARK --or-mark 5", "-j MARK --set-xmark 0x5/0x5"],
		["-j MARK --and-mark 5", "-j MARK --set-xmark 0x0/0xfffffffa"],
		["-j MARK --set-mark 5", "-j MARK --set-xmark 0x5/0xffffffff"],
		["-j CONNMARK --set-mark 0x1/0x3", "-j CONNMARK --set-xmark 0x1/0x3"],
		["-j REJECT", "-j REJECT --reject-with icmp-port-unreachable"],
		["-j TOS --and-tos 0x10", "-j TOS --set-tos 0x00/0xef"],
		["-m multiport --dports 80,443 -p tcp -j ACCEPT", "-p tcp -m multiport --dports 80,443 -j ACCEPT"],
	])("%s", (written, saved) => {
		expect(readAndPrint(written)).toBe(saved);
	});

	test("a line that makes no sense is no rule", () => {
		expect(() => read("-j ACCEPT -j DROP")).toThrow(ParseFailure);
		expect(() => read('-m comment --comment "open')).toThrow(ParseFailure);
		expect(() => read("-m comment ".repeat(100_000))).toThrow(ParseFailure);
	});

	test("an inversion where nothing can be inverted is not lost", () => {
		expect(read('-m comment ! --comment "x"').matches).toEqual([
			{ kind: "other", module: "comment", text: '! --comment "x"' },
		]);
	});
});

describe.each([4, 6] as const)("IPv%d", (family) => {
	test("what is printed reads back the same", () => {
		fc.assert(
			fc.property(mangleRule(family), (rule) => {
				expect(read(printRuleParts(rule, family), family)).toEqual(rule);
			}),
		);
	});

	test("targets too", () => {
		fc.assert(
			fc.property(fc.oneof(natTarget(family), rejectTarget(family)), (target) => {
				expect(read(printRuleParts({ matches: [], target }, family), family).target).toEqual(target);
			}),
		);
	});

	test("and whole tables", () => {
		fc.assert(
			fc.property(anyTable(family), (table) => {
				const heading = `# Generated by iptables-save v1.8.9${table.backend === "nft" ? " (nf_tables)" : ""} on Sat\n`;
				const read_ = parseXtablesSave(`${heading}${printXtablesSave([table])}# Completed on Sat\n`, {
					family,
					file: "f",
				});
				expect(read_.unread).toEqual([]);
				const [back] = read_.tables;
				expect(back).toEqual({ ...table, chains: expect.any(Map) });
				const parts = (chains: typeof table.chains): unknown =>
					[...chains.values()].map(({ rules, name, policy }) => ({
						name,
						policy,
						rules: rules.map(({ matches, target }) => ({ matches, target })),
					}));
				expect(back && parts(back.chains)).toEqual(parts(table.chains));
			}),
			{ numRuns: 30 },
		);
	});
});

test("no text makes the parser throw or hang", () => {
	const piece = fc.oneof(
		fc.constantFrom(
			"-A F",
			"-m",
			"tcp",
			"--dport",
			"!",
			"-j",
			"DROP",
			'"',
			"*nat",
			":F - [0:0]",
			"COMMIT",
			"-s",
			"[1:2]",
		),
		fc.string({ maxLength: 8 }),
	);
	const dump = fc
		.array(
			fc.array(piece, { maxLength: 9 }).map((words) => words.join(" ")),
			{ maxLength: 12 },
		)
		.map((lines) => ["*filter", ":F - [0:0]", ...lines].join("\n"));
	fc.assert(
		fc.property(dump, (text) => {
			const { tables } = parseXtablesSave(text, { family: 4, file: "f" });
			printXtablesSave(tables);
		}),
		{ numRuns: 300 },
	);
});
