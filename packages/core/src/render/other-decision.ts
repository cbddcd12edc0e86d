/** Where two walks of one course are decided by something else: another rule, another route, another group's entry. */
import type { Step } from "./steps.ts";

/**
 * The first step at which two walks that take the same course (`firstDifference` is null) differ in what decided it. Null:
 * in nothing.
 *
 * Somebody who lays two answers beside each other wants to know that another policy lets the packet in now, and not that
 * another cluster has other addresses and that a controller gave its chains other names. So:
 * - What is generated counts nowhere: hashes in the names of chains, sets and devices, comments, counters.
 * - At a step where both sides are in the same place with the same packet, everything else counts: the sentence of the
 *   decision, and of its last rule, which decided, the table, the chain, the text and the object that it is for.
 * - Elsewhere names, addresses and numbers are those of different clusters. Of the last rule its form counts: table, kind of
 *   chain, matches and target, who programmed it, and the kind of object that it is for.
 */
export function firstOtherDecision(a: readonly Step[], b: readonly Step[]): number | null {
	for (const [index, step] of a.entries()) {
		const other = b[index];
		if (other === undefined) return null;
		const word = isSamePacket(step, other) ? exactly : inForm;
		if (word(step) !== word(other)) return index;
	}
	return null;
}

function isSamePacket({ hop: a }: Step, { hop: b }: Step): boolean {
	const [one, other] = [a.packet, b.packet];
	return a.at === b.at && one.src === other.src && one.dst === other.dst && one.dport === other.dport;
}

function exactly({ hop }: Step): string {
	const rule = hop.rules?.at(-1);
	const by = rule === undefined ? [] : [rule.table, rule.chain, withoutComment(rule.text), rule.origin.object ?? ""];
	return [hop.decision, ...by].map(withoutGenerated).join("\n");
}

function inForm({ hop }: Step): string {
	const rule = hop.rules?.at(-1);
	if (rule === undefined) return "";
	const { component, object = "" } = rule.origin;
	const kind = object.slice(0, Math.max(0, object.indexOf("/")));
	return [rule.table, formOf(rule.chain), formOf(withoutComment(rule.text)), component, kind].join("\n");
}

/** Options, matches, states and targets stay; what they are given does not, nor do names within the names of chains. */
function formOf(text: string): string {
	return withoutGenerated(text)
		.replace(/\b(cali-(?:[pft][iohw]|pri|pro|sm))-\S+/g, "$1")
		.replace(/\b(service|endpoint|external|firewall|no-endpoints|svc-\w+)-\S+/g, "$1")
		.replace(/(?<=(?:^| )-[io] )\S+|"[^"]*"/g, "*")
		.replace(/\b[0-9a-f]*:[0-9a-f:.]*(?:\/\d+)?/gi, "*")
		.replace(/\b\d[\w./:,-]*/g, "*");
}

function withoutComment(text: string): string {
	return text
		.replace(/(?:-m comment )?(?:--)?\bcomment (?:"[^"]*"|\S+)/g, "")
		.replace(/\bcounter packets \d+ bytes \d+/g, "counter");
}

/**
 * kube-proxy's chains end in 16 characters of a hash (iptables) or have 8 in the middle (nftables), Calico's in 16 to 28, its
 * sets in as many after a colon; host ends of pods are random or a hash.
 */
function withoutGenerated(text: string): string {
	return text
		.replace(/\b(KUBE-[A-Z]+)-[A-Z2-7]{16}\b/g, "$1")
		.replace(/\b(service|endpoint|external|firewall|no-endpoints|svc-\w+)-[A-Z2-7]{8}-/g, "$1-")
		.replace(/\b(cali(?:-[a-z]+|\d\d[a-z]))([-:])[\w-]{16,}/g, "$1$2")
		.replace(/\b(cali-[a-z]+-)cali[0-9a-f]{11}\b/g, "$1")
		.replace(/\b(veth|cali|lxc|hybr)[0-9a-f_-]{4,}\b/g, "$1");
}
