/**
 * The short notation in which scenarios write what they expect, both ways: read from `scenarios.yaml`, and written in
 * differences so that expected and got can be laid side by side. `*` in a name stands for any text.
 */
import type {
	ExplainedConntrack,
	ExplainedLink,
	ExplainedNat,
	ExplainedPacket,
	ExplainedSecurityGroup,
	ExplainedTuple,
} from "../trace/explanation.ts";

/** A device on the way; null: whatever the place has, as for a fabric device that is one thing or a client outside. */
export interface LinkPattern {
	readonly at: string;
	readonly device: string | null;
}

export interface NatPattern {
	readonly at: string;
	readonly kind: string;
	readonly from: string;
	readonly to: string;
}

/** The fields of `conntrack -L` that are given; null: not said. */
export interface TuplePattern {
	readonly original: EndPattern;
	readonly reply: EndPattern;
}

export interface EndPattern {
	readonly src: string | null;
	readonly sport: string | null;
	readonly dst: string | null;
	readonly dport: string | null;
}

/** What an ENI's security groups were asked and said; null: not said. */
export interface JudgementPattern {
	readonly eni: string;
	readonly direction: string | null;
	readonly state: string | null;
	readonly decision: string | null;
	/** The group that decided. */
	readonly group: string | null;
}

/** A packet at a device. */
export interface HeaderPattern {
	readonly at: string;
	readonly device: string;
	/** Of its 802.1Q tag; null: it has none. */
	readonly vlan: number | null;
	readonly src: string;
	readonly dst: string;
	/** `TYPE/CODE` of an ICMP message, or null: not said. */
	readonly icmp: string | null;
	readonly outer: {
		readonly kind: string;
		readonly vni: number | null;
		readonly src: string;
		readonly dst: string;
	} | null;
}

/** Text that is not in the notation; the message says what would be right. */
export class NotationError extends Error {
	override readonly name = "NotationError";
}

const compiled = new Map<string, RegExp>();

/** Whether the text is the pattern, where `*` stands for any text. */
export function matchesPattern(pattern: string, text: string): boolean {
	if (!pattern.includes("*")) return pattern === text;
	let expression = compiled.get(pattern);
	if (expression === undefined) {
		const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
		expression = new RegExp(`^${parts.join(".*")}$`, "s");
		compiled.set(pattern, expression);
	}
	return expression.test(text);
}

/** `node/a veth* cni0 eth0` is three links, `vpc/vpc-1` is one. */
export function parseLinks(text: string): readonly LinkPattern[] {
	const [at = "", ...devices] = text.trim().split(/\s+/);
	if (!at.includes("/"))
		throw new NotationError(`"${text}" must be a place and its devices, as in "node/a veth* cni0 eth0"`);
	return devices.length === 0 ? [{ at, device: null }] : devices.map((device) => ({ at, device }));
}

/** `node/a dnat 192.168.13.23:80 > 172.23.96.163:80`. */
export function parseNat(text: string): NatPattern {
	const match = /^(\S+\/\S+)\s+(dnat|snat|masquerade|redirect)\s+(\S+)\s+>\s+(\S+)$/.exec(text.trim());
	if (match === null) {
		throw new NotationError(`"${text}" must be as in "node/a dnat 192.168.13.23:80 > 172.23.96.163:80"`);
	}
	const [, at = "", kind = "", from = "", to = ""] = match;
	return { at, kind, from, to };
}

/** `src=… dst=… sport=… dport=… src=… dst=… sport=… dport=…` as `conntrack -L` prints them; any but `src` may be left out. */
export function parseTuple(text: string): TuplePattern {
	const ends: Record<string, string>[] = [];
	for (const word of text.trim().split(/\s+/)) {
		const match = /^(src|dst|sport|dport)=(\S+)$/.exec(word);
		if (match === null) throw new NotationError(`"${word}" in "${text}" must be src=, dst=, sport= or dport=`);
		const [, key = "", value = ""] = match;
		if (key === "src") ends.push({});
		const end = ends.at(-1);
		if (end === undefined) throw new NotationError(`"${text}" must begin with src=`);
		if (key in end) throw new NotationError(`"${text}" has ${key}= twice in one direction`);
		end[key] = value;
	}
	const [original, reply] = ends;
	if (ends.length !== 2 || original === undefined || reply === undefined) {
		throw new NotationError(`"${text}" must hold two directions, each beginning with src=`);
	}
	return { original: endPattern(original), reply: endPattern(reply) };
}

function endPattern(end: Record<string, string>): EndPattern {
	return { src: end.src ?? null, sport: end.sport ?? null, dst: end.dst ?? null, dport: end.dport ?? null };
}

/** `eni-1:ingress:new deny sg-1`; what comes after the ENI's id may be left out from the end. */
export function parseJudgement(text: string): JudgementPattern {
	const match = /^([^\s:]+)(?::(ingress|egress)(?::(new|established)(?:\s+(allow|deny)(?:\s+(\S+))?)?)?)?$/.exec(
		text.trim(),
	);
	if (match === null) {
		throw new NotationError(`"${text}" must be as in "eni-1:ingress:new allow" or "eni-1:egress:established allow"`);
	}
	const [, eni = "", direction = null, state = null, decision = null, group = null] = match;
	return { eni, direction, state, decision, group };
}

/** Whether an ENI's groups were asked this, and said so. */
export function matchesJudgement(pattern: JudgementPattern, judged: ExplainedSecurityGroup): boolean {
	const { eni, direction, state, decision, group } = pattern;
	return (
		matchesPattern(eni, judged.interface) &&
		(direction === null || direction === judged.direction) &&
		(state === null || state === judged.state) &&
		(decision === null || decision === judged.decision) &&
		(group === null || matchesPattern(group, judged.group))
	);
}

const HEADER =
	/^(?:(ipip|vxlan(?:\s+\d+)?)\s+(\S+)\s+>\s+(\S+)\s+\|\s+)?(?:vlan\s+(\d+)\s+)?(?:icmp\s+(\d+\/\d+)\s+)?(\S+)\s+>\s+(\S+)$/;

/** `10.0.0.180 > 172.23.96.163:80`, `icmp 3/3 A > B`, `vlan 1027 A > B`, `vxlan 1 A > B | C > D`, at `PLACE DEVICE`. */
export function parseHeader(where: string, text: string): HeaderPattern {
	const [link, ...more] = parseLinks(where);
	if (link === undefined || link.device === null || more.length > 0) {
		throw new NotationError(`"${where}" must be a place and one device, as in "node/a cni0"`);
	}
	const match = HEADER.exec(text.trim());
	if (match === null) {
		throw new NotationError(
			`"${text}" must be as in "10.0.0.1 > 10.0.0.2:80" or "vxlan 1 10.0.0.1 > 10.0.0.2 | 10.1.0.2 > 10.1.1.2"`,
		);
	}
	const [, encapsulation, outerSrc = "", outerDst = "", tag, icmp = null, src = "", dst = ""] = match;
	const [kind = "", vni] = (encapsulation ?? "").split(/\s+/);
	const outer =
		encapsulation === undefined
			? null
			: { kind, vni: vni === undefined ? null : Number(vni), src: outerSrc, dst: outerDst };
	const vlan = tag === undefined ? null : Number(tag);
	return { at: link.at, device: link.device, vlan, src, dst, icmp, outer };
}

/** A share as `1/3`, `0.5` or 1. */
export function parseWeight(value: string | number): number {
	const [, above = "", below = "1"] = /^(\d+(?:\.\d+)?)(?:\/(\d+))?$/.exec(String(value)) ?? [];
	const weight = above === "" ? Number.NaN : Number(above) / Number(below);
	if (!(weight > 0 && weight <= 1)) throw new NotationError(`"${value}" must be a share as in 1/3 or 0.5`);
	return weight;
}

/** Links as one line, each place once with its devices: `pod/default/a eth0 > node/a veth1 cni0`. */
export function formatLinks(links: readonly (LinkPattern | ExplainedLink)[]): string {
	if (links.length === 0) return "none";
	const places: { readonly at: string; readonly devices: string[] }[] = [];
	for (const { at, device } of links) {
		const last = places.at(-1);
		const named = device ?? null;
		if (last?.at === at && named !== null && last.devices.length > 0) last.devices.push(named);
		else places.push({ at, devices: named === null ? [] : [named] });
	}
	return places.map(({ at, devices }) => [at, ...devices].join(" ")).join(" > ");
}

export function formatNat(nat: readonly (NatPattern | ExplainedNat)[]): string {
	if (nat.length === 0) return "none";
	return nat.map(({ at, kind, from, to }) => `${at} ${kind} ${from} > ${to}`).join(", ");
}

export function formatJudgements(judgements: readonly (JudgementPattern | ExplainedSecurityGroup)[]): string {
	if (judgements.length === 0) return "none";
	return judgements.map(formatJudgement).join(", ");
}

function formatJudgement(judged: JudgementPattern | ExplainedSecurityGroup): string {
	const eni = "interface" in judged ? judged.interface : judged.eni;
	const asked = [eni, judged.direction, judged.state].filter((each) => each !== null).join(":");
	return [asked, judged.decision, judged.group].filter((each) => each !== null).join(" ");
}

export function formatTuples(tuples: readonly (TuplePattern | ExplainedConntrack)[]): string {
	if (tuples.length === 0) return "none";
	return tuples.map(({ original, reply }) => `${formatEnd(original)} ${formatEnd(reply)}`).join(", ");
}

function formatEnd(end: EndPattern | ExplainedTuple): string {
	return (["src", "dst", "sport", "dport"] as const)
		.filter((key) => end[key] !== null)
		.map((key) => `${key}=${end[key]}`)
		.join(" ");
}

/** The packet of a header pattern or of a hop, without where it is. */
export function formatHeader(header: HeaderPattern): string {
	const { outer, icmp } = header;
	const vni = outer === null || outer.vni === null ? "" : ` ${outer.vni}`;
	const before = outer === null ? "" : `${outer.kind}${vni} ${outer.src} > ${outer.dst} | `;
	const tag = header.vlan === null ? "" : `vlan ${header.vlan} `;
	return `${before}${tag}${icmp === null ? "" : `icmp ${icmp} `}${header.src} > ${header.dst}`;
}

export function formatPacket(packet: ExplainedPacket): string {
	const { outer, icmp } = packet;
	const vni = outer?.vni === undefined ? "" : ` ${outer.vni}`;
	const tag = packet.vlan === null ? "" : `vlan ${packet.vlan} `;
	const before = `${outer === null ? "" : `${outer.kind}${vni} ${outer.src} > ${outer.dst} | `}${tag}`;
	if (icmp !== undefined) return `${before}icmp ${icmp.type}/${icmp.code} ${packet.src} > ${packet.dst}`;
	return `${before}${withPort(packet.src, packet.sport)} > ${withPort(packet.dst, packet.dport)}`;
}

/** `ADDRESS:PORT`, with brackets round IPv6. */
export function withPort(address: string, port: number): string {
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
