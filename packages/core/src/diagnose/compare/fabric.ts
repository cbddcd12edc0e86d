/** What lies between the machines: cards, route entries, security groups, ports of switches, members of load balancers. */
import { formatEndpoint } from "../../address/address.ts";
import { KERNEL, type Origin } from "../../origin/origin.ts";
import type {
	Attachment,
	Backend,
	FabricDevice,
	Listener,
	LoadBalancer,
	SecurityGroupRule,
	SegmentRoute,
	SwitchPort,
	VpcRoute,
} from "../../state/fabric.ts";
import { phrase, type Said } from "../../wording/phrase.ts";
import type { FindingCode } from "../codes.ts";
import { type Difference, described, type EntryText } from "../difference.ts";

/** One sort of thing that a fabric device holds. */
interface Aspect<Item> {
	readonly codes: { readonly missing: FindingCode; readonly wrong: FindingCode; readonly extra: FindingCode };
	readonly items: (device: FabricDevice) => readonly Item[];
	readonly key: (item: Item) => string;
	readonly body: (item: Item) => string;
	readonly text: (item: Item) => Said;
	readonly origin: (item: Item) => Origin;
	readonly deviceOf: (item: Item) => string | null;
	readonly with: (device: FabricDevice, items: readonly Item[]) => FabricDevice;
}

export function compareFabric(expected: FabricDevice, actual: FabricDevice): readonly Difference[] {
	return [
		...compareAspect(CARDS, expected, actual),
		...compareAspect(ROUTES, expected, actual),
		...compareAspect(PORTS, expected, actual),
		...compareAspect(GROUP_RULES, expected, actual),
		...compareAspect(MEMBERS, expected, actual),
	];
}

function compareAspect<Item>(
	aspect: Aspect<Item>,
	expected: FabricDevice,
	actual: FabricDevice,
): readonly Difference[] {
	const wanted = new Map(aspect.items(expected).map((item) => [aspect.key(item), item]));
	const there = new Map(aspect.items(actual).map((item) => [aspect.key(item), item]));
	return [...new Set([...wanted.keys(), ...there.keys()])].flatMap((key): readonly Difference[] => {
		const [ours, theirs] = [wanted.get(key), there.get(key)];
		if (ours !== undefined && theirs !== undefined && aspect.body(ours) === aspect.body(theirs)) return [];
		const change = ours === undefined ? "extra" : theirs === undefined ? "missing" : "wrong";
		const item = (ours ?? theirs) as Item;
		return [
			{
				code: aspect.codes[change],
				place: actual.place,
				part: "fabric",
				change,
				device: aspect.deviceOf(item),
				subject: key,
				expected: shown(aspect, ours),
				actual: shown(aspect, theirs),
				repairs: [{ kind: "fabric", place: actual.place, apply: (device) => exchanged(aspect, device, key, ours) }],
				fix: null,
				consequences: [],
			},
		];
	});
}

function shown<Item>(aspect: Aspect<Item>, item: Item | undefined): EntryText | null {
	if (item === undefined) return null;
	const said = aspect.text(item);
	return typeof said === "string" ? { text: said, origin: aspect.origin(item) } : described(said, aspect.origin(item));
}

function exchanged<Item>(
	aspect: Aspect<Item>,
	device: FabricDevice,
	key: string,
	item: Item | undefined,
): FabricDevice {
	const rest = aspect.items(device).filter((each) => aspect.key(each) !== key);
	return aspect.with(device, item === undefined ? rest : [...rest, item]);
}

const CARDS: Aspect<Attachment> = {
	codes: { missing: "card-missing", wrong: "card-address-wrong", extra: "card-unexpected" },
	items: (device) => (device.kind === "segment" || device.kind === "vpc" ? device.attachments : []),
	key: ({ place, device, eni }) => `${place} ${device}${eni?.vlan == null ? "" : ` vlan ${eni.vlan}`}`,
	body: ({ addresses, eni }) =>
		`${addresses
			.map(({ text }) => text)
			.sort()
			.join(" ")} ${eni?.id ?? ""}`,
	text: ({ place, device, addresses }) =>
		phrase("card-with", { card: `${place} ${device}`, addresses: addresses.map(({ text }) => text) }),
	origin: ({ eni }) => eni?.origin ?? KERNEL,
	deviceOf: ({ place, device }) => `${place} ${device}`,
	with: (device, attachments) =>
		device.kind === "segment" || device.kind === "vpc" ? { ...device, attachments } : device,
};

const ROUTES: Aspect<VpcRoute | SegmentRoute> = {
	codes: { missing: "vpc-route-missing", wrong: "vpc-route-wrong", extra: "vpc-route-unexpected" },
	items: (device) => (device.kind === "vpc" ? device.routes : device.kind === "segment" ? (device.routes ?? []) : []),
	key: ({ destination }) => destination.text,
	body: (route) => ("nextHop" in route ? route.nextHop : route.via.text),
	text: (route) =>
		phrase("entry-to", {
			destination: route.destination.text,
			nextHop: "nextHop" in route ? route.nextHop : route.via.text,
		}),
	origin: ({ origin }) => origin,
	deviceOf: () => null,
	with: (device, routes) => {
		if (device.kind === "vpc") return { ...device, routes: routes.filter((route) => "nextHop" in route) };
		return device.kind === "segment" ? { ...device, routes: routes.filter((route) => "via" in route) } : device;
	},
};

const PORTS: Aspect<SwitchPort> = {
	codes: { missing: "switch-port-wrong", wrong: "switch-port-wrong", extra: "switch-port-wrong" },
	items: (device) => (device.kind === "segment" ? (device.ports ?? []) : []),
	key: ({ place, device }) => `${place} ${device}`,
	body: ({ untagged, tagged }) => JSON.stringify([untagged, tagged]),
	text: ({ place, device, untagged, tagged }) =>
		phrase("port-vlans", {
			port: `${place} ${device}`,
			untagged: untagged ?? phrase("no-vlan"),
			tagged: tagged === "all" ? phrase("all-vlans") : tagged,
		}),
	origin: () => KERNEL,
	deviceOf: () => null,
	with: (device, ports) => (device.kind === "segment" ? { ...device, ports } : device),
};

interface RuleOf {
	readonly group: string;
	readonly rule: SecurityGroupRule;
}

const GROUP_RULES: Aspect<RuleOf> = {
	codes: {
		missing: "security-group-rule-missing",
		wrong: "security-group-rule-missing",
		extra: "security-group-rule-unexpected",
	},
	items: (device) => {
		if (device.kind !== "vpc") return [];
		const groups = device.attachments.flatMap(({ eni }) => eni?.securityGroups ?? []);
		return groups.flatMap(({ id, rules }) => rules.map((rule) => ({ group: id, rule })));
	},
	key: ({ group, rule }) => `${group}: ${rule.text}`,
	body: () => "",
	text: ({ group, rule }) => `${group}: ${rule.text}`,
	origin: ({ rule }) => rule.origin,
	deviceOf: () => null,
	with: (device, items) => {
		if (device.kind !== "vpc") return device;
		const rulesOf = (id: string): readonly SecurityGroupRule[] =>
			items.filter(({ group }) => group === id).map(({ rule }) => rule);
		const attachments = device.attachments.map((card) => {
			const groups = card.eni?.securityGroups;
			if (card.eni === undefined || groups == null) return card;
			return {
				...card,
				eni: { ...card.eni, securityGroups: groups.map((each) => ({ ...each, rules: rulesOf(each.id) })) },
			};
		});
		return { ...device, attachments };
	},
};

interface MemberOf {
	readonly listener: string;
	readonly member: Backend;
}

const MEMBERS: Aspect<MemberOf> = {
	codes: { missing: "lb-member-missing", wrong: "lb-member-wrong", extra: "lb-member-unexpected" },
	items: (device) =>
		device.kind === "load-balancer"
			? device.listeners.flatMap((listener) =>
					listener.backends.map((member) => ({ listener: nameOf(listener), member })),
				)
			: [],
	key: ({ listener, member }) => `${listener} ${formatEndpoint(member.address, member.port)}`,
	body: ({ member: { weight, healthy } }) => `${weight} ${healthy !== false}`,
	text: ({ listener, member }) =>
		phrase("listener-member", {
			listener,
			member: formatEndpoint(member.address, member.port),
			weight: member.weight,
		}),
	origin: ({ member }) => member.origin,
	deviceOf: () => null,
	with: (device, items): FabricDevice => {
		if (device.kind !== "load-balancer") return device;
		const listeners = device.listeners.map((listener) => ({
			...listener,
			backends: items.filter((item) => item.listener === nameOf(listener)).map(({ member }) => member),
		}));
		return { ...device, listeners } satisfies LoadBalancer;
	},
};

function nameOf({ protocol, port }: Listener): string {
	return `${protocol}/${port}`;
}
