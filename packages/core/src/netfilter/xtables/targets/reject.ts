/** REJECT (net/ipv4/netfilter/ipt_REJECT.c, net/ipv6/netfilter/ip6t_REJECT.c). */
import { phrase } from "../../../wording/phrase.ts";
import type { RejectWith } from "../../context.ts";
import type { TargetExtension } from "../extension.ts";
import { ParseFailure } from "../words.ts";

export interface RejectTarget {
	readonly kind: "reject";
	readonly with: RejectWith;
}

/** iptables' long names and their short ones (iptables-extensions(8), libipt_REJECT.c, libip6t_REJECT.c). */
const WITH: { readonly 4: ReadonlyMap<string, RejectWith>; readonly 6: ReadonlyMap<string, RejectWith> } = {
	4: new Map([
		["icmp-net-unreachable", "icmp-net-unreachable"],
		["net-unreach", "icmp-net-unreachable"],
		["icmp-host-unreachable", "icmp-host-unreachable"],
		["host-unreach", "icmp-host-unreachable"],
		["icmp-proto-unreachable", "icmp-proto-unreachable"],
		["proto-unreach", "icmp-proto-unreachable"],
		["icmp-port-unreachable", "icmp-port-unreachable"],
		["port-unreach", "icmp-port-unreachable"],
		["icmp-net-prohibited", "icmp-net-prohibited"],
		["net-prohib", "icmp-net-prohibited"],
		["icmp-host-prohibited", "icmp-host-prohibited"],
		["host-prohib", "icmp-host-prohibited"],
		["icmp-admin-prohibited", "icmp-admin-prohibited"],
		["admin-prohib", "icmp-admin-prohibited"],
		["tcp-reset", "tcp-reset"],
		["tcp-rst", "tcp-reset"],
	]),
	6: new Map([
		["icmp6-no-route", "icmp6-no-route"],
		["no-route", "icmp6-no-route"],
		["icmp6-adm-prohibited", "icmp6-adm-prohibited"],
		["adm-prohibited", "icmp6-adm-prohibited"],
		["icmp6-addr-unreachable", "icmp6-addr-unreachable"],
		["addr-unreach", "icmp6-addr-unreachable"],
		["icmp6-port-unreachable", "icmp6-port-unreachable"],
		["port-unreach", "icmp6-port-unreachable"],
		["icmp6-policy-fail", "icmp6-policy-fail"],
		["policy-fail", "icmp6-policy-fail"],
		["icmp6-reject-route", "icmp6-reject-route"],
		["reject-route", "icmp6-reject-route"],
		["tcp-reset", "tcp-reset"],
	]),
};

const OPTIONS = ["--reject-with"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const rejectExtension: TargetExtension<RejectTarget> = {
	kind: "reject",
	module: "REJECT",
	options: OPTIONS,
	parse: (words, family) => {
		if (words.option(OWNED) === null) {
			return { kind: "reject", with: family === 4 ? "icmp-port-unreachable" : "icmp6-port-unreachable" };
		}
		const text = words.value();
		const how = WITH[family].get(text);
		if (how === undefined) throw new ParseFailure(phrase("is-no-reject", { text }));
		return { kind: "reject", with: how };
	},
	print: (target) => `-j REJECT --reject-with ${target.with}`,
	apply: (target) => target,
};
