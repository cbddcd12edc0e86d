/**
 * tc filters that stand in for eBPF programs and for Open vSwitch's flow tables, by their documented effect: they rewrite
 * addresses and send on past the stack, as those are known to. A connection's backend follows from its source port, as tc remembers nothing; and what an answer's
 * source was cannot be told without that memory either, so the translations of a Service are there only while it is asked for.
 */
import {
	type Address,
	type DeviceAt,
	type Family,
	type Namespace,
	type Place,
	type Prefix,
	type ProgramEffect,
	type ProgramRedirect,
	type RealServer,
	type TcFilter,
	type VirtualServer,
	VPC_MAC,
} from "@podpath/core";
import type { LabProgram, LabTranslation } from "../lab-plan.ts";
import type { Cable } from "./layout.ts";

export interface StandIns {
	readonly programs: readonly LabProgram[];
	/** `tc -batch`, by place. */
	readonly redirects: ReadonlyMap<Place, string>;
	readonly translations: readonly LabTranslation[];
}

/** What is known of the stacks and of the cables between them. */
export interface Surroundings {
	readonly stacks: readonly Namespace[];
	readonly cables: readonly Cable[];
	readonly nameOf: (place: Place) => string;
}

export function standIns(around: Surroundings): StandIns {
	const programs: LabProgram[] = [];
	const redirects = new Map<Place, string>();
	const translations: LabTranslation[] = [];
	for (const state of around.stacks) {
		const found = programsIn(state);
		const lines: string[] = [];
		for (const program of found) {
			const { place, device, name } = program;
			const own = isPlain(program) ? redirectLines(program, state, around) : null;
			const { technology } = program;
			programs.push({ place, device, name, stoodInFor: own !== null, ...(technology && { technology }) });
			lines.push(...(own ?? []));
		}
		if (lines.length > 0) redirects.set(state.place, asText(lines));
		translations.push(...translationsIn(found.filter(isPlain), around.nameOf(state.place)));
	}
	return { programs, redirects, translations };
}

interface Program {
	readonly place: Place;
	readonly device: string;
	readonly name: string;
	readonly filter: TcFilter;
	readonly effect: ProgramEffect;
	readonly technology?: "OpenFlow";
}

function programsIn({ place, tcFilters }: Namespace): readonly Program[] {
	return tcFilters.flatMap((filter) =>
		filter.actions.flatMap((action) =>
			action.kind === "program" ? [{ place, device: filter.device, filter, ...action }] : [],
		),
	);
}

/** A program that is all that its filter does, with whatever packet, but for what becomes of one that it leaves alone. */
function isPlain({ filter: { actions, protocol, source, destination, vlan } }: Program): boolean {
	const isForAll = source === undefined && destination === undefined && vlan === undefined && protocol === "all";
	const [first, miss, ...more] = actions;
	// What podpath does not know is not predicted either, so nothing needs to stand in for it.
	const isMiss = miss === undefined || miss.kind === "drop" || miss.kind === "other";
	return isForAll && first?.kind === "program" && isMiss && more.length === 0;
}

/** Null: a device's MAC is not known, so no frame can be made for it. */
function redirectLines(program: Program, state: Namespace, around: Surroundings): readonly string[] | null {
	const { device, filter, effect } = program;
	const lines: string[] = [];
	const priority = Math.max(filter.priority, FIRST_REDIRECT);
	for (const [i, redirect] of effect.redirects.entries()) {
		const family = (redirect.destination ?? redirect.source)?.family;
		const actions = redirectActions(redirect, state, around);
		if (family === undefined || actions === null) return null;
		const matches = [matchPrefix("src", redirect.source), matchPrefix("dst", redirect.destination)].join("");
		lines.push(`${filterAt(device, filter.direction, family, priority + i)} u32${matches} ${actions}`);
	}
	if (filter.actions.some(({ kind }) => kind === "drop")) {
		const last = priority + effect.redirects.length;
		for (const [i, family] of ([4, 6] as const).entries())
			lines.push(`${filterAt(device, filter.direction, family, last + i)} u32 match u32 0 0 action drop`);
	}
	return lines;
}

function redirectActions({ route }: ProgramRedirect, state: Namespace, around: Surroundings): string | null {
	if (route === null) return "action pass";
	const [hop] = route.nextHops;
	const own = state.links.find(({ name }) => name === hop?.device);
	if (hop === undefined || own === undefined || own.mac === null) return null;
	const to =
		hop.gateway === undefined
			? macBeyond({ place: state.place, device: own.name }, around)
			: macOf(hop.gateway, around);
	if (to === undefined) return null;
	const rewrite = `pedit ex munge eth dst set ${to} munge eth src set ${own.mac}`;
	return `action ${rewrite} pipe action mirred egress redirect dev ${own.name}`;
}

/** Who has a gateway's address; nobody has that of a VPC, which answers for all of them. */
function macOf({ text }: Address, { stacks }: Surroundings): string | undefined {
	for (const { addresses, links } of stacks) {
		const holder = addresses.find(({ address }) => address.text === text);
		if (holder !== undefined) return links.find(({ name }) => name === holder.device)?.mac ?? undefined;
	}
	return VPC_MAC;
}

function macBeyond(at: DeviceAt, { stacks, cables }: Surroundings): string | undefined {
	const isHere = (end: DeviceAt): boolean => end.place === at.place && end.device === at.device;
	const cable = cables.find(({ from, to }) => isHere(from) || isHere(to));
	if (cable === undefined) return undefined;
	const far = isHere(cable.from) ? cable.to : cable.from;
	const links = stacks.find(({ place }) => place === far.place)?.links;
	return links?.find(({ name }) => name === far.device)?.mac ?? undefined;
}

/** Before the redirects, which see what has been translated. */
const FIRST_TRANSLATION = 1000;
const FIRST_REDIRECT = 20_000;

/** Of each Service that the programs of a place translate: there by who does that, back by who answers. */
function translationsIn(programs: readonly Program[], namespace: string): readonly LabTranslation[] {
	const services = new Map<string, VirtualServer>();
	for (const service of programs.flatMap(({ effect }) => effect.services)) {
		const { match } = service;
		if (match.kind === "address") services.set(`${match.protocol} ${match.port} ${match.address.text}`, service);
	}
	return [...services.values()].flatMap((service): LabTranslation[] => {
		const { match } = service;
		if (match.kind !== "address" || match.protocol === "sctp") return [];
		const { protocol, port, address } = match;
		const commands = programs.flatMap((program) => [
			...(program.effect.services.includes(service) ? requestFilters(program, service) : []),
			...(program.effect.answers ? answerFilters(program, service) : []),
		]);
		if (commands.length === 0) return [];
		const numbered = commands.map((each, i) => ({ ...each, priority: FIRST_TRANSLATION + i }));
		const add = numbered.map(
			({ at, priority, text }) => `${filterAt(at.device, at.filter.direction, address.family, priority)} ${text}`,
		);
		const remove = numbered.map(
			({ at, priority }) => `filter del dev ${at.device} ${at.filter.direction} prio ${priority}`,
		);
		return [
			{ virtual: { protocol, port, address: address.text }, namespace, add: asText(add), remove: asText(remove) },
		];
	});
}

interface Filter {
	readonly at: Program;
	readonly text: string;
}

/** One for each value of the source port's last bits, which go round the backends. */
function requestFilters(at: Program, { match, servers }: VirtualServer): readonly Filter[] {
	if (match.kind !== "address") return [];
	const { family } = match.address;
	const backends = servers.filter(({ weight, address }) => weight > 0 && address.family === family);
	const bits = Math.ceil(Math.log2(backends.length));
	const asked = `u32${matchProtocol(family, match)}${matchEnd(family, "d", match)}`;
	return Array.from({ length: backends.length === 0 ? 0 : 2 ** bits }, (_, i): Filter => {
		const backend = backends[i % backends.length] as RealServer;
		const among = bits === 0 ? "" : ` match ${NAMES[family]} sport ${i} ${hex(2 ** bits - 1)}`;
		return { at, text: `${asked}${among} ${rewrite(family, match.protocol, "d", backend)}` };
	});
}

function answerFilters(at: Program, { match, servers }: VirtualServer): readonly Filter[] {
	if (match.kind !== "address") return [];
	const { family } = match.address;
	return servers
		.filter(({ address }) => address.family === family)
		.map((server): Filter => {
			const text = `u32${matchProtocol(family, match)}${matchEnd(family, "s", server)}`;
			return { at, text: `${text} ${rewrite(family, match.protocol, "s", match)}` };
		});
}

interface End {
	readonly address: { readonly text: string };
	readonly port: number;
}
type Side = "s" | "d";

const NAMES: Readonly<Record<Family, string>> = { 4: "ip", 6: "ip6" };
const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = { tcp: 6, udp: 17 };

function matchProtocol(family: Family, { protocol }: { readonly protocol: string }): string {
	return ` match ${NAMES[family]} protocol ${PROTOCOL_NUMBERS[protocol]} 0xff`;
}

function matchEnd(family: Family, side: Side, { address, port }: End): string {
	const name = NAMES[family];
	const host = family === 4 ? 32 : 128;
	return ` match ${name} ${side}${side === "s" ? "rc" : "st"} ${address.text}/${host} match ${name} ${side}port ${port} 0xffff`;
}

/** Then the next filter is asked, with what the packet has become. */
function rewrite(family: Family, protocol: string, side: Side, { address, port }: End): string {
	const name = NAMES[family];
	const field = side === "s" ? "src" : "dst";
	const sums = family === 4 ? `ip4h ${protocol}` : protocol;
	return `action pedit ex munge ${name} ${field} set ${address.text} munge ${protocol} ${side}port set ${port} pipe action csum ${sums} continue`;
}

function matchPrefix(field: "src" | "dst", prefix: Prefix | undefined): string {
	return prefix === undefined ? "" : ` match ${NAMES[prefix.family]} ${field} ${prefix.text}`;
}

function filterAt(device: string, direction: TcFilter["direction"], family: Family, priority: number): string {
	return `filter add dev ${device} ${direction} protocol ${family === 4 ? "ip" : "ipv6"} prio ${priority}`;
}

function hex(value: number): string {
	return `0x${value.toString(16)}`;
}

function asText(lines: readonly string[]): string {
	return lines.map((line) => `${line}\n`).join("");
}
