/** Which stacks there are, and by which devices they are joined to subnets. */
import { hardwareAddress } from "@podpath/core";
import type { LinkSketch } from "../sketch.ts";
import { Draft, hostText, type Subnet, type World } from "./world.ts";

/** Draws stacks that are all joined, each by at least one subnet. */
export function drawTopology(world: World): void {
	const { draw } = world;
	const names = ["node/a", "node/b", "node/c", "node/d", "pod/x/a", "pod/x/b"];
	const count = draw.between(2, 6);
	const machines = Math.min(draw.between(1, 4), count);
	for (let i = 0; i < machines; i++) world.stacks.push(new Draft(names[i] as string));
	for (let i = machines; i < count && i - machines < 2; i++)
		world.stacks.push(new Draft(names[4 + i - machines] as string));
	const [first, ...others] = [...world.stacks];
	if (first === undefined) return;
	const joined = [first];
	let left = others;
	while (left.length > 0) {
		const anchor = draw.pick(joined);
		const some = left.slice(
			0,
			draw.weighted([
				[4, 1],
				[2, 2],
				[1, 3],
			]),
		);
		left = left.slice(some.length);
		joinThem(world, anchor, some);
		joined.push(...some);
	}
	extras(world);
}

/** A subnet between a stack that is joined already and others that are not. */
function joinThem(world: World, anchor: Draft, others: readonly Draft[]): void {
	const { draw } = world;
	const shared = world.subnets.filter(
		({ members, overlay }) => !overlay && members.some(({ stack }) => stack === anchor),
	);
	const kind = draw.weighted([
		[others.length === 1 ? 5 : 1, "cables"],
		[4, "bridge"],
		[3, "segment"],
		[2, "switch"],
		[world.has("vlan") ? 3 : 0, "vlan"],
		[world.has("vlan-filtering") ? 2 : 0, "filtering"],
		[shared.length > 0 && world.has("macvlan") ? 2 : 0, "macvlan"],
		[shared.length > 0 && world.has("ipvlan") ? 2 : 0, "ipvlan"],
	] as const);
	const all = [anchor, ...others];
	switch (kind) {
		case "cables":
			for (const other of others) {
				const [one, two] = world.cable(anchor, other);
				world.subnet([
					[anchor, one],
					[other, two],
				]);
			}
			return;
		case "bridge":
			bridged(world, anchor, others);
			return;
		case "segment":
			segment(world, all);
			return;
		case "switch":
			switched(world, all);
			return;
		case "vlan":
			for (const other of others) tagged(world, anchor, other);
			return;
		case "filtering":
			filtering(world, anchor, others);
			return;
		case "macvlan":
		case "ipvlan":
			for (const other of others) stacked(world, draw.pick(shared), anchor, other, kind);
	}
}

function portFlags(world: World): object {
	const { draw } = world;
	return {
		...(draw.chance(0.3) && { hairpin: true }),
		...(draw.chance(0.08) && { isolated: true }),
	};
}

function newBridge(world: World, stack: Draft, vlans: object = {}): string {
	const name = stack.newName("br");
	const bridge: LinkSketch = { kind: "bridge", name, vlanFiltering: false, defaultPvid: 1, ...vlans };
	stack.add(bridge);
	if (world.has("br-netfilter")) {
		const { draw } = world;
		for (const family of ["iptables", "ip6tables"]) {
			stack.sysctls.push(`net.bridge.bridge-nf-call-${family} = ${draw.chance(0.6) ? 1 : 0}`);
		}
	}
	return name;
}

/** A bridge that has an address, as cni0 and docker0. */
function bridged(world: World, anchor: Draft, others: readonly Draft[]): void {
	const name = newBridge(world, anchor);
	const ends = others.map((other) => {
		const [, end] = world.cable(anchor, other, { from: { master: name, port: portFlags(world) } });
		return [other, end] as const;
	});
	world.subnet([[anchor, name], ...ends]);
}

/** A machine that does nothing but switch. */
function switched(world: World, all: readonly Draft[]): void {
	const machine = new Draft(`node/s${world.stacks.length}`, true);
	world.stacks.unshift(machine);
	const name = newBridge(world, machine);
	const ends = all.map((other) => {
		const [, end] = world.cable(machine, other, { from: { master: name, port: portFlags(world) } });
		return [other, end] as const;
	});
	world.subnet(ends);
}

function segment(world: World, all: readonly Draft[]): void {
	const cards = all.map((stack) => [stack, stack.add({ kind: "physical", name: stack.newName("c") })] as const);
	const place = `segment/lan${world.segments.length}`;
	world.segments.push({ place, cards: cards.map(([stack, name]) => `${stack.place} ${name}`) });
	world.subnet(cards);
}

function vlanOn(stack: Draft, lower: string, id: number): string {
	const mac = hardwareAddress(stack.place, lower);
	return stack.add({ kind: "vlan", name: `${lower}.${id}`, lower: { device: lower }, id, mac });
}

function tagged(world: World, anchor: Draft, other: Draft): void {
	const [one, two] = world.cable(anchor, other);
	const ids = world.draw.chance(0.3) ? [7, 9] : [7];
	if (world.draw.chance(0.3))
		world.subnet([
			[anchor, one],
			[other, two],
		]);
	for (const id of ids) {
		world.subnet([
			[anchor, vlanOn(anchor, one, id)],
			[other, vlanOn(other, two, id)],
		]);
	}
}

/** A bridge that filters VLANs: untagged ports of one VLAN, tagged ones with a VLAN device at the far end. */
function filtering(world: World, anchor: Draft, others: readonly Draft[]): void {
	const { draw } = world;
	const own = { id: 7, pvid: true, untagged: true };
	const name = newBridge(world, anchor, { vlanFiltering: true, defaultPvid: 0, vlans: [own] });
	const ends = others.map((other) => {
		const isTagged = draw.chance(0.3);
		const wrong = draw.chance(0.1);
		const vlans = isTagged ? [{ id: 7, pvid: false, untagged: false }] : [{ ...own, id: wrong ? 8 : 7 }];
		const [, end] = world.cable(anchor, other, { from: { master: name, port: { ...portFlags(world), vlans } } });
		return [other, isTagged ? vlanOn(other, end, 7) : end] as const;
	});
	world.subnet([[anchor, name], ...ends]);
}

/** A device of `other` that stands on one of `anchor`'s, and has an address of its subnet. */
function stacked(world: World, on: Subnet, anchor: Draft, other: Draft, kind: "macvlan" | "ipvlan"): void {
	const lower = on.members.find(({ stack }) => stack === anchor)?.device ?? "";
	const link = anchor.links.find(({ name }) => name === lower);
	const fits = link?.kind === "veth" || link?.kind === "physical";
	// A device has macvlans or ipvlans on it, not both (netdev_rx_handler_register), and no ports.
	const taken = world.stacks.flatMap(({ place, links }) =>
		links.filter(
			(each) => "lower" in each && each.lower?.device === lower && (each.lower.place ?? place) === anchor.place,
		),
	);
	if (!fits || taken.some((each) => each.kind !== kind && each.kind !== "vlan") || other.place.startsWith("node/")) {
		const [one, two] = world.cable(anchor, other);
		world.subnet([
			[anchor, one],
			[other, two],
		]);
		return;
	}
	const at = { place: anchor.place, device: lower };
	const name = other.newName("m");
	if (kind === "macvlan")
		other.add({
			kind,
			name,
			lower: at,
			mode: world.draw.weighted([
				[4, "bridge"],
				[1, "private"],
				[1, "vepa"],
			] as const),
		});
	else other.add({ kind, name, lower: at, mode: "l2", flag: "bridge", mac: hardwareAddress(anchor.place, lower) });
	world.join(on, other, name);
}

/** Overlays, second cables and dummies. */
function extras(world: World): void {
	const { draw } = world;
	for (const subnet of [...world.subnets]) {
		const [one, two] = draw.shuffled(subnet.members);
		if (one === undefined || two === undefined) continue;
		if (draw.chance(0.15)) {
			const [first, second] = world.cable(one.stack, two.stack);
			world.subnet([
				[one.stack, first],
				[two.stack, second],
			]);
		}
		if (world.has("vxlan") && draw.chance(0.2)) vxlan(world, subnet);
		else if (world.has("ipip") && draw.chance(0.2)) ipip(world, subnet);
	}
	for (const stack of world.hosts) {
		if (!draw.chance(0.25)) continue;
		const device =
			world.has("dummy") && draw.chance(0.7) ? stack.add({ kind: "dummy", name: stack.newName("d") }) : "lo";
		const number = world.virtual.length + 1;
		for (const [family, text] of [
			[4, `172.16.0.${number}`],
			[6, `fd01::${number}`],
		] as const) {
			stack.addresses.push(`${device} ${text}/${family === 4 ? 32 : 128}`);
			world.virtual.push({ family, text, at: stack });
		}
	}
}

/** A VXLAN between two or more of a subnet; drawTunnelEnds says where its ends are. */
function vxlan(world: World, under: Subnet): void {
	const { draw } = world;
	const vni = 40 + world.subnets.length;
	const all = under.members.filter(({ stack }) => !stack.isSwitch);
	const devices = all.map(({ stack, device, host }) => {
		const name = stack.newName("vx");
		const local = hostText(under, host, 4);
		const lower = draw.chance(0.5) ? { lower: { device } } : {};
		stack.add({
			kind: "vxlan",
			name,
			vni,
			dstport: 4789,
			learning: false,
			external: false,
			mtu: 1400,
			...lower,
			local,
		});
		return [stack, name] as const;
	});
	if (new Set(devices.map(([stack]) => stack)).size < devices.length)
		throw new RangeError("a stack twice in an overlay");
	const over = world.subnet(devices, true);
	world.overlays.push({ under, over, ends: all.map((member, i) => ({ member, device: devices[i]?.[1] ?? "" })) });
}

/** IP in IP between two of a subnet, point to point. */
function ipip(world: World, under: Subnet): void {
	const [one, two] = under.members.filter(({ stack }) => !stack.isSwitch);
	if (one === undefined || two === undefined || one.stack === two.stack) return;
	const ends = [
		[one, two],
		[two, one],
	].map(([from, to]) => {
		const stack = from?.stack as Draft;
		const name = stack.newName("ti");
		const [local, remote] = [hostText(under, from?.host ?? 0, 4), hostText(under, to?.host ?? 0, 4)];
		stack.add({ kind: "ipip", name, mtu: 1480, noArp: true, ttl: 64, local, remote });
		return [stack, name] as const;
	});
	world.subnet(ends, true);
}
