/** The cards that a snapshot's stacks show on the fabric, with what the input says of their ENIs. */
import { type Address, addressBits } from "../address/address.ts";
import type { EniObject } from "../cluster/settings.ts";
import { CARD } from "../modes/underlay/card.ts";
import type { eniFactory } from "../modes/underlay/enis.ts";
import type { Attachment } from "../state/fabric.ts";
import { TABLE_MAIN } from "../state/ip.ts";
import type { Link } from "../state/link.ts";
import type { Namespace } from "../state/namespace.ts";

/**
 * Cards are known by their MAC, else by machine and device. What an ENI's object says of its addresses counts; without one a
 * card has those that are configured on it and those that policy routing sends out by it, as pods' addresses of a shared ENI
 * are (terway: `2048: from P lookup 1000+ifindex`). Members are behind their trunk's card: where no object tells which that
 * is, the one on which tc gives frames their VLAN.
 */
export function snapshotCards(
	stacks: readonly Namespace[],
	enis: readonly EniObject[],
	eniOf: ReturnType<typeof eniFactory>,
	isCard: (stack: Namespace, link: Link) => boolean = (_, { kind }) => kind === "physical",
): readonly Attachment[] {
	const byId = new Map<string, Attachment>();
	const elsewhere = new Set(enis.flatMap(({ addresses }) => addresses.map(({ text }) => text)));
	const taggers = new Map<string, Attachment>();
	const cards = stacks.flatMap((stack) =>
		stack.links.flatMap((link): readonly Attachment[] => {
			if (link.mac === null || !isCard(stack, link)) return [];
			const object = enis.find((each) => isEni(each, stack, link));
			const own = new Set(object?.addresses.map(({ text }) => text));
			const shown = addressesOn(stack, link).filter(({ text }) => own.has(text) || !elsewhere.has(text));
			const addresses = object === undefined ? shown : knownAddresses(object, shown);
			const { place } = stack;
			const card: Attachment = {
				place,
				device: link.name,
				mac: link.mac,
				addresses,
				...(object !== undefined && { eni: eniOf(object) }),
			};
			if (object !== undefined) byId.set(object.name, card);
			for (const vlan of vlansPushed(stack, link)) taggers.set(`${place} ${vlan}`, card);
			return addresses.length === 0 ? [] : [card];
		}),
	);
	const behind = enis.flatMap((object): readonly Attachment[] => {
		if (object.type !== "member") return [];
		const trunk = byId.get(object.trunk) ?? taggers.get(`${object.instance} ${object.vlan}`);
		if (trunk === undefined) return [];
		const { place, device, mac } = trunk;
		return [{ place, device, mac, addresses: object.addresses, eni: eniOf(object) }];
	});
	return [...cards, ...behind];
}

function vlansPushed({ tcFilters }: Namespace, { name }: Link): readonly number[] {
	return tcFilters
		.filter(({ device, direction }) => device === name && direction === "egress")
		.flatMap(({ actions }) => actions.flatMap((action) => (action.kind === "vlan-push" ? [action.id] : [])));
}

/** Whether the device is the ENI. */
export function isEni({ type, mac, instance, device }: EniObject, { place }: Namespace, link: Link): boolean {
	if (type === "member") return false;
	if (mac !== "") return mac === link.mac;
	return instance === place && (type === "primary" ? CARD : device) === link.name;
}

/** The primary card has its machine's addresses too, whether its object names them or not. */
function knownAddresses({ type, addresses }: EniObject, shown: readonly Address[]): readonly Address[] {
	if (addresses.length === 0) return shown;
	if (type !== "primary") return addresses;
	const known = new Set(addresses.map(({ text }) => text));
	return [...shown.filter(({ text }) => !known.has(text)), ...addresses];
}

function addressesOn(stack: Namespace, link: Link): readonly Address[] {
	const own = stack.addresses.filter(({ device, scope }) => device === link.name && scope === "global");
	return [...own.map(({ address }) => address), ...sentBy(stack, link.name)];
}

/** Addresses whose packets a rule of their own sends out by this device's default route. */
function sentBy({ rules, routes }: Namespace, device: string): readonly Address[] {
	const tables = new Set(
		routes
			.filter(({ type, destination, nextHops }) => {
				return type === "unicast" && destination.length === 0 && nextHops.some((hop) => hop.device === device);
			})
			.map(({ table }) => table),
	);
	return rules.flatMap(({ from, action }) => {
		if (from === undefined || from.length !== addressBits(from.family)) return [];
		return action.kind === "lookup" && action.table !== TABLE_MAIN && tables.has(action.table) ? [from.address] : [];
	});
}
