/** Kind `SecurityGroup`: an ECS security group with its rules. */

import * as z from "zod";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import { clusterMeta } from "../metadata.ts";
import type { SecurityGroupObject, SecurityGroupRuleObject } from "../settings.ts";
import { cidr } from "./field-schemas.ts";
import { type OwnKind, ownKind } from "./own-kind.ts";
import { mustBe, mustBeOneOf, refuseValue, wanted } from "./wanted.ts";

/** A word that may be written in any case, as the API's answers write theirs: `Accept`, `TCP`. */
function word<const T extends string>(words: readonly T[]): z.ZodType<T, string> {
	return z
		.string()
		.transform((text, context): T => {
			const found = words.find((each) => each === text.toLowerCase());
			if (found !== undefined) return found;
			return refuseValue(context, wanted(mustBeOneOf(words)));
		})
		.meta({ enum: words });
}

type Ports = SecurityGroupRuleObject["ports"];

/** `80/80`, `1/65535`, and `-1/-1` for all. */
const portRange = z
	.string()
	.transform((text, context): Ports => {
		if (text === "-1/-1") return null;
		const [, from, to] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
		const ports = { from: Number(from), to: Number(to) };
		if (ports.from >= 1 && ports.from <= ports.to && ports.to <= 65535) return ports;
		return refuseValue(context, mustBe(phrase("ports-range")));
	})
	.meta({ examples: ["80/80", "1/65535", "-1/-1"] });

const rule = z.strictObject({
	direction: word(["ingress", "egress"]),
	protocol: word(["all", "tcp", "udp", "icmp", "icmpv6", "gre"]),
	portRange: portRange.default(null).meta({ description: "Destination ports. All unless said otherwise." }),
	policy: word(["accept", "drop"]).default("accept"),
	priority: z.int().min(1).max(100).default(1).meta({ description: "1 is asked first." }),
	cidr: cidr.optional().meta({ description: "Whom the rule is about: sources of what comes in, destinations else." }),
	securityGroup: z.string().min(1).optional().meta({ description: "The same by group: the addresses of its cards." }),
	prefixList: z.string().min(1).optional().meta({ description: "The same by a PrefixList." }),
});

type Rule = z.output<typeof rule>;

const spec = z.strictObject({
	type: word(["basic", "normal", "advanced", "enterprise"])
		.default("basic")
		.meta({ description: "The API calls a basic group normal and an advanced one enterprise." }),
	innerAccess: word(["accept", "drop"]).optional().meta({
		description: "Basic groups only: whether members reach each other without a rule. accept unless said otherwise.",
	}),
	rules: z
		.array(rule)
		.default([])
		.meta({
			examples: [
				[
					{ direction: "ingress", protocol: "tcp", portRange: "80/80", priority: 1, cidr: "192.168.0.0/16" },
					{ direction: "egress", protocol: "all", policy: "drop", priority: 100, cidr: "0.0.0.0/0" },
				],
			],
		}),
});

export const SECURITY_GROUP_KIND: OwnKind<SecurityGroupObject> = ownKind(
	"SecurityGroup",
	"An ECS security group, as DescribeSecurityGroupAttribute says it. Its name is its id (sg-…).",
	spec.optional(),
	(given, object): SecurityGroupObject => {
		const { type, innerAccess, rules } = given ?? { type: "basic", innerAccess: undefined, rules: [] };
		const basic = type === "basic" || type === "normal";
		if (!basic && innerAccess === "accept") {
			const at = object.follow(["spec", "innerAccess"]);
			at.fail("bad-value", phrase("advanced-inner-access", { field: at.label }));
		}
		return {
			...clusterMeta(object),
			kind: "SecurityGroup",
			type: basic ? "basic" : "advanced",
			innerAccess: basic ? (innerAccess ?? "accept") : "drop",
			rules: rules.map((each, index) => ruleObject(each, basic, object.follow(["spec", "rules", index]))),
		};
	},
);

function ruleObject(given: Rule, basic: boolean, field: Field): SecurityGroupRuleObject {
	const { direction, protocol, portRange: ports, policy, priority } = given;
	if (ports !== null && protocol !== "tcp" && protocol !== "udp") {
		const at = field.at("portRange");
		const message = phrase("protocol-without-ports", { field: at.label, ports: `${ports.from}/${ports.to}`, protocol });
		at.fail("bad-value", message, phrase("write", { text: "-1/-1" }));
	}
	return { direction, protocol, ports, policy, priority, peer: peerOf(given, basic, field), line: field.where().line };
}

function peerOf(given: Rule, basic: boolean, field: Field): SecurityGroupRuleObject["peer"] {
	const { cidr: block, securityGroup, prefixList } = given;
	const said = [block, securityGroup, prefixList].filter((each) => each !== undefined);
	if (said.length !== 1) {
		const hint = phrase("one-of", { names: ["cidr", "securityGroup", "prefixList"] });
		field.fail("bad-value", phrase("name-one-peer", { field: field.label }), hint);
	}
	if (block !== undefined) return { kind: "cidr", cidr: block };
	if (prefixList !== undefined) return { kind: "prefix-list", id: prefixList };
	if (!basic) {
		const at = field.at("securityGroup");
		at.fail("bad-value", phrase("advanced-names-no-groups", { field: at.label }), phrase("name-cidr-or-list"));
	}
	return { kind: "security-group", id: securityGroup ?? "" };
}
