/** The names that iptables gives to ICMP types and codes (`iptables -p icmp -h`, `ip6tables -p icmpv6 -h`). */

/** Null stands for any. */
export interface TypeAndCode {
	readonly type: number | null;
	readonly code: number | null;
}

function table(rows: string): ReadonlyMap<string, TypeAndCode> {
	return new Map(
		rows
			.trim()
			.split(/\s+/)
			.flatMap((row) => {
				const [names = "", numbers = ""] = row.split("=");
				const [type, code] = numbers.split("/");
				const value = { type: Number(type), code: code === undefined ? null : Number(code) };
				return names.split("|").map((name): [string, TypeAndCode] => [name, value]);
			}),
	);
}

export const ICMP_NAMES: ReadonlyMap<string, TypeAndCode> = new Map([
	["any", { type: null, code: null }],
	...table(`
		echo-reply|pong=0
		destination-unreachable=3 network-unreachable=3/0 host-unreachable=3/1 protocol-unreachable=3/2
		port-unreachable=3/3 fragmentation-needed=3/4 source-route-failed=3/5 network-unknown=3/6 host-unknown=3/7
		network-prohibited=3/9 host-prohibited=3/10 TOS-network-unreachable=3/11 TOS-host-unreachable=3/12
		communication-prohibited=3/13 host-precedence-violation=3/14 precedence-cutoff=3/15
		source-quench=4
		redirect=5 network-redirect=5/0 host-redirect=5/1 TOS-network-redirect=5/2 TOS-host-redirect=5/3
		echo-request|ping=8 router-advertisement=9 router-solicitation=10
		time-exceeded|ttl-exceeded=11 ttl-zero-during-transit=11/0 ttl-zero-during-reassembly=11/1
		parameter-problem=12 ip-header-bad=12/0 required-option-missing=12/1
		timestamp-request=13 timestamp-reply=14 address-mask-request=17 address-mask-reply=18
	`),
]);

export const ICMP6_NAMES: ReadonlyMap<string, TypeAndCode> = table(`
	destination-unreachable=1 no-route=1/0 communication-prohibited=1/1 beyond-scope=1/2 address-unreachable=1/3
	port-unreachable=1/4 failed-policy=1/5 reject-route=1/6
	packet-too-big=2
	time-exceeded|ttl-exceeded=3 ttl-zero-during-transit=3/0 ttl-zero-during-reassembly=3/1
	parameter-problem=4 bad-header=4/0 unknown-header-type=4/1 unknown-option=4/2
	echo-request|ping=128 echo-reply|pong=129
	mld-listener-query=130 mld-listener-report=131 mld-listener-done|mld-listener-reduction=132
	router-solicitation=133 router-advertisement=134
	neighbour-solicitation|neighbor-solicitation=135 neighbour-advertisement|neighbor-advertisement=136
	redirect=137
`);
