/** Routes, policy rules, neighbours and sysctls: first such that most of the network is reached, then some that nobody would write. */
import { type Family, hardwareAddress } from "@podpath/core";
import { type Draft, FAMILIES, hostText, type Member, type Subnet, subnetText, type World } from "./world.ts";

/** A next hop on the way to a subnet. */
interface Hop {
	readonly via: Member;
	readonly on: Subnet;
	readonly own: Member;
}

export function drawRouting(world: World): void {
	for (const stack of world.hosts) {
		forwarding(world, stack);
		for (const family of FAMILIES) {
			shortestRoutes(world, stack, family);
			for (const _ of Array.from({
				length: world.draw.weighted([
					[5, 0],
					[3, 1],
					[1, 2],
					[1, 3],
				]),
			}))
				oddRoute(world, stack, family);
			if (world.draw.chance(0.25)) policy(world, stack, family);
		}
		reachable(stack);
		neighbours(world, stack);
		settings(world, stack);
	}
}

function isRouter(world: World, stack: Draft): boolean {
	return world.subnets.filter(({ members }) => members.some((each) => each.stack === stack)).length > 1;
}

function isOn({ members }: Subnet, stack: Draft): boolean {
	return members.some((each) => each.stack === stack);
}

function forwarding(world: World, stack: Draft): void {
	const { draw } = world;
	const devices = [...new Set(stack.addresses.map((text) => text.split(" ")[0] ?? ""))].filter((name) => name !== "lo");
	for (const [all, family] of [
		["net.ipv4.ip_forward", 4],
		["net.ipv6.conf.all.forwarding", 6],
	] as const) {
		const on = draw.chance(isRouter(world, stack) ? 0.94 : 0.3);
		if (on) stack.sysctls.push(`${all} = 1`);
		if (draw.chance(0.07))
			stack.sysctls.push(`net.ipv${family}.conf.${sysctlName(draw.pick(devices))}.forwarding = ${draw.below(2)}`);
	}
}

/** A dot in a device name is a slash (sysctl.d(5)). */
function sysctlName(device: string): string {
	return device.replaceAll(".", "/");
}

/** The next hops of all shortest ways to each subnet that the stack is not on. */
function nextHops(world: World, stack: Draft): ReadonlyMap<Subnet, readonly Hop[]> {
	const found = new Map<Subnet, readonly Hop[]>();
	const own = world.subnets.filter(({ members }) => members.some((each) => each.stack === stack));
	const seen = new Set<Subnet>(own);
	let front = own.flatMap((on) => {
		const from = on.members.find((each) => each.stack === stack) as Member;
		return on.members
			.filter((via) => via.stack !== stack && !via.stack.isSwitch)
			.map((via) => ({ at: via.stack, hop: { via, on, own: from } }));
	});
	while (front.length > 0) {
		const reached = new Map<Subnet, { readonly hop: Hop }[]>();
		for (const { at, hop } of front) {
			for (const subnet of world.subnets) {
				if (!seen.has(subnet) && subnet.members.some((each) => each.stack === at))
					reached.set(subnet, [...(reached.get(subnet) ?? []), { hop }]);
			}
		}
		for (const [subnet, hops] of reached) {
			seen.add(subnet);
			found.set(subnet, [...new Set(hops.map(({ hop }) => hop))]);
		}
		front = [...reached].flatMap(([subnet, hops]) =>
			hops.flatMap(({ hop }) => subnet.members.map((each) => ({ at: each.stack, hop }))),
		);
	}
	return found;
}

function shortestRoutes(world: World, stack: Draft, family: Family): void {
	const { draw } = world;
	const ways = nextHops(world, stack);
	const byDefault = !isRouter(world, stack) && draw.chance(0.7);
	const [anyHops] = ways.values();
	if (byDefault && anyHops !== undefined) {
		const [hop] = anyHops;
		if (hop !== undefined && draw.chance(0.95))
			stack.routes.push(routeText(world, family, family === 4 ? "0.0.0.0/0" : "::/0", [hop]));
		return;
	}
	for (const [subnet, hops] of ways) {
		if (!draw.chance(0.93)) continue;
		const used = hops.length > 1 && draw.chance(0.6) ? hops.slice(0, 3) : [draw.pick(hops)];
		stack.routes.push(routeText(world, family, subnetText(subnet, family), used));
	}
	for (const { family: of, text, at } of world.virtual) {
		if (of !== family || at === null || at === stack || !draw.chance(0.8)) continue;
		const shared = [...ways].find(([subnet]) => subnet.members.some((each) => each.stack === at))?.[1];
		const hops = shared ?? direct(world, stack, at);
		if (hops.length > 0)
			stack.routes.push(routeText(world, family, `${text}/${family === 4 ? 32 : 128}`, [draw.pick(hops)]));
	}
}

/** Next hops that are the stack looked for itself. */
function direct(world: World, stack: Draft, to: Draft): readonly Hop[] {
	return world.subnets.flatMap((on) => {
		const own = on.members.find((each) => each.stack === stack);
		const via = on.members.find((each) => each.stack === to);
		return own === undefined || via === undefined ? [] : [{ via, on, own }];
	});
}

function routeText(world: World, family: Family, destination: string, hops: readonly Hop[]): string {
	const { draw } = world;
	const metric = family === 6 ? " metric 1024" : "";
	const text = ({ via, on, own }: Hop): string => `via ${hostText(on, via.host, family)} dev ${own.device}`;
	const [only] = hops;
	if (hops.length === 1 && only !== undefined) {
		return `${destination} ${text(only)}${source(world, only, family)}${metric}`;
	}
	const weighted = hops.map(
		(hop) =>
			`\tnexthop ${text(hop)} weight ${draw.weighted([
				[4, 1],
				[1, 3],
			])}`,
	);
	return [`${destination}${metric}`, ...weighted].join("\n");
}

/** `src`: one of the stack's own addresses, which need not be the device's. */
function source(world: World, { own }: Hop, family: Family): string {
	if (!world.draw.chance(0.1)) return "";
	const text = world.draw.pickAny(world.addressesOf(own.stack, family));
	return text === undefined ? "" : ` src ${text}`;
}

const SPECIAL = ["blackhole", "unreachable", "prohibit", "throw"] as const;

/** One that is in the way, or leads somewhere else: never the same destination and metric twice in a table. */
function oddRoute(world: World, stack: Draft, family: Family, table = ""): void {
	const { draw } = world;
	const to = draw.pickAny(world.addresses(family)) ?? "";
	const lengths = family === 4 ? [32, 28, 24, 16] : [128, 124, 64, 32];
	const destination = prefixText(to, draw.pick(lengths), family);
	const metric = family === 6 ? draw.pick([1, 512, 1024, 2048]) : draw.pick([0, 5, 100]);
	const tail = `${table}${metric === 0 ? "" : ` metric ${metric}`}`;
	const taken = stack.routes.some((line) => line.includes(` ${destination} `) || line.startsWith(`${destination} `));
	if (taken && table === "") return;
	const kind = draw.weighted([
		[3, "special"],
		[5, "via"],
		[2, "link"],
	] as const);
	if (kind === "special") {
		// The kernel keeps IPv6's on lo.
		const dev = family === 6 ? " dev lo" : "";
		stack.routes.push(`${draw.pick(SPECIAL)} ${destination}${dev}${tail}`);
		return;
	}
	const hop = draw.pickAny(hopsOf(world, stack));
	if (hop === undefined) return;
	const via = kind === "via" ? `via ${hostText(hop.on, hop.via.host, family)} ` : "";
	const scope = kind === "link" && family === 4 ? " scope link" : "";
	stack.routes.push(
		`${destination} ${via}dev ${hop.own.device}${table}${scope}${metric === 0 ? "" : ` metric ${metric}`}`,
	);
}

function hopsOf(world: World, stack: Draft): readonly Hop[] {
	return world.hosts.filter((other) => other !== stack).flatMap((other) => direct(world, stack, other));
}

/** The prefix of that length which has the address. */
export function prefixText(text: string, length: number, family: Family): string {
	if (family === 4) {
		const parts = text.split(".").map(Number);
		const kept = parts.map((part, i) => part & (0xff << Math.max(0, Math.min(8, 8 * (i + 1) - length))) & 0xff);
		return `${kept.join(".")}/${length}`;
	}
	const [net = "", host = "0"] = text.split("::");
	if (length === 128) return `${text}/128`;
	if (length === 124)
		return `${net}::${(Number.parseInt(host, 16) & 0xfff0) === 0 ? "" : (Number.parseInt(host, 16) & 0xfff0).toString(16)}/124`;
	return `${net}::/${length}`;
}

/** Rules to a table of their own. */
function policy(world: World, stack: Draft, family: Family): void {
	const { draw } = world;
	const table = draw.pick([100, 101]);
	const rules = family === 4 ? stack.rules : stack.rules6;
	const count = draw.between(1, 2);
	for (let i = 0; i < count; i++) {
		const priority = 100 + 10 * rules.length + draw.below(5);
		const near = world.addresses(family);
		const prefix = (): string => prefixText(draw.pick(near), draw.pick(family === 4 ? [24, 32] : [64, 128]), family);
		const device = draw.pickAny(
			stack.addresses.map((text) => text.split(" ")[0] ?? "").filter((name) => name !== "lo"),
		);
		const selector = draw.weighted([
			[3, () => `from ${prefix()}`],
			[2, () => `from all to ${prefix()}`],
			[3, () => `from all fwmark ${draw.pick(["0x1", "0x2", "0x1/0x1", "0x2/0x3"])}`],
			[device === undefined ? 0 : 2, () => `from all iif ${device}`],
			[1, () => `from all ipproto ${draw.pick(["tcp", "udp"])} dport ${draw.pick([80, 53])}`],
		])();
		const not = draw.chance(0.08) ? "not " : "";
		const action = draw.weighted([
			[10, `lookup ${table}`],
			[1, "blackhole"],
			[1, "unreachable"],
			[1, "prohibit"],
			[2, "lookup main suppress_prefixlength 0"],
		]);
		rules.push(`${priority}: ${not}${selector} ${action}`);
	}
	const inTable = ` table ${table}`;
	const hop = draw.pickAny(hopsOf(world, stack));
	if (hop !== undefined && draw.chance(0.8)) {
		const destination = family === 4 ? "0.0.0.0/0" : "::/0";
		stack.routes.push(
			`${destination} via ${hostText(hop.on, hop.via.host, family)} dev ${hop.own.device}${inTable}${family === 6 ? " metric 1024" : ""}`,
		);
	}
	if (draw.chance(0.5)) oddRoute(world, stack, family, inTable);
}

/** Whether packets for addresses of a subnet that the stack is on may leave by another device. */
export function hasDetours({ rules, routes }: Draft, { number }: Subnet): boolean {
	const within = new RegExp(`^(?:[a-z]+ )?10\\.0\\.${number}\\.\\d+/(?!24)`);
	return rules.length > 0 || routes.some((line) => within.test(line));
}

/**
 * What `ip route add` would refuse: a second route of one destination, metric and table, and gateways that other routes
 * hide (fib_check_nh_v4_gw, ip6_route_check_nh), which are then said to be on the link.
 */
function reachable(stack: Draft): void {
	const own = stack.addresses.map((text) => text.split(" ")[1] ?? "").filter((text) => !text.includes(":"));
	const taken = new Set(
		own.map((text) => `${prefixText(text.split("/")[0] ?? "", Number(text.split("/")[1]), 4)} 254 0`),
	);
	const kept = stack.routes.filter((route) => {
		const [, destination = ""] = /^(?:[a-z]+ )?(\S+)/.exec(route) ?? [];
		const key = `${destination} ${/ table (\d+)/.exec(route)?.[1] ?? 254} ${/ metric (\d+)/.exec(route)?.[1] ?? 0}`;
		const isNew = !taken.has(key);
		taken.add(key);
		return isNew;
	});
	const visible = kept.filter((route) => !hidesGateway(route, kept));
	const onlink = (line: string): string =>
		line.includes(" via ") && !line.endsWith(" onlink") ? `${line} onlink` : line;
	stack.routes.splice(0, stack.routes.length, ...visible.map((route) => route.split("\n").map(onlink).join("\n")));
}

/** Gateways of IPv6 have to be found on their device in the main table, or by none but the default route. */
function hidesGateway(route: string, all: readonly string[]): boolean {
	const [, destination = "", length = "", device = ""] = /^(\S+:\S*)\/(\d+) .*dev (\S+)/.exec(route) ?? [];
	const metric = Number(/ metric (\d+)/.exec(route)?.[1]);
	const isNearer = Number(length) > 64 || (Number(length) === 64 && metric < CONNECTED_METRIC);
	if (!isNearer || / table /.test(route)) return false;
	return all
		.flatMap((other) => [...other.matchAll(/via (\S+:\S*) dev (\S+)/g)])
		.some(
			([, gateway = "", by]) => by !== device && prefixText(gateway, Number(length), 6) === `${destination}/${length}`,
		);
}

/** IP6_RT_PRIO_ADDRCONF */
const CONNECTED_METRIC = 256;

function neighbours(world: World, stack: Draft): void {
	const { draw } = world;
	for (const { own, via, on } of hopsOf(world, stack)) {
		for (const family of FAMILIES) {
			const address = hostText(on, via.host, family);
			if (stack.neighbours.some((line) => line.startsWith(`${address} `))) continue;
			if (draw.chance(0.08)) {
				const link = via.stack.links.find(({ name }) => name === via.device);
				const mac = link?.mac ?? hardwareAddress(via.stack.place, via.device);
				stack.neighbours.push(`${address} dev ${own.device} lladdr ${mac} PERMANENT`);
			}
		}
	}
	if (!draw.chance(0.15)) return;
	const device = draw.pickAny(
		stack.addresses.map((text) => text.split(" ")[0] ?? "").filter((name) => name !== "lo" && !/^(ti|d)/.test(name)),
	);
	// Not for one who may be there: two answers would be a race.
	const near = world.subnets
		.filter(({ members }) => members.some((each) => each.stack === stack))
		.map((each) => `${subnetText(each, 4).slice(0, -4)}`);
	const text = draw.pickAny(world.addresses(4).filter((each) => !near.includes(each.replace(/\d+$/, ""))));
	if (device !== undefined && text !== undefined) stack.neighbours.push(`${text} dev ${device}  proxy`);
}

const DEVICE_SETTINGS: readonly (readonly [name: string, values: readonly number[], weight: number])[] = [
	["rp_filter", [1, 2], 0.12],
	["proxy_arp", [1], 0.08],
	["arp_ignore", [1, 2], 0.08],
	["route_localnet", [1], 0.08],
	["accept_local", [1], 0.08],
	["src_valid_mark", [1], 0.05],
];

function settings(world: World, stack: Draft): void {
	const { draw } = world;
	const devices = [...new Set(stack.addresses.map((text) => text.split(" ")[0] ?? ""))].filter((name) => name !== "lo");
	for (const [name, values, probability] of DEVICE_SETTINGS) {
		if (!draw.chance(probability)) continue;
		// Answering for somebody who is on the same link would be a race between two answers.
		if (name === "proxy_arp" && world.subnets.some((each) => isOn(each, stack) && hasDetours(stack, each))) continue;
		const device = draw.chance(0.5) ? "all" : sysctlName(draw.pick(devices));
		stack.sysctls.push(`net.ipv4.conf.${device}.${name} = ${draw.pick(values)}`);
	}
}

/** What a stack answers by itself has the mark of what it answers. */
export function drawReflection({ draw, stacks }: World): void {
	for (const stack of stacks) {
		const marks = ([4, 6] as const).filter((family) =>
			(family === 4 ? stack.rules : stack.rules6).some((rule) => rule.includes("fwmark")),
		);
		for (const family of marks) if (draw.chance(0.5)) stack.sysctls.push(`net.ipv${family}.fwmark_reflect = 1`);
	}
}
