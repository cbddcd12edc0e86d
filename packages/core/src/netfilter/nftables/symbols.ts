/** The names that nft has for values, by datatype (src/datatype.c, proto.c, ct.c, fib.c, meta.c of nftables). */

export interface Symbols {
	readonly numbers: ReadonlyMap<string, number>;
	readonly names: ReadonlyMap<number, string>;
}

/** `name=number`, other spellings of the same after `|`. */
function symbols(rows: string): Symbols {
	const numbers = new Map<string, number>();
	const names = new Map<number, string>();
	for (const row of rows.trim().split(/\s+/)) {
		const [spellings = "", value = ""] = row.split("=");
		for (const name of spellings.split("|")) {
			numbers.set(name, Number(value));
			if (!names.has(Number(value))) names.set(Number(value), name);
		}
	}
	return { numbers, names };
}

/** Types whose values are bits that may stand together. */
export const BIT_TYPES: Readonly<Record<string, Symbols>> = {
	ct_state: symbols("invalid=1 established=2 related=4 new=8 untracked=64"),
	ct_status: symbols("expected=1 seen-reply=2 assured=4 confirmed=8 snat=16 dnat=32 dying=512"),
	tcp_flag: symbols("fin=1 syn=2 rst=4 psh=8 ack=16 urg=32 ecn=64 cwr=128"),
};

/** Types whose values are kept by name where they have one. */
export const NAMED_TYPES: Readonly<Record<string, Symbols>> = {
	...BIT_TYPES,
	ct_dir: symbols("original=0 reply=1"),
	nf_proto: symbols("ipv4=2 ipv6=10"),
	ether_type: symbols("ip=0x0800 arp=0x0806 ip6=0x86dd vlan=0x8100 8021q=0x8100 8021ad=0x88a8"),
	pkt_type: symbols("host|unicast=0 broadcast=1 multicast=2 other=3"),
	fib_addrtype: symbols(`unspec=0 unicast=1 local=2 broadcast=3 anycast=4 multicast=5 blackhole=6 unreachable=7
		prohibit=8`),
	boolean: symbols("missing=0 exists=1"),
};

/** Types whose values are kept by number; nft shows the names. */
export const NUMBERED_TYPES: Readonly<Record<string, Symbols>> = {
	icmp_type: symbols(`echo-reply=0 destination-unreachable=3 source-quench=4 redirect=5 echo-request=8
		router-advertisement=9 router-solicitation=10 time-exceeded=11 parameter-problem=12 timestamp-request=13
		timestamp-reply=14 info-request=15 info-reply=16 address-mask-request=17 address-mask-reply=18`),
	icmpv6_type: symbols(`destination-unreachable=1 packet-too-big=2 time-exceeded=3 parameter-problem=4 echo-request=128
		echo-reply=129 mld-listener-query=130 mld-listener-report=131 mld-listener-done|mld-listener-reduction=132
		nd-router-solicit=133 nd-router-advert=134 nd-neighbor-solicit=135 nd-neighbor-advert=136 nd-redirect=137
		router-renumbering=138 ind-neighbor-solicit=141 ind-neighbor-advert=142 mld2-listener-report=143`),
	icmp_code: symbols(`net-unreachable=0 host-unreachable=1 prot-unreachable=2 port-unreachable=3 frag-needed=4
		net-prohibited=9 host-prohibited=10 admin-prohibited=13`),
	icmpv6_code: symbols(`no-route=0 admin-prohibited=1 addr-unreachable=3 port-unreachable=4 policy-fail=5
		reject-route=6`),
	dscp: symbols(`cs0=0 cs1=8 cs2=16 cs3=24 cs4=32 cs5=40 cs6=48 cs7=56 af11=10 af12=12 af13=14 af21=18 af22=20 af23=22
		af31=26 af32=28 af33=30 af41=34 af42=36 af43=38 ef=46 va=44`),
	/** nft lists ports by number, but takes the names of /etc/services; these are the usual ones. */
	inet_service: symbols(`ftp=21 ssh=22 telnet=23 smtp=25 domain=53 bootps=67 bootpc=68 http=80 ntp=123 snmp=161
		ldap=389 https=443 syslog=514 ldaps=636 mysql=3306 postgresql=5432 bgp=179`),
};

/** IP protocols: nft's and /etc/protocols' names (inet_proto). Packets here name the common ones likewise. */
export const PROTOCOLS: Symbols = symbols(`icmp=1 igmp=2 ipip|ipencap=4 tcp=6 udp=17 dccp=33 ipv6=41 gre=47 esp=50 ah=51
	icmpv6|ipv6-icmp=58 comp|ipcomp=108 sctp=132 udplite=136 egp=8 igp=9 ipv6-route=43 ipv6-frag=44 rsvp=46
	ipv6-nonxt=59 ipv6-opts=60 eigrp=88 ospf=89 etherip=97 encap=98 pim=103 vrrp=112 l2tp=115 mobility-header=135
	mpls-in-ip=137 hip=139`);
