/** DescribeSecurityGroupAttribute, and of DescribeSecurityGroups the type. */

import { hostPrefix } from "../../address/prefix.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import type { Inventory } from "../inventory.ts";
import type { SecurityGroupObject, SecurityGroupRuleObject } from "../settings.ts";
import { listIn, metaOf, positionOf, required } from "./fields.ts";

export function addSecurityGroups(attributes: readonly Field[], groups: readonly Field[], into: Inventory): void {
	const advanced = new Set<string>();
	for (const group of groups.flatMap((answer) => listIn(answer.at("SecurityGroups"), "SecurityGroup"))) {
		if (group.at("SecurityGroupType").text() === "enterprise") advanced.add(required(group.at("SecurityGroupId")));
	}
	// Of one group there may be several pages of rules.
	const pages = new Map<string, Field[]>();
	for (const answer of attributes) {
		const id = required(answer.at("SecurityGroupId"));
		pages.set(id, [...(pages.get(id) ?? []), answer]);
	}
	for (const [id, [first, ...more]] of pages) {
		if (first === undefined || into.securityGroups.has(id)) continue;
		into.securityGroups.set(id, groupOf(id, first, [first, ...more], advanced.has(id)));
	}
}

function groupOf(id: string, first: Field, pages: readonly Field[], isAdvanced: boolean): SecurityGroupObject {
	const policy = word(first.at("InnerAccessPolicy"), ["accept", "drop"], "accept");
	return {
		...metaOf(first, id),
		kind: "SecurityGroup",
		type: isAdvanced ? "advanced" : "basic",
		innerAccess: isAdvanced ? "drop" : policy,
		rules: pages.flatMap((page) => listIn(page.at("Permissions"), "Permission").map(ruleOf)),
	};
}

function ruleOf(field: Field): SecurityGroupRuleObject {
	const direction = word(field.at("Direction"), ["ingress", "egress"], "ingress");
	const protocol = word(field.at("IpProtocol"), ["all", "tcp", "udp", "icmp", "icmpv6", "gre"], "all");
	const own = direction === "ingress" ? "Source" : "Dest";
	refuseRefined(field, direction === "ingress" ? "Dest" : "Source");
	const hasPorts = protocol === "tcp" || protocol === "udp";
	return {
		direction,
		protocol,
		ports: hasPorts ? portsIn(field.at("PortRange")) : null,
		policy: word(field.at("Policy"), ["accept", "drop"], "accept"),
		priority: priorityIn(field.at("Priority")),
		peer: peerIn(field, own),
		line: positionOf(field).line,
	};
}

/** Rules may say the other end too, which podpath does not evaluate: to leave that out would make them too wide. */
function refuseRefined(field: Field, other: "Source" | "Dest"): void {
	const refined = [`${other}CidrIp`, `Ipv6${other}CidrIp`].map((name) => field.at(name));
	const ports = field.at("SourcePortRange");
	const said = refined.find((each) => each.text() !== "");
	const narrow = said ?? (["", "-1/-1"].includes(ports.text()) ? undefined : ports);
	narrow?.fail("bad-value", phrase("narrows-own-end", { field: narrow.label }));
}

function peerIn(field: Field, own: "Source" | "Dest"): SecurityGroupRuleObject["peer"] {
	for (const cidr of [field.at(`${own}CidrIp`), field.at(`Ipv6${own}CidrIp`)]) {
		if (cidr.text() !== "") return { kind: "cidr", cidr: cidr.text().includes("/") ? cidr.prefix() : hostIn(cidr) };
	}
	const group = field.at(`${own}GroupId`).text();
	if (group !== "") return { kind: "security-group", id: group };
	const list = field.at(`${own}PrefixListId`).text();
	if (list !== "") return { kind: "prefix-list", id: list };
	const hint = phrase("one-of", { names: [`${own}CidrIp`, `${own}GroupId`] });
	return field.fail("missing-field", phrase("names-no-peer", { field: field.label }), hint);
}

/** The API prints a single address without its length. */
function hostIn(field: Field): ReturnType<Field["prefix"]> {
	return hostPrefix(field.address());
}

function portsIn(field: Field): SecurityGroupRuleObject["ports"] {
	const text = field.text("-1/-1");
	if (text === "-1/-1") return null;
	const [, from, to] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
	const ports = { from: Number(from), to: Number(to) };
	if (ports.from >= 1 && ports.from <= ports.to && ports.to <= 65535) return ports;
	return field.mustBe(phrase("ports-range"));
}

/** Printed as a text. */
function priorityIn(field: Field): number {
	if (typeof field.value !== "string") return field.integer(1, 1, 100);
	const priority = Number(field.value);
	const isFine = /^\d+$/.test(field.value) && priority >= 1 && priority <= 100;
	return isFine ? priority : field.mustBe(phrase("a-priority"));
}

function word<const T extends string>(field: Field, allowed: readonly T[], fallback: T): T {
	const text = field.text().toLowerCase();
	if (text === "") return fallback;
	return allowed.find((each) => each === text) ?? field.mustBe(phrase("one-of", { names: allowed }));
}
