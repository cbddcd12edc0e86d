/** ENIs and their security groups, from the kinds that describe them to what the fabric knows of a card. */
import type { Address } from "../../address/address.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { EniObject, SecurityGroupObject, SecurityGroupRuleObject } from "../../cluster/settings.ts";
import type { Attachment, Eni, FabricDevice, SecurityGroup, SecurityGroupRule } from "../../state/fabric.ts";
import type { NetworkMode } from "../mode.ts";

/** The ENIs of the input and those that the mode knows of: of two with one name the mode's. */
export function enisOf(cluster: Cluster, mode: NetworkMode | undefined): readonly EniObject[] {
	const own = mode?.enis?.(cluster) ?? [];
	if (own.length === 0) return cluster.enis;
	const names = new Set(own.map(({ name }) => name));
	return [...cluster.enis.filter(({ name }) => !names.has(name)), ...own];
}

/** What the fabric knows of an ENI. Groups that several ENIs are in are one object. */
export function eniFactory(cluster: Cluster): (object: EniObject) => Eni {
	const groups = new Map<string, SecurityGroup>();
	const group = (id: string): readonly SecurityGroup[] => {
		const object = cluster.securityGroup(id);
		if (object === undefined) return [];
		const made = groups.get(id) ?? securityGroup(object, cluster);
		groups.set(id, made);
		return [made];
	};
	return ({ name, type, vlan, securityGroups, sourceDestCheck, source }) => ({
		place: `eni/${name}`,
		id: name,
		type,
		vlan,
		securityGroups: securityGroups?.flatMap(group) ?? null,
		...(sourceDestCheck && { sourceDestCheck }),
		origin: { component: "ecs", object: `eni/${name}`, source },
	});
}

export type EniCard = Attachment & { readonly eni: Eni };

/** The cards of a fabric that are ENIs. */
export interface EniCards {
	withAddress(address: Address): EniCard | undefined;
	withId(id: string): EniCard | undefined;
}

/** Those of these fabric devices; they are looked at when something is asked. */
export function eniCards(devices: Iterable<FabricDevice>): EniCards {
	let index: { readonly byAddress: Map<string, EniCard>; readonly byId: Map<string, EniCard> } | undefined;
	const all = (): NonNullable<typeof index> => {
		if (index !== undefined) return index;
		index = { byAddress: new Map(), byId: new Map() };
		for (const card of [...devices].flatMap((device) => (device.kind === "vpc" ? device.attachments : []))) {
			const { eni } = card;
			if (eni === undefined) continue;
			index.byId.set(eni.id, { ...card, eni });
			for (const { text } of card.addresses) index.byAddress.set(text, { ...card, eni });
		}
		return index;
	};
	return { withAddress: ({ text }) => all().byAddress.get(text), withId: (id) => all().byId.get(id) };
}

function securityGroup(object: SecurityGroupObject, cluster: Cluster): SecurityGroup {
	const { name, type, innerAccess, rules, source } = object;
	const origin = { component: "ecs", object: `security-group/${name}`, source };
	return {
		id: name,
		type,
		innerAccess,
		rules: rules.map((rule) => ({
			direction: rule.direction,
			protocol: rule.protocol,
			ports: rule.ports,
			policy: rule.policy,
			priority: rule.priority,
			peer: peerOf(rule.peer, cluster),
			text: ruleText(rule),
			origin: { ...origin, source: { file: source.file, line: rule.line } },
		})),
		origin,
	};
}

function peerOf(peer: SecurityGroupRuleObject["peer"], cluster: Cluster): SecurityGroupRule["peer"] {
	switch (peer.kind) {
		case "cidr":
			return { kind: "prefixes", prefixes: [peer.cidr] };
		case "prefix-list":
			return { kind: "prefixes", prefixes: cluster.prefixList(peer.id)?.cidrs ?? [] };
		case "security-group":
			return { kind: "group", id: peer.id };
	}
}

/** `ingress accept tcp 80/80 from 192.168.0.0/16, priority 1` */
function ruleText({ direction, policy, protocol, ports, peer, priority }: SecurityGroupRuleObject): string {
	const range = ports === null ? "" : ` ${ports.from}/${ports.to}`;
	const who = peer.kind === "cidr" ? peer.cidr.text : peer.id;
	return `${direction} ${policy} ${protocol}${range} ${direction === "ingress" ? "from" : "to"} ${who}, priority ${priority}`;
}
