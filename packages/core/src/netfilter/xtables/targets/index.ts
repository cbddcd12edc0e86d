/** All targets: a new one is a file and a line in each of these lists. */
import type { TargetExtension } from "../extension.ts";
import { dnatExtension, snatExtension } from "./address-nat.ts";
import { type BystanderKind, type BystanderTarget, bystanderExtension } from "./bystander.ts";
import { type ConnmarkTarget, connmarkExtension } from "./connmark.ts";
import { type CtTarget, ctExtension, type NotrackTarget, notrackExtension } from "./ct.ts";
import { gotoTargetExtension, type JumpTarget, jumpTargetExtension } from "./jump.ts";
import { type MarkTarget, markTargetExtension } from "./mark.ts";
import type { NatTarget } from "./nat.ts";
import { type NetmapTarget, netmapExtension } from "./netmap.ts";
import { type OtherTarget, otherTargetExtension } from "./other.ts";
import { masqueradeExtension, redirectExtension } from "./port-nat.ts";
import { type RejectTarget, rejectExtension } from "./reject.ts";
import { type SetTarget, setTargetExtension } from "./set.ts";
import { type DscpTarget, dscpTargetExtension, type TosTarget, tosTargetExtension } from "./tos.ts";
import { type TtlTarget, ttlTargetExtension4, ttlTargetExtension6 } from "./ttl.ts";
import { acceptExtension, dropExtension, returnExtension, type VerdictTarget } from "./verdict.ts";

export type Target =
	| VerdictTarget<"accept">
	| VerdictTarget<"drop">
	| VerdictTarget<"return">
	| JumpTarget<"jump">
	| JumpTarget<"goto">
	| RejectTarget
	| NatTarget<"dnat">
	| NatTarget<"snat">
	| NatTarget<"masquerade">
	| NatTarget<"redirect">
	| NetmapTarget
	| MarkTarget
	| ConnmarkTarget
	| CtTarget
	| NotrackTarget
	| TosTarget
	| DscpTarget
	| TtlTarget<"ttl">
	| TtlTarget<"hl">
	| SetTarget
	| { readonly [Kind in BystanderKind]: BystanderTarget<Kind> }[BystanderKind]
	| OtherTarget;

const EXTENSIONS: { readonly [Kind in Target["kind"]]: TargetExtension<Extract<Target, { readonly kind: Kind }>> } = {
	accept: acceptExtension,
	drop: dropExtension,
	return: returnExtension,
	jump: jumpTargetExtension,
	goto: gotoTargetExtension,
	reject: rejectExtension,
	dnat: dnatExtension,
	snat: snatExtension,
	masquerade: masqueradeExtension,
	redirect: redirectExtension,
	netmap: netmapExtension,
	mark: markTargetExtension,
	connmark: connmarkExtension,
	ct: ctExtension,
	notrack: notrackExtension,
	tos: tosTargetExtension,
	dscp: dscpTargetExtension,
	ttl: ttlTargetExtension4,
	hl: ttlTargetExtension6,
	set: setTargetExtension,
	log: bystanderExtension("log"),
	nflog: bystanderExtension("nflog"),
	trace: bystanderExtension("trace"),
	tcpmss: bystanderExtension("tcpmss"),
	checksum: bystanderExtension("checksum"),
	classify: bystanderExtension("classify"),
	audit: bystanderExtension("audit"),
	connsecmark: bystanderExtension("connsecmark"),
	secmark: bystanderExtension("secmark"),
	ulog: bystanderExtension("ulog"),
	tee: bystanderExtension("tee"),
	idletimer: bystanderExtension("idletimer"),
	led: bystanderExtension("led"),
	rateest: bystanderExtension("rateest"),
	tcpoptstrip: bystanderExtension("tcpoptstrip"),
	ecn: bystanderExtension("ecn"),
	other: otherTargetExtension,
};

/** The extension that `-j NAME` loads; a name without one may be a chain's. */
export const TARGET_BY_MODULE: ReadonlyMap<string, TargetExtension<Target>> = new Map(
	Object.values<TargetExtension<Target>>(EXTENSIONS)
		.filter(({ module }) => module !== "")
		.map((extension) => [extension.module, extension]),
);

/** The extension of a target. */
export function targetExtension(target: Target): TargetExtension<Target> {
	return EXTENSIONS[target.kind];
}
