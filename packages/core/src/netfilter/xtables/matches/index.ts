/** All matches: a new one is a file and a line in each of these lists. */
import type { MatchExtension } from "../extension.ts";
import { type AbsentMatch, absentExtension } from "./absent.ts";
import { type AddressMatch, destinationExtension, sourceExtension } from "./address.ts";
import { type AddrtypeMatch, addrtypeExtension } from "./addrtype.ts";
import { type CommentMatch, commentExtension } from "./comment.ts";
import { type ConntrackMatch, conntrackExtension } from "./conntrack.ts";
import { type DscpMatch, dscpExtension } from "./dscp.ts";
import { type FragmentMatch, fragmentExtension } from "./fragment.ts";
import { type HashlimitMatch, hashlimitExtension } from "./hashlimit.ts";
import { type IcmpMatch, icmpExtension4, icmpExtension6 } from "./icmp.ts";
import { type InterfaceMatch, inInterfaceExtension, outInterfaceExtension } from "./interface.ts";
import { type IprangeMatch, iprangeExtension } from "./iprange.ts";
import { type IpvsMatch, ipvsExtension } from "./ipvs.ts";
import { type LengthMatch, lengthExtension } from "./length.ts";
import { type LimitMatch, limitExtension } from "./limit.ts";
import { type MacMatch, macExtension } from "./mac.ts";
import { type MarkMatch, markExtensionOfConnection, markExtensionOfPacket } from "./mark.ts";
import { type MultiportMatch, multiportExtension } from "./multiport.ts";
import { type NfacctMatch, nfacctExtension } from "./nfacct.ts";
import { type OtherMatch, otherExtension } from "./other.ts";
import { type OwnerMatch, ownerExtension } from "./owner.ts";
import { type PhysdevMatch, physdevExtension } from "./physdev.ts";
import { type PkttypeMatch, pkttypeExtension } from "./pkttype.ts";
import { type PolicyMatch, policyExtension } from "./policy.ts";
import { type ProtocolMatch, protocolExtension } from "./protocol.ts";
import { type ConnlimitMatch, connlimitExtension, type QuotaMatch, quotaExtension } from "./quota.ts";
import { type RecentMatch, recentExtension } from "./recent.ts";
import { type RpfilterMatch, rpfilterExtension } from "./rpfilter.ts";
import { type SctpMatch, sctpExtension } from "./sctp.ts";
import { type SetMatch, setExtension } from "./set.ts";
import { type StateMatch, stateExtension } from "./state.ts";
import { type StatisticMatch, statisticExtension } from "./statistic.ts";
import { type TcpMatch, tcpExtension } from "./tcp.ts";
import { type TosMatch, tosExtension } from "./tos.ts";
import { type TtlMatch, ttlExtension4, ttlExtension6 } from "./ttl.ts";
import { type UdpMatch, udpExtension } from "./udp.ts";

export type Match =
	| AddressMatch<"source">
	| AddressMatch<"destination">
	| InterfaceMatch<"in-interface">
	| InterfaceMatch<"out-interface">
	| ProtocolMatch
	| FragmentMatch
	| TcpMatch
	| UdpMatch
	| SctpMatch
	| MultiportMatch
	| IcmpMatch<"icmp">
	| IcmpMatch<"icmp6">
	| CommentMatch
	| NfacctMatch
	| ConntrackMatch
	| StateMatch
	| MarkMatch<"mark">
	| MarkMatch<"connmark">
	| SetMatch
	| StatisticMatch
	| RecentMatch
	| AddrtypeMatch
	| PhysdevMatch
	| IprangeMatch
	| MacMatch
	| LimitMatch
	| HashlimitMatch
	| TosMatch
	| DscpMatch
	| TtlMatch<"ttl">
	| TtlMatch<"hl">
	| LengthMatch
	| OwnerMatch
	| PkttypeMatch
	| RpfilterMatch
	| IpvsMatch
	| PolicyMatch
	| QuotaMatch
	| ConnlimitMatch
	| AbsentMatch<"rt">
	| AbsentMatch<"frag">
	| AbsentMatch<"hbh">
	| AbsentMatch<"dst">
	| AbsentMatch<"ah">
	| AbsentMatch<"srh">
	| AbsentMatch<"helper">
	| AbsentMatch<"connlabel">
	| AbsentMatch<"cgroup">
	| OtherMatch;

/**
 * Every extension by the kind of its match. The first six are the options that every rule has, in the order of
 * iptables-save.
 */
const EXTENSIONS: { readonly [Kind in Match["kind"]]: MatchExtension<Extract<Match, { readonly kind: Kind }>> } = {
	source: sourceExtension,
	destination: destinationExtension,
	"in-interface": inInterfaceExtension,
	"out-interface": outInterfaceExtension,
	protocol: protocolExtension,
	fragment: fragmentExtension,
	tcp: tcpExtension,
	udp: udpExtension,
	sctp: sctpExtension,
	multiport: multiportExtension,
	icmp: icmpExtension4,
	icmp6: icmpExtension6,
	comment: commentExtension,
	nfacct: nfacctExtension,
	conntrack: conntrackExtension,
	state: stateExtension,
	mark: markExtensionOfPacket,
	connmark: markExtensionOfConnection,
	set: setExtension,
	statistic: statisticExtension,
	recent: recentExtension,
	addrtype: addrtypeExtension,
	physdev: physdevExtension,
	iprange: iprangeExtension,
	mac: macExtension,
	limit: limitExtension,
	hashlimit: hashlimitExtension,
	tos: tosExtension,
	dscp: dscpExtension,
	ttl: ttlExtension4,
	hl: ttlExtension6,
	length: lengthExtension,
	owner: ownerExtension,
	pkttype: pkttypeExtension,
	rpfilter: rpfilterExtension,
	ipvs: ipvsExtension,
	policy: policyExtension,
	quota: quotaExtension,
	connlimit: connlimitExtension,
	rt: absentExtension("rt"),
	frag: absentExtension("frag"),
	hbh: absentExtension("hbh"),
	dst: absentExtension("dst"),
	ah: absentExtension("ah"),
	srh: absentExtension("srh"),
	helper: absentExtension("helper"),
	connlabel: absentExtension("connlabel"),
	cgroup: absentExtension("cgroup"),
	other: otherExtension,
};

const ALL: readonly MatchExtension<Match>[] = Object.values(EXTENSIONS);

/** The extension that `-m NAME` loads. */
export const MATCH_BY_MODULE: ReadonlyMap<string, MatchExtension<Match>> = new Map(
	ALL.flatMap((extension) => (extension.module === null ? [] : [[extension.module, extension] as const])),
);

/** The options that every rule has, by each of their spellings. */
export const BASIC_BY_OPTION: ReadonlyMap<string, MatchExtension<Match>> = new Map(
	ALL.flatMap((extension) =>
		extension.module === null ? extension.options.map((option) => [option, extension] as const) : [],
	),
);

/** The extension of a match. */
export function matchExtension(match: Match): MatchExtension<Match> {
	return EXTENSIONS[match.kind];
}

/** Whether the match is one of the options that every rule has: the kernel tries those first. */
export function isBasic(match: Match): boolean {
	return EXTENSIONS[match.kind].module === null && match.kind !== "other";
}
