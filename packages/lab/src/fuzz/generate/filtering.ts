/** iptables rules about the network's own addresses, devices and ports, so that they often match. */
import type { Family } from "@podpath/core";
import { drawMatches } from "./matches.ts";
import { type Draft, FAMILIES, PORTS, pairFrom, type World } from "./world.ts";

export type Hook = "PREROUTING" | "INPUT" | "FORWARD" | "OUTPUT" | "POSTROUTING";
export type Table = "raw" | "mangle" | "nat" | "filter";

/** Where a rule stands. */
export interface RuleSite {
	readonly world: World;
	readonly stack: Draft;
	readonly family: Family;
	readonly table: Table;
	readonly hook: Hook;
}

const HOOKS: Readonly<Record<Table, readonly Hook[]>> = {
	raw: ["PREROUTING", "OUTPUT"],
	mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
	nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
	filter: ["INPUT", "FORWARD", "OUTPUT"],
};
const TABLES: readonly (readonly [Table, number])[] = [
	["raw", 0.1],
	["mangle", 0.25],
	["nat", 0.45],
	["filter", 0.4],
];

/** Tables for about half of the stacks. Sets come first, as rules speak of them. */
export function drawFiltering(world: World): void {
	const { draw } = world;
	for (const family of FAMILIES) for (let i = draw.between(0, 2); i > 0; i--) service(world, family);
	for (const stack of world.stacks) {
		if (world.has("ipset")) sets(world, stack);
		if (stack.isSwitch && !draw.chance(0.5)) continue;
		for (const family of FAMILIES) {
			for (const [table, probability] of TABLES) {
				if (draw.chance(probability)) drawTable(world, stack, family, table);
			}
		}
	}
}

function rulesOf(stack: Draft, family: Family): string[] {
	return family === 4 ? stack.iptables : stack.ip6tables;
}

/** An address that is nobody's and that a router sends on to somebody, as kube-proxy does. */
function service(world: World, family: Family): void {
	const { draw } = world;
	const number = world.virtual.length + 1;
	const text = family === 4 ? `10.96.0.${number}` : `fd96::${number}`;
	world.virtual.push({ family, text, at: null });
	const routers = draw.some(world.hosts, 0.6);
	const port = draw.pick(PORTS);
	for (const stack of routers) {
		const to = endpoint(family, draw.pick(world.addresses(family)), draw.pick(PORTS));
		const protocol = draw.pick(["tcp", "udp"]);
		for (const chain of ["PREROUTING", "OUTPUT"]) {
			rulesOf(stack, family).push(
				`nat -A ${chain} -d ${text}/${family === 4 ? 32 : 128} -p ${protocol} -m ${protocol} --dport ${port} -j DNAT --to-destination ${to}`,
			);
		}
	}
}

function endpoint(family: Family, address: string, port: number): string {
	return family === 4 ? `${address}:${port}` : `[${address}]:${port}`;
}

function sets(world: World, stack: Draft): void {
	const { draw } = world;
	for (const family of FAMILIES) {
		if (!draw.chance(0.3)) continue;
		const options = family === 4 ? "family inet" : "family inet6";
		const near = world.addresses(family);
		const host = `${family}h`;
		stack.ipsets.push(`create ${host} hash:ip ${options} hashsize 1024 maxelem 65536`);
		for (const text of new Set(draw.some(near, 0.3))) stack.ipsets.push(`add ${host} ${text}`);
		const ports = `${family}p`;
		stack.ipsets.push(`create ${ports} hash:ip,port ${options} hashsize 1024 maxelem 65536`);
		for (const text of new Set(draw.some(near, 0.3)))
			stack.ipsets.push(`add ${ports} ${text},${draw.pick(["tcp", "udp"])}:${draw.pick(PORTS)}`);
	}
}

function drawTable(world: World, stack: Draft, family: Family, table: Table): void {
	const { draw } = world;
	const rules = rulesOf(stack, family);
	if (table === "filter" && draw.chance(0.06)) {
		const hook = draw.pick(HOOKS.filter);
		rules.push(`filter -P ${hook} DROP`, ...(family === 6 ? discovery(table, hook) : []));
	}
	for (const hook of HOOKS[table]) {
		if (!draw.chance(0.6)) continue;
		const site: RuleSite = { world, stack, family, table, hook };
		// What networks with rules of IPv6 have: without it nobody finds a neighbour.
		if (family === 6 && table !== "nat") rules.push(...discovery(table, hook));
		// A tunnel's packet at another port is seen as a tunnel's no longer.
		if (family === 4 && table === "nat") rules.push(`nat -A ${hook} -p udp -m udp --dport 4789 -j ACCEPT`);
		const own = draw.chance(0.35) ? [`own-${hook.toLowerCase()}1`, `own-${hook.toLowerCase()}2`] : [];
		for (let i = draw.between(1, 4); i > 0; i--) rules.push(`${table} -A ${hook}${rule(site, own)}`);
		for (const [i, chain] of own.entries()) {
			for (let j = draw.between(1, 3); j > 0; j--)
				rules.push(`${table} -A ${chain}${rule(site, own.slice(i + 1), true)}`);
		}
	}
}

/** Neighbour solicitations and advertisements. */
function discovery(table: Table, hook: Hook): readonly string[] {
	return [135, 136].map((type) => `${table} -A ${hook} -p ipv6-icmp -m icmp6 --icmpv6-type ${type} -j ACCEPT`);
}

/** Chains call only those after them, as the kernel wants. */
function rule(site: RuleSite, chains: readonly string[], inOwn = false): string {
	const { draw } = site.world;
	const called = chains.length > 0 && draw.chance(0.4) ? draw.pick(chains) : null;
	if (called !== null) {
		const matches = draw.chance(0.5) ? "" : drawMatches(site, 1).text;
		return `${matches} ${draw.chance(0.8) ? "-j" : "-g"} ${called}`;
	}
	const target = drawTarget(site, inOwn);
	const { text } = drawMatches(site, target.picky ? draw.between(1, 3) : draw.between(0, 2), target.transport);
	return `${text}${target.text === "" ? "" : ` -j ${target.text}`}`;
}

interface Drawn {
	readonly text: string;
	/** It ends ways: then it is of few packets. */
	readonly picky?: true;
	/** Only for packets of such a protocol. */
	readonly transport?: readonly string[];
}

function drawTarget(site: RuleSite, inOwn: boolean): Drawn {
	const { draw } = site.world;
	const everywhere: (readonly [number, Drawn])[] = [
		[2, { text: "ACCEPT" }],
		[inOwn ? 3 : 1, { text: "RETURN" }],
		[2, { text: `MARK --set-xmark ${draw.pick(["0x1/0xffffffff", "0x2/0x3", "0x0/0x1", "0x1/0x0"])}` }],
		[1, { text: "" }],
	];
	return draw.weighted([...everywhere, ...ofTable(site)]);
}

function ofTable({ world, stack, family, table, hook }: RuleSite): readonly (readonly [number, Drawn])[] {
	const { draw } = world;
	switch (table) {
		case "raw":
			return [
				[1, { text: "CT --notrack", picky: true }],
				[1, { text: "DROP", picky: true }],
			];
		case "mangle":
			return [
				[
					2,
					{
						text: `CONNMARK ${draw.pick(["--set-xmark 0x1/0xffffffff", "--save-mark --nfmask 0x3 --ctmask 0x3", "--restore-mark --nfmask 0x3 --ctmask 0x3"])}`,
					},
				],
				[1, { text: "DROP", picky: true }],
			];
		case "nat":
			return natTargets({ world, stack, family, table, hook });
		case "filter": {
			const any =
				family === 4
					? ["icmp-port-unreachable", "icmp-host-prohibited", "icmp-admin-prohibited"]
					: ["icmp6-port-unreachable", "icmp6-adm-prohibited", "icmp6-no-route"];
			return [
				[2, { text: "DROP", picky: true }],
				// Not of a stack's own resets: what comes of refused refusals is nobody's question.
				[
					2,
					{
						text: `REJECT --reject-with ${draw.pick(any)}`,
						picky: true,
						...(hook === "OUTPUT" && { transport: ["udp"] }),
					},
				],
				[hook === "OUTPUT" ? 0 : 1, { text: "REJECT --reject-with tcp-reset", picky: true, transport: ["tcp"] }],
			];
		}
	}
}

function natTargets({ world, stack, family, hook }: RuleSite): readonly (readonly [number, Drawn])[] {
	const { draw } = world;
	const transport = [draw.pick(["tcp", "udp"])];
	if (hook === "PREROUTING" || hook === "OUTPUT") {
		const to = draw.pick(world.addresses(family));
		return [
			[3, { text: `DNAT --to-destination ${endpoint(family, to, draw.pick(PORTS))}`, picky: true, transport }],
			[2, { text: `DNAT --to-destination ${to}`, picky: true }],
			[1, { text: `DNAT --to-destination ${pairFrom(to)}`, picky: true }],
			[1, { text: `DNAT --to-destination ${endpoint(family, to, 8080)}-8082`, picky: true, transport }],
			[1, { text: `REDIRECT --to-ports ${draw.pick(PORTS)}`, picky: true, transport }],
			[1, { text: "REDIRECT", picky: true }],
		];
	}
	const own = draw.pickAny(world.addressesOf(stack, family));
	const source: readonly (readonly [number, Drawn])[] =
		own === undefined
			? []
			: [
					[2, { text: `SNAT --to-source ${own}` }],
					[1, { text: `SNAT --to-source ${pairFrom(own)}` }],
				];
	// SCTP's own addresses in its INIT do not go with it.
	if (hook === "INPUT") return source.map(([weight, drawn]) => [weight, { ...drawn, transport }]);
	return [
		...source,
		[3, { text: "MASQUERADE" }],
		[1, { text: "MASQUERADE --random-fully" }],
		[
			own === undefined ? 0 : 1,
			{
				text: `SNAT --to-source ${own === undefined ? "" : family === 4 ? `${own}:20000-29999` : `[${own}]:20000-29999`}`,
				transport,
			},
		],
	];
}
