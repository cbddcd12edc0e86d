/** nftables beside iptables: chains of every type and hook, sets, maps, and Services as kube-proxy's nftables mode makes them. */
import type { Family } from "@podpath/core";
import type { Hook } from "./filtering.ts";
import { drawNftMatches } from "./nft-matches.ts";
import { drawNftService } from "./nft-service.ts";
import type { ChainType, NftFamily, NftSite } from "./nft-site.ts";
import { type Draft, PORTS, pairFrom, subnetText, type World } from "./world.ts";

/** Those of iptables too, and some before and after. */
const FILTER_PRIORITIES = [-300, -290, -160, -150, -120, -10, 0, 10, 60] as const;
const NAT_PRIORITIES = {
	PREROUTING: [-110, -100, -90],
	OUTPUT: [-110, -100, -90],
	INPUT: [90, 100, 110],
	POSTROUTING: [90, 100, 110],
} as const;
const HOOKS: Readonly<Record<ChainType, readonly Hook[]>> = {
	filter: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
	nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
	route: ["OUTPUT"],
};

/** For about a third of the stacks. */
export function drawNftables(world: World): void {
	if (!world.has("nft")) return;
	const { draw } = world;
	for (const stack of world.stacks) {
		if (!draw.chance(stack.isSwitch ? 0.15 : 0.35)) continue;
		const families = draw.weighted<readonly NftFamily[]>([
			[3, ["ip"]],
			[2, ["ip6"]],
			[3, ["inet"]],
			[2, ["ip", "ip6"]],
		]);
		for (const table of families) {
			if (table !== "inet" && draw.chance(0.4)) drawNftService(world, stack, table);
			drawTable(world, stack, table);
		}
	}
}

function drawTable(world: World, stack: Draft, table: NftFamily): void {
	const { draw } = world;
	const name = `t${stack.nft.filter((line) => line.startsWith("add table")).length}`;
	const at = `${table} ${name}`;
	stack.nft.push(`add table ${at}`);
	const sets = drawSets(world, stack, table, at);
	for (let i = draw.between(1, 4); i > 0; i--) {
		const type = draw.weighted<ChainType>([
			[5, "filter"],
			[3, "nat"],
			[1, "route"],
		]);
		const hook = draw.pick(HOOKS[type]);
		const priority =
			type === "nat" ? draw.pick(NAT_PRIORITIES[hook as keyof typeof NAT_PRIORITIES]) : draw.pick(FILTER_PRIORITIES);
		drawChain({ world, stack, table, family: 4, type, hook, priority, sets }, at, `c${i}`);
	}
}

function drawSets(world: World, stack: Draft, table: NftFamily, at: string): readonly string[] {
	const { draw } = world;
	const sets: string[] = [];
	for (const family of familiesOf(table)) {
		const type = family === 4 ? "ipv4_addr" : "ipv6_addr";
		const near = world.addresses(family);
		const some = [...new Set(draw.some(near, 0.4))];
		if (some.length > 0 && draw.chance(0.4)) {
			stack.nft.push(`add set ${at} hosts${family} { type ${type} ; elements = { ${some.join(", ")} } ; }`);
			sets.push(`hosts${family}`);
		}
		if (draw.chance(0.3)) {
			const nets = [...new Set(draw.some(world.subnets, 0.5).map((subnet) => subnetText(subnet, family)))];
			const elements = nets.length > 0 ? ` elements = { ${nets.join(", ")} } ;` : "";
			stack.nft.push(`add set ${at} nets${family} { type ${type} ; flags interval ;${elements} }`);
			sets.push(`nets${family}`);
		}
		if (some.length > 0 && draw.chance(0.3)) {
			const ends = some.map((text) => `${text} . ${draw.pick(["tcp", "udp"])} . ${draw.pick(PORTS)}`);
			const concatenated = `type ${type} . inet_proto . inet_service`;
			stack.nft.push(`add set ${at} ends${family} { ${concatenated} ; elements = { ${ends.join(", ")} } ; }`);
			sets.push(`ends${family}`);
		}
	}
	return sets;
}

function familiesOf(table: NftFamily): readonly Family[] {
	return table === "inet" ? [4, 6] : [table === "ip" ? 4 : 6];
}

function drawChain(site: NftSite, at: string, name: string): void {
	const { world, stack, table, type, hook, priority } = site;
	const { draw } = world;
	const own = draw.chance(0.35) ? [`${name}a`, `${name}b`] : [];
	for (const chain of own) stack.nft.push(`add chain ${at} ${chain}`);
	const policy = type === "filter" && draw.chance(0.05) ? "drop" : "accept";
	stack.nft.push(
		`add chain ${at} ${name} { type ${type} hook ${hook.toLowerCase()} priority ${priority} ; policy ${policy} ; }`,
	);
	// What networks with rules have: without it nobody finds a neighbour, and tunnels' packets are known by their port.
	if (table !== "ip" && type !== "nat")
		stack.nft.push(`add rule ${at} ${name} icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept`);
	if (table !== "ip6" && type === "nat") stack.nft.push(`add rule ${at} ${name} udp dport 4789 accept`);
	const rules = (chain: string, most: number, callable: readonly string[], inOwn: boolean): void => {
		for (let i = draw.between(1, most); i > 0; i--) {
			const family = draw.pick(familiesOf(table));
			stack.nft.push(`add rule ${at} ${chain}${rule({ ...site, family }, callable, inOwn)}`);
		}
	};
	rules(name, 4, own, false);
	for (const [i, chain] of own.entries()) rules(chain, 3, own.slice(i + 1), true);
}

function rule(site: NftSite, chains: readonly string[], inOwn: boolean): string {
	const { draw } = site.world;
	if (chains.length > 0 && draw.chance(0.4)) {
		const [matches, verdict] = [drawNftMatches(site, draw.below(2)), draw.chance(0.8) ? "jump" : "goto"];
		return `${matches} ${verdict} ${draw.pick(chains)}`;
	}
	if (chains.length > 0 && draw.chance(0.15)) return ` ${verdictMap(site, chains)}`;
	const { text, picky, transport } = drawStatement(site, inOwn);
	const matches = drawNftMatches(site, picky === true ? draw.between(1, 3) : draw.between(0, 2), transport);
	return `${matches}${draw.chance(0.2) ? " counter" : ""}${text === "" ? " counter" : ` ${text}`}`;
}

function verdictMap({ world, family }: NftSite, chains: readonly string[]): string {
	const { draw } = world;
	const verdict = (): string => `${draw.pick(["jump", "goto"])} ${draw.pick(chains)}`;
	const near = [...new Set(draw.some(world.addresses(family), 0.5))];
	return draw.weighted([
		[2, () => `meta l4proto vmap { tcp : ${verdict()}, udp : ${verdict()} }`],
		[2, () => `meta mark vmap { 0x0 : ${verdict()}, 0x1 : ${verdict()} }`],
		[
			near.length > 0 ? 3 : 0,
			() =>
				`${family === 4 ? "ip" : "ip6"} daddr vmap { ${near.map((text) => `${text} : ${draw.chance(0.2) ? "accept" : verdict()}`).join(", ")} }`,
		],
		[1, () => `ct state vmap { established : accept, related : accept, new : ${verdict()} }`],
	])();
}

interface Drawn {
	readonly text: string;
	/** It ends ways: then it is of few packets. */
	readonly picky?: true;
	/** Only for packets of that protocol. */
	readonly transport?: "tcp" | "udp";
}

type Weighted = readonly [weight: number, drawn: Drawn];

function drawStatement(site: NftSite, inOwn: boolean): Drawn {
	const { draw } = site.world;
	const everywhere: readonly Weighted[] = [
		[2, { text: "accept" }],
		[inOwn ? 3 : 1, { text: "return" }],
		[
			3,
			{
				text: `meta mark set ${draw.pick(["0x1", "0x2", "meta mark and 0xfffffffe", "meta mark or 0x2", "meta mark xor 0x1"])}`,
			},
		],
		[1, { text: "" }],
	];
	return draw.weighted([...everywhere, ...(site.type === "nat" ? natStatements(site) : filterStatements(site))]);
}

function filterStatements({ world, family, table, hook, priority, type }: NftSite): readonly Weighted[] {
	const { draw } = world;
	const refusing = hook !== "POSTROUTING";
	const kinds =
		table === "inet"
			? ["icmpx port-unreachable", "icmpx admin-prohibited"]
			: family === 4
				? ["icmp port-unreachable", "icmp host-prohibited"]
				: ["icmpv6 port-unreachable", "icmpv6 admin-prohibited"];
	const untracked = priority < -200 && (hook === "PREROUTING" || hook === "OUTPUT");
	return [
		[1, { text: "drop", picky: true }],
		// Not of a stack's own resets: what comes of refused refusals is nobody's question.
		[
			refusing && type === "filter" ? 2 : 0,
			{ text: `reject with ${draw.pick(kinds)}`, picky: true, ...(hook === "OUTPUT" && { transport: "udp" as const }) },
		],
		[
			refusing && type === "filter" && hook !== "OUTPUT" ? 1 : 0,
			{ text: "reject with tcp reset", picky: true, transport: "tcp" },
		],
		[untracked ? 3 : 0, { text: "notrack", picky: true }],
		[untracked ? 0 : 1, { text: draw.pick(["ct mark set 0x1", "ct mark set meta mark", "meta mark set ct mark"]) }],
	];
}

function natStatements({ world, stack, family, table, hook }: NftSite): readonly Weighted[] {
	const { draw } = world;
	const ip = table === "inet" ? (family === 4 ? " ip" : " ip6") : "";
	const transport = draw.pick(["tcp", "udp"] as const);
	const at = (text: string, port: number): string => (family === 4 ? `${text}:${port}` : `[${text}]:${port}`);
	if (hook === "PREROUTING" || hook === "OUTPUT") {
		const to = draw.pick(world.addresses(family));
		return [
			[3, { text: `dnat${ip} to ${at(to, draw.pick(PORTS))}`, picky: true, transport }],
			[2, { text: `dnat${ip} to ${to}`, picky: true }],
			[1, { text: `dnat${ip} to ${pairFrom(to)}`, picky: true }],
			[1, { text: `redirect to :${draw.pick(PORTS)}`, picky: true, transport }],
			[1, { text: "redirect", picky: true }],
		];
	}
	const own = draw.pickAny(world.addressesOf(stack, family));
	const source: readonly Weighted[] =
		own === undefined
			? []
			: [
					[2, { text: `snat${ip} to ${own}` }],
					[1, { text: `snat${ip} to ${pairFrom(own)}` }],
				];
	// SCTP's own addresses in its INIT do not go with it.
	if (hook === "INPUT") return source.map(([weight, drawn]) => [weight, { ...drawn, transport }]);
	return [...source, [3, { text: "masquerade" }], [1, { text: "masquerade fully-random" }]];
}
