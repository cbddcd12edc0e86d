/** DescribeVpcs, DescribeVSwitches, DescribeRouteEntryList. */

import { nthAddress, type Prefix } from "../../address/prefix.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import type { Inventory } from "../inventory.ts";
import type { VpcObject } from "../settings.ts";
import { listIn, metaOf, positionOf, required, textsIn } from "./fields.ts";
import type { Instances } from "./network-interfaces.ts";

export interface VpcAnswers {
	readonly vpcs: readonly Field[];
	readonly vSwitches: readonly Field[];
	readonly routes: readonly Field[];
}

const MTU = 1500;

export function addVpcs(answers: VpcAnswers, instances: Instances, into: Inventory): void {
	const vpcs = answers.vpcs.flatMap((answer) => listIn(answer.at("Vpcs"), "Vpc"));
	const vSwitches = answers.vSwitches.flatMap((answer) => listIn(answer.at("VSwitches"), "VSwitch"));
	const entries = answers.routes.flatMap((answer) => listIn(answer.at("RouteEntrys"), "RouteEntry"));
	for (const vpc of vpcs) {
		const id = required(vpc.at("VpcId"));
		if (into.vpcs.has(id)) continue;
		const tables = textsIn(vpc.at("RouterTableIds"), "RouterTableIds");
		const isOwn = (entry: Field): boolean => vpcs.length === 1 || tables.includes(entry.at("RouteTableId").text());
		const own = entries.filter(isOwn);
		into.vpcs.set(id, {
			...metaOf(vpc, id),
			kind: "VPC",
			cidrs: cidrsOf(vpc),
			vSwitches: vSwitches.filter((each) => each.at("VpcId").text() === id).flatMap(vSwitchOf),
			// A table that is there is what it is.
			managedRoutes: answers.routes.length === 0,
			routes: own.flatMap((entry) => routeOf(entry, instances, into)),
			mtu: MTU,
		});
	}
}

function cidrsOf(vpc: Field): readonly Prefix[] {
	const secondary = [
		...listIn(vpc.at("SecondaryCidrBlocks"), "SecondaryCidrBlock"),
		...listIn(vpc.at("UserCidrs"), "UserCidr"),
	];
	return [vpc.at("CidrBlock"), vpc.at("Ipv6CidrBlock"), ...secondary]
		.filter((each) => each.text() !== "")
		.map((each) => each.prefix());
}

/** One for each family: a vSwitch of podpath's has one CIDR. */
function vSwitchOf(field: Field): VpcObject["vSwitches"] {
	const id = required(field.at("VSwitchId"));
	const cidrs = [field.at("CidrBlock"), field.at("Ipv6CidrBlock")];
	return cidrs.flatMap((each, i) => {
		if (each.text() === "") return [];
		const cidr = each.prefix();
		return [{ id: i === 0 ? id : `${id}-v6`, cidr, gateway: nthAddress(cidr, -3) }];
	});
}

/** Entries of the system are the vSwitches' own. */
function routeOf(entry: Field, instances: Instances, into: Inventory): VpcObject["routes"] {
	if (entry.at("Type").text() === "System") return [];
	const [hop] = listIn(entry.at("NextHops"), "NextHop");
	const id = hop?.at("NextHopId").text() || entry.at("InstanceId").text();
	const nextHop = into.enis.has(id) ? id : instances.get(id);
	const destination = entry.at("DestinationCidrBlock").prefix();
	const { file, line } = positionOf(entry);
	if (nextHop !== undefined) return [{ destination, nextHop, line }];
	const message = phrase("route-passed-over", { destination: destination.text, hop: id || phrase("nothing") });
	into.warn({ code: "route-passed-over", message, where: { file, line } });
	return [];
}
