/** DescribeNetworkInterfaces: cards that are attached. Members of trunks are those of PodENIs, which say their VLANs. */

import type { Address } from "../../address/address.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import type { Inventory } from "../inventory.ts";
import type { EniObject } from "../settings.ts";
import { listIn, metaOf, positionOf, required, textsIn } from "./fields.ts";

/** By instance id: `node/NAME`, or `host/NAME` where it is no node. */
export type Instances = ReadonlyMap<string, string>;

const TYPES: Readonly<Record<string, EniObject["type"]>> = {
	Primary: "primary",
	Secondary: "secondary",
	Trunk: "trunk",
};

export function addEnis(answers: readonly Field[], into: Inventory): Instances {
	const all = answers.flatMap((answer) => listIn(answer.at("NetworkInterfaceSets"), "NetworkInterfaceSet"));
	const attached = all.filter(
		(card) => instanceOf(card) !== "" && TYPES[card.at("Type").text("Secondary")] !== undefined,
	);
	const instances = instancesIn(attached, into);
	for (const card of attached) {
		const id = required(card.at("NetworkInterfaceId"));
		if (!into.enis.has(id)) into.enis.set(id, eniOf(card, id, instances.get(instanceOf(card)) ?? "", into));
	}
	return instances;
}

/** Of one that is attached to nothing the answer leaves it out, or empty. */
function instanceOf(card: Field): string {
	return card.at("InstanceId").text() || card.at("Attachment").at("InstanceId").text();
}

/** Instances that are neither nodes nor hosts of the input become hosts, by their ids. */
function instancesIn(cards: readonly Field[], into: Inventory): Instances {
	const instances = new Map<string, string>();
	for (const node of into.nodes.values()) {
		const id = node.providerID.split(/[./]/).at(-1) ?? "";
		if (id !== "") instances.set(id, `node/${node.name}`);
	}
	const primaryFirst = [...cards].sort((a, b) => Number(isPrimary(b)) - Number(isPrimary(a)));
	for (const card of primaryFirst) {
		const id = instanceOf(card);
		if (instances.has(id)) continue;
		const addresses = addressesOf(card);
		const known = [...into.hosts.values()].find((host) =>
			host.addresses.some((own) => addresses.some(({ text }) => text === own.text)),
		);
		instances.set(id, `host/${known?.name ?? id}`);
		if (known === undefined) into.hosts.set(id, { ...metaOf(card, id), kind: "Host", addresses, routes: [] });
	}
	return instances;
}

function isPrimary(card: Field): boolean {
	return card.at("Type").text() === "Primary";
}

function eniOf(card: Field, id: string, instance: string, into: Inventory): EniObject {
	return {
		...metaOf(card, id),
		kind: "ENI",
		type: TYPES[card.at("Type").text("Secondary")] ?? "secondary",
		instance,
		device: "",
		trunk: "",
		vlan: null,
		vSwitch: "",
		mac: card.at("MacAddress").text().toLowerCase(),
		addresses: addressesOf(card),
		securityGroups: groupsOf(card, id, into),
		sourceDestCheck: card.at("SourceDestCheck").boolean(false),
	};
}

/** The primary one first. */
function addressesOf(card: Field): readonly Address[] {
	const sets = listIn(card.at("PrivateIpSets"), "PrivateIpSet");
	const ordered = [...sets].sort(
		(a, b) => Number(b.at("Primary").boolean(false)) - Number(a.at("Primary").boolean(false)),
	);
	const own = ordered.map((each) => each.at("PrivateIpAddress").address());
	const primary = card.at("PrivateIpAddress");
	const v4 = own.length > 0 || !primary.present ? own : [primary.address()];
	return [...v4, ...listIn(card.at("Ipv6Sets"), "Ipv6Set").map((each) => each.at("Ipv6Address").address())];
}

/** Groups whose rules the input does not hold are as good as not said. */
function groupsOf(card: Field, id: string, into: Inventory): readonly string[] | null {
	const groups = textsIn(card.at("SecurityGroupIds"), "SecurityGroupId");
	const unknown = groups.filter((group) => !into.securityGroups.has(group));
	if (unknown.length > 0) {
		const message = phrase("group-not-described", { eni: id, groups: unknown });
		into.warn({ code: "security-group-missing", message, where: positionOf(card) });
	}
	return groups.length === 0 || unknown.length > 0 ? null : groups;
}
