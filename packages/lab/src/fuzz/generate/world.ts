/** A network while it is being drawn: stacks with what they have so far, and who is on which subnet. */
import type { Family, Place } from "@podpath/core";
import type { Feature } from "../../lab-plan.ts";
import type { Draw } from "../draw.ts";
import type { LinkSketch, Sketch, StackSketch } from "../sketch.ts";

export const FAMILIES: readonly Family[] = [4, 6];
/** Ports that questions ask for and rules speak of, so that they often meet. */
export const PORTS = [53, 80, 443, 8080] as const;

/** A range of two addresses: `10.0.1.2-10.0.1.3`. */
export function pairFrom(text: string): string {
	const [, before = "", last = ""] = /^(.*[.:])([^.:]+)$/.exec(text) ?? [];
	const base = text.includes(":") ? 16 : 10;
	return `${text}-${before}${(Number.parseInt(last, base) + 1).toString(base)}`;
}

/** A stack while it is being drawn. */
export class Draft {
	readonly place: Place;
	readonly links: LinkSketch[] = [];
	readonly addresses: string[] = [];
	readonly routes: string[] = [];
	readonly rules: string[] = [];
	readonly rules6: string[] = [];
	readonly neighbours: string[] = [];
	readonly fdb: string[] = [];
	readonly iptables: string[] = [];
	readonly ip6tables: string[] = [];
	readonly nft: string[] = [];
	readonly ipsets: string[] = [];
	readonly ipvs: string[] = [];
	readonly sysctls: string[] = [];
	/** Only switches frames: it has no addresses, and no questions go from it. */
	readonly isSwitch: boolean;
	readonly #counts = new Map<string, number>();

	constructor(place: Place, isSwitch = false) {
		this.place = place;
		this.isSwitch = isSwitch;
	}

	/** A device name that is not taken: `e0`, `e1` … */
	newName(stem: string): string {
		const count = this.#counts.get(stem) ?? 0;
		this.#counts.set(stem, count + 1);
		return `${stem}${count}`;
	}

	/** Adds a device and gives its name. */
	add(link: LinkSketch): string {
		this.links.push(link);
		return link.name;
	}

	sketch(): StackSketch {
		const { place, links, addresses } = this;
		const { routes, rules, rules6, neighbours, fdb, iptables, ip6tables, nft, ipsets, ipvs, sysctls } = this;
		const optional = { routes, rules, rules6, neighbours, fdb, iptables, ip6tables, nft, ipsets, ipvs, sysctls };
		const used = Object.fromEntries(Object.entries(optional).filter(([, lines]) => lines.length > 0));
		return { place, links, addresses, ...used };
	}
}

/** A stack's device on a subnet. */
export interface Member {
	readonly stack: Draft;
	readonly device: string;
	/** Which of the subnet's hosts it is. */
	readonly host: number;
}

/** The devices of one subnet of both families. */
export interface Subnet {
	readonly number: number;
	readonly members: readonly Member[];
	/** What joins them: overlays need one that is not. */
	readonly overlay: boolean;
}

/** A VXLAN: a subnet over another. */
export interface Overlay {
	readonly under: Subnet;
	readonly over: Subnet;
	readonly ends: readonly { readonly member: Member; readonly device: string }[];
}

export function subnetText({ number }: Pick<Subnet, "number">, family: Family): string {
	return family === 4 ? `10.0.${number}.0/24` : `fd00:${number}::/64`;
}

export function hostText({ number }: Pick<Subnet, "number">, host: number, family: Family): string {
	return family === 4 ? `10.0.${number}.${host}` : `fd00:${number}::${host.toString(16)}`;
}

export class World {
	readonly draw: Draw;
	readonly features: ReadonlySet<Feature>;
	/** Whether there are any rules of netfilter. */
	readonly filters: boolean;
	readonly stacks: Draft[] = [];
	readonly cables: (readonly [string, string])[] = [];
	readonly segments: { readonly place: Place; readonly cards: string[] }[] = [];
	readonly subnets: Subnet[] = [];
	readonly overlays: Overlay[] = [];
	/** Addresses of nobody's subnet that somebody has or stands for: on dummies, of services. */
	readonly virtual: { readonly family: Family; readonly text: string; readonly at: Draft | null }[] = [];

	constructor(draw: Draw, features: ReadonlySet<Feature>) {
		this.draw = draw;
		this.features = features;
		this.filters = draw.chance(0.85);
	}

	has(...features: readonly Feature[]): boolean {
		return features.every((feature) => this.features.has(feature));
	}

	/** Stacks that have addresses. */
	get hosts(): readonly Draft[] {
		return this.stacks.filter(({ isSwitch }) => !isSwitch);
	}

	/** A new veth pair; gives its devices' names. */
	cable(
		from: Draft,
		to: Draft,
		more: { readonly from?: object; readonly to?: object } = {},
	): readonly [string, string] {
		const ends = [
			[from, more.from],
			[to, more.to],
		] as const;
		const [one = "", other = ""] = ends.map(([stack, settings]) =>
			stack.add({ kind: "veth", name: stack.newName("e"), ...settings } as LinkSketch),
		);
		this.cables.push([`${from.place} ${one}`, `${to.place} ${other}`]);
		return [one, other];
	}

	/** Puts devices on a new subnet, each with an address of both families. */
	subnet(devices: readonly (readonly [stack: Draft, device: string])[], overlay = false): Subnet {
		const number = this.subnets.length + 1;
		const members = devices.map(([stack, device], i): Member => ({ stack, device, host: i + 1 }));
		const made: Subnet = { number, members: [...members], overlay };
		this.subnets.push(made);
		for (const member of members) this.#address(made, member);
		return made;
	}

	/** Another device on a subnet that is there. */
	join(subnet: Subnet, stack: Draft, device: string): void {
		const member: Member = { stack, device, host: subnet.members.length + 1 };
		(subnet.members as Member[]).push(member);
		this.#address(subnet, member);
	}

	#address(subnet: Subnet, { stack, device, host }: Member): void {
		stack.addresses.push(`${device} ${hostText(subnet, host, 4)}/24`, `${device} ${hostText(subnet, host, 6)}/64`);
	}

	/** Every address that somebody has or that stands for something. */
	addresses(family: Family): readonly string[] {
		return [
			...this.subnets.flatMap((subnet) => subnet.members.map(({ host }) => hostText(subnet, host, family))),
			...this.virtual.filter((each) => each.family === family).map(({ text }) => text),
		];
	}

	/** Addresses of one stack. */
	addressesOf(stack: Draft, family: Family): readonly string[] {
		return [
			...this.subnets.flatMap((subnet) =>
				subnet.members.filter((each) => each.stack === stack).map(({ host }) => hostText(subnet, host, family)),
			),
			...this.virtual.filter((each) => each.family === family && each.at === stack).map(({ text }) => text),
		];
	}

	sketch(): Sketch {
		const { cables, segments } = this;
		return { stacks: this.stacks.map((stack) => stack.sketch()), cables, ...(segments.length > 0 && { segments }) };
	}
}
