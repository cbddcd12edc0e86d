/**
 * A small network as plain data, in the words of the tools that show it: what the fuzzer draws, takes apart to find the smallest
 * that shows an error, and prints as a test. Every list is of things that can be left out one by one.
 */
import {
	address,
	assembleNamespace,
	type BridgePort,
	DEFAULT_BRIDGE_PORT,
	type FabricDevice,
	hardwareAddress,
	type InterfaceAddress,
	type Link,
	loadCluster,
	type Namespace,
	type Network,
	type Origin,
	type Place,
	parseNamespace,
	parseNftRuleset,
	type Question,
	type Subject,
	staticNetwork,
	type Wire,
	worded,
} from "@podpath/core";
import { xtablesText } from "./xtables-text.ts";

/** What nearly every device has alike need not be said; its MAC is made from its name. */
type Short<Of> = Of extends Link
	? Omit<Of, "index" | "mtu" | "mac" | "up" | "carrier" | "origin" | "bridgePort" | "local" | "remote"> &
			Partial<Pick<Of, "mtu" | "mac" | "up" | "carrier">> & { readonly port?: Partial<BridgePort> } & (Of extends {
				readonly local?: unknown;
			}
				? { readonly local?: string; readonly remote?: string }
				: unknown)
	: never;
export type LinkSketch = Short<Exclude<Link, { readonly kind: "loopback" | "other" }>>;

export interface StackSketch {
	readonly place: Place;
	readonly links: readonly LinkSketch[];
	/** `DEVICE ADDRESS/LENGTH`. */
	readonly addresses: readonly string[];
	/** Lines of `ip route show table all`, without the kernel's own. A second next hop stands behind a line break. */
	readonly routes?: readonly string[];
	/** Lines of `ip rule` and `ip -6 rule`, without the kernel's own. */
	readonly rules?: readonly string[];
	readonly rules6?: readonly string[];
	/** Lines of `ip neigh` and `ip neigh show proxy`. */
	readonly neighbours?: readonly string[];
	/** Lines of `bridge fdb`. */
	readonly fdb?: readonly string[];
	/** `TABLE -P CHAIN POLICY`, `TABLE -A CHAIN RULE`: a table that is named is there. Chains are made as they are named. */
	readonly iptables?: readonly string[];
	readonly ip6tables?: readonly string[];
	/** Commands of `nft -f`. */
	readonly nft?: readonly string[];
	/** Lines of `ipset save`, `ipvsadm-save -n`. */
	readonly ipsets?: readonly string[];
	readonly ipvs?: readonly string[];
	/** `KEY = VALUE`, as `sysctl -a` prints them. */
	readonly sysctls?: readonly string[];
}

export interface Sketch {
	/** Machines before what stands on their devices. */
	readonly stacks: readonly StackSketch[];
	/** `PLACE DEVICE` of both ends. */
	readonly cables: readonly (readonly [from: string, to: string])[];
	/** Unmanaged switches: the cards on them as `PLACE DEVICE`. */
	readonly segments?: readonly { readonly place: Place; readonly cards: readonly string[] }[];
}

/** A question to the network. */
export interface AskedQuestion extends Question {
	/** The kernel chooses the source address; otherwise it is bound to the one that is predicted. */
	readonly unbound?: true;
}

const ORIGIN: Origin = { component: "fuzz" };
const MTU = 1500;

/** What questions are asked about. Throws a SketchError where the sketch is none of a network. */
export function subjectOf(sketch: Sketch): Subject {
	return { cluster: loadCluster([]), network: networkOf(sketch), fromSnapshot: true };
}

/** The sketch says what is not there. */
export class SketchError extends Error {}

export function networkOf(sketch: Sketch): Network {
	const namespaces = sketch.stacks.map((stack) => namespaceOf(stack));
	const wires = sketch.cables.map(([from, to]): Wire => ({ from: endOf(from), to: { kind: "device", ...endOf(to) } }));
	const fabric = (sketch.segments ?? []).map(
		({ place, cards }): FabricDevice => ({
			kind: "segment",
			place,
			prefixes: [],
			gateways: [],
			mtu: MTU,
			attachments: cards.map((card) => attachment(endOf(card), namespaces)),
			origin: ORIGIN,
		}),
	);
	return staticNetwork({ namespaces, wires, fabric });
}

function endOf(text: string): { readonly place: Place; readonly device: string } {
	const [place = "", device = ""] = text.split(" ");
	return { place, device };
}

function attachment(at: ReturnType<typeof endOf>, namespaces: readonly Namespace[]) {
	const namespace = namespaces.find(({ place }) => place === at.place);
	const mac = namespace?.links.find(({ name }) => name === at.device)?.mac;
	if (mac == null) throw new SketchError(`there is no ${at.place} ${at.device}`);
	const own = namespace?.addresses.filter(({ device, scope }) => device === at.device && scope === "global") ?? [];
	return { ...at, mac, addresses: own.map(({ address: of }) => of) };
}

function namespaceOf(stack: StackSketch): Namespace {
	const { place, addresses, sysctls = [] } = stack;
	const read = readDumps(stack);
	const assembled = assembleNamespace(place, [
		{
			links: stack.links.map((link) => linkOf(place, link, hasCarrier(link, stack.links))),
			addresses: addresses.map(interfaceAddress),
			routes: read.routes,
			neighbours: read.neighbours,
			fdb: read.fdb,
			ipsets: read.ipsets,
			ipvs: read.ipvs,
			sysctls: new Map(sysctls.map(setting)),
		},
	]);
	return { ...assembled, rules: read.rules, xtables: read.xtables, nftables: nftRuleset(stack) };
}

/** A bridge has one through its ports. */
function hasCarrier({ kind, name }: LinkSketch, all: readonly LinkSketch[]): boolean {
	return kind !== "bridge" || all.some(({ master }) => master === name);
}

function linkOf(place: Place, sketch: LinkSketch, carrier: boolean): Link {
	const { port, ...rest } = sketch;
	const link = "local" in rest || "remote" in rest ? { ...rest, ...tunnelEnds(rest) } : rest;
	const mac = link.kind === "ipip" || link.kind === "tun" ? null : hardwareAddress(place, link.name);
	const bridgePort = link.master === undefined ? {} : { bridgePort: { ...DEFAULT_BRIDGE_PORT, ...port } };
	return { index: 0, mtu: MTU, mac, up: true, carrier, ...link, ...bridgePort, origin: ORIGIN } as Link;
}

function tunnelEnds({ local, remote }: { readonly local?: string; readonly remote?: string }): object {
	return {
		...(local !== undefined && { local: address(local) }),
		...(remote !== undefined && { remote: address(remote) }),
	};
}

function interfaceAddress(text: string): InterfaceAddress {
	const [, device = "", ip = "", length = ""] = /^(\S+) ([^/]+)\/(\d+)$/.exec(text) ?? [];
	const prefixLength = Number(length);
	return {
		device,
		address: address(ip),
		prefixLength,
		scope: "global",
		secondary: false,
		noPrefixRoute: false,
		origin: ORIGIN,
	};
}

function setting(text: string): readonly [string, string] {
	const [key = "", value = ""] = text.split(" = ");
	return [key, value];
}

function readDumps(stack: StackSketch): Namespace {
	const lines = (...all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
	const { rules = [], rules6 = [], routes = [], neighbours = [], fdb = [], ipsets = [], ipvs = [] } = stack;
	const own = (main: readonly string[]): readonly string[] => [
		"0: from all lookup local",
		...main,
		"32766: from all lookup main",
	];
	const ruleText = lines(...own(rules), "32767: from all lookup default", ...own(rules6));
	const texts = new Map([
		["ip-route.txt", lines(...routes)],
		["ip-neigh.txt", lines(...neighbours)],
		["bridge-fdb.txt", lines(...fdb)],
		["iptables-save.txt", xtablesText(stack.iptables ?? [])],
		["ip6tables-save.txt", xtablesText(stack.ip6tables ?? [])],
		["ipset-save.txt", lines(...ipsets)],
		["ipvsadm-save.txt", lines(...ipvs)],
	]);
	const read = parseNamespace(stack.place, texts);
	// Read by themselves: beside routes a table that has none would count as one that the dump does not hold.
	const withRules = parseNamespace(stack.place, new Map([["ip-rule.txt", ruleText]]));
	const [first] = [...read.notUnderstood, ...withRules.notUnderstood];
	if (first !== undefined) throw new SketchError(`${stack.place}: ${first.part} "${first.text}": ${worded(first.why)}`);
	return { ...read, rules: withRules.rules };
}

function nftRuleset({ place, nft = [] }: StackSketch): Namespace["nftables"] {
	const { ruleset, unread } = parseNftRuleset(nft.map((line) => `${line}\n`).join(""), { file: "nft" });
	const [first] = unread;
	if (first !== undefined) throw new SketchError(`${place}: nft "${first.text}": ${worded(first.why)}`);
	return ruleset;
}
