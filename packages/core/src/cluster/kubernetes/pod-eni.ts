/** network.alibabacloud.com/v1beta1 PodENI (terway pkg/apis/network.alibabacloud.com/v1beta1/types.go). */

import type { Address } from "../../address/address.ts";
import { contains, type Prefix } from "../../address/prefix.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import { namespacedMeta } from "../metadata.ts";
import type { AttachedEni, PodEni, PodEniAllocation } from "../terway-objects.ts";
import { readAllocationType } from "./allocation-type.ts";
import { oneOfOrEmpty, textsIn } from "./pod-networking.ts";

const PHASES = ["Initial", "Binding", "Bind", "Unbind", "Detaching", "Deleting"] as const;
/** pkg/controller/webhook refuses longer names: they become part of others. */
const LONGEST_INTERFACE = 5;
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

/** @throws {InputError} For an allocation without its ENI, a status without its allocation, addresses outside their vSwitch. */
export function readPodEni(object: Field): PodEni {
	const spec = object.at("spec");
	const status = object.at("status");
	const infos = status.at("eniInfos");
	const allocations = spec.at("allocations").items();
	const ids = allocations.map((each) => requiredText(each.at("eni").at("id")));
	const stray = Object.keys(infos.members()).find((id) => !ids.includes(id));
	if (stray !== undefined) {
		const field = spec.at("allocations").label;
		const hint = ids.length === 0 ? phrase("is-empty", { field }) : phrase("field-has", { field, names: ids });
		const message = phrase("allocation-missing", { field: infos.label, eni: stray, allocations: field });
		infos.at(stray).failAtKey("missing-object", message, hint);
	}
	const read = allocations.map((each, i) => readAllocation(each, ids[i] ?? "", infos.at(ids[i] ?? "")));
	refuseTwice(allocations, read);
	const phase = oneOfOrEmpty(status.at("phase"), PHASES) || "Initial";
	const unattached = read.find(({ attached }) => attached === null)?.eniID;
	if (phase === "Bind" && unattached !== undefined) {
		infos.fail("missing-object", phrase("bind-without-eni", { field: infos.label, eni: unattached }));
	}
	return {
		...namespacedMeta(object),
		kind: "PodENI",
		zone: spec.at("zone").text(),
		allocations: read,
		phase,
		instanceID: status.at("instanceID").text(),
		trunkENIID: status.at("trunkENIID").text(),
		message: status.at("msg").text(),
	};
}

function readAllocation(field: Field, eniID: string, info: Field): PodEniAllocation {
	const eni = field.at("eni");
	const blocks = [field.at("ipv4CIDR"), field.at("ipv6CIDR")].filter(isSaid);
	const cidrs = blocks.map((each) => each.prefix());
	const mac = eni.at("mac").text().toLowerCase();
	if (mac !== "" && !MAC.test(mac))
		eni.at("mac").mustBe(phrase("mac-address"), phrase("as-in", { example: "00:16:3e:01:02:03" }));
	return {
		interface: interfaceIn(field.at("interface")),
		eniID,
		mac,
		vSwitchID: eni.at("vSwitchID").text(),
		securityGroupIDs: textsIn(eni.at("securityGroupIDs")),
		addresses: addressesIn(field, cidrs),
		cidrs,
		defaultRoute: field.at("defaultRoute").boolean(false),
		extraRoutes: field
			.at("extraRoutes")
			.items()
			.map((each) => each.at("dst").prefix()),
		allocationType: readAllocationType(field.at("allocationType")),
		attached: info.present ? readAttached(info) : null,
	};
}

function addressesIn(field: Field, cidrs: readonly Prefix[]): readonly Address[] {
	const families = [
		[field.at("ipv4"), 4],
		[field.at("ipv6"), 6],
	] as const;
	const addresses = families.flatMap(([each, family]) => {
		if (!isSaid(each)) return [];
		const address = each.address();
		if (address.family !== family) each.mustBe(phrase("an-address-of", { family }));
		const block = cidrs.find((cidr) => cidr.family === family);
		if (block !== undefined && !contains(block, address)) {
			const facts = { field: each.label, address: address.text, cidr: block.text };
			each.fail("address-in-no-cidr", phrase("not-in-vswitch", facts));
		}
		return [address];
	});
	if (addresses.length === 0) field.at("ipv4").missing();
	return addresses;
}

function readAttached(info: Field): AttachedEni {
	const type = oneOfOrEmpty(info.at("type"), ["Secondary", "Member", "Trunk", "Primary"]) || "Secondary";
	// 802.1Q leaves 0 and 4095 out; an ENI that is no member has the 0 that Go writes for nothing.
	const vid = info.at("vid");
	const said = vid.integer(0, 0, 4094);
	if (type === "Member" && said === 0) vid.mustBe(phrase("vlan-id"));
	if (type !== "Member" && said !== 0)
		vid.fail("bad-value", phrase("eni-without-vlan", { field: vid.label, vlan: said, type }));
	return {
		type,
		vlan: type === "Member" ? said : null,
		status: oneOfOrEmpty(info.at("status"), ["Bind", "Unbind", "Deleted"]),
	};
}

function interfaceIn(field: Field): string {
	const name = field.text() || "eth0";
	return name.length <= LONGEST_INTERFACE ? name : field.mustBe(phrase("device-name", { most: LONGEST_INTERFACE }));
}

function refuseTwice(fields: readonly Field[], allocations: readonly PodEniAllocation[]): void {
	for (const [i, { interface: device, eniID }] of allocations.entries()) {
		const before = allocations.slice(0, i);
		if (before.some((each) => each.interface === device)) {
			fields[i]?.at("interface").fail("bad-value", phrase("two-allocations-for", { device }));
		}
		if (before.some((each) => each.eniID === eniID)) {
			fields[i]
				?.at("eni")
				.at("id")
				.fail("bad-value", phrase("two-allocations-have", { eni: eniID }));
		}
	}
}

function requiredText(field: Field): string {
	return field.text() || field.missing(phrase("pod-eni-names-eni"));
}

function isSaid(field: Field): boolean {
	return field.present && field.value !== "";
}
