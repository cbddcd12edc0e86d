/** networking.alibaba.com/v1 Network, Subnet and IPInstance (hybridnet pkg/apis/networking/v1). */

import { type Address, compareAddresses, parseAddress } from "../../address/address.ts";
import { contains, type Prefix } from "../../address/prefix.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import type { HybridnetMode, HybridnetNetwork, HybridnetSubnet, IPInstance } from "../hybridnet-objects.ts";
import { clusterMeta, namespacedMeta } from "../metadata.ts";
import { type FieldNames, fieldNames, type Spelling } from "./field-names.ts";
import { oneOfOrEmpty } from "./pod-networking.ts";

const NETWORK: FieldNames = fieldNames("nodeSelector netID type mode config");
const SUBNET: FieldNames = fieldNames("range netID network config");
const RANGE: FieldNames = fieldNames("cidr gateway start end reservedIPs excludeIPs", "version");
const IP_INSTANCE: FieldNames = fieldNames("network subnet address binding");

const MOST_VNI = 0xff_ffff;
const MOST_VLAN = 4094;
const MOST_AS = 0xffff_ffff;
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

export function readHybridnetNetwork(object: Field, spelling: Spelling): HybridnetNetwork {
	const spec = object.at("spec");
	spelling.check(spec, NETWORK, "Network");
	const type = oneOfOrEmpty(spec.at("type"), ["Overlay", "Underlay", "GlobalBGP"]) || "Underlay";
	// GetNetworkMode() of v1/utils.go.
	const usual = ({ Overlay: "VXLAN", Underlay: "VLAN", GlobalBGP: "GlobalBGP" } as const)[type];
	const mode = oneOfOrEmpty(spec.at("mode"), ["VXLAN", "VLAN", "BGP", "GlobalBGP"]) || usual;
	if ((type === "Overlay") !== (mode === "VXLAN")) {
		spec.at("mode").fail("bad-value", phrase("mode-of-type", { field: spec.at("mode").label, mode, type }));
	}
	return {
		...clusterMeta(object),
		kind: "Network",
		type,
		mode,
		netID: netID(spec.at("netID"), mode),
		nodeSelector: spec.at("nodeSelector").texts(),
		nodeList: object
			.at("status")
			.at("nodeList")
			.items()
			.map((each) => each.text()),
		bgpPeers: spec
			.at("config")
			.at("bgpPeers")
			.items()
			.map((each) => ({ asn: each.at("asn").integer(0, 1, MOST_AS), address: each.at("address").address() })),
	};
}

/** A VLAN of 0 stands for frames without a tag. */
function netID(field: Field, mode: HybridnetMode): number | null {
	if (!field.present) return null;
	return field.integer(0, 0, { VXLAN: MOST_VNI, VLAN: MOST_VLAN, BGP: MOST_AS, GlobalBGP: MOST_AS }[mode]);
}

export function readHybridnetSubnet(object: Field, spelling: Spelling): HybridnetSubnet {
	const spec = object.at("spec");
	const range = spec.at("range");
	spelling.check(spec, SUBNET, "Subnet");
	spelling.check(range, RANGE, "Subnet");
	const cidr = range.at("cidr").present ? range.at("cidr").prefix() : range.at("cidr").missing();
	const given = addressOf(range.at("gateway"), cidr);
	const start = addressOf(range.at("start"), cidr);
	const end = addressOf(range.at("end"), cidr);
	if (start !== null && end !== null && compareAddresses(start, end) > 0) {
		const facts = { end: "spec.range.end", last: end.text, start: "spec.range.start", first: start.text };
		range.at("end").fail("bad-value", phrase("range-backwards", facts));
	}
	return {
		...clusterMeta(object),
		kind: "Subnet",
		network: spec.at("network").text() || spec.at("network").missing(),
		netID: spec.at("netID").present ? spec.at("netID").integer(0, 0, MOST_VNI) : null,
		cidr,
		gateway: given,
		start,
		end,
		reservedIPs: range.at("reservedIPs").items().map(address),
		excludeIPs: range.at("excludeIPs").items().map(address),
		autoNatOutgoing: spec.at("config").at("autoNatOutgoing").boolean(true),
		private: spec.at("config").at("private").boolean(false),
	};
}

/** Null where nothing is said. */
function addressOf(field: Field, cidr: Prefix): Address | null {
	const given = field.present && field.value !== "" ? field.address() : null;
	if (given !== null && !contains(cidr, given)) {
		const facts = { what: field.label, address: given.text, cidr: cidr.text };
		field.fail("address-in-no-cidr", phrase("not-in-cidr", facts));
	}
	return given;
}

function address(field: Field): Address {
	return field.address();
}

export function readIPInstance(object: Field, spelling: Spelling): IPInstance {
	const spec = object.at("spec");
	const status = object.at("status");
	const address = spec.at("address");
	spelling.check(spec, IP_INSTANCE, "IPInstance");
	const mac = address.at("mac").text().toLowerCase();
	if (mac !== "" && !MAC.test(mac))
		address.at("mac").mustBe(phrase("mac-address"), phrase("as-in", { example: "00:16:3e:01:02:03" }));
	return {
		...namespacedMeta(object),
		kind: "IPInstance",
		network: spec.at("network").text() || spec.at("network").missing(),
		subnet: spec.at("subnet").text() || spec.at("subnet").missing(),
		address: addressIn(address.at("ip")),
		mac,
		podName: spec.at("binding").at("podName").text() || status.at("podName").text(),
		nodeName: spec.at("binding").at("nodeName").text() || status.at("nodeName").text(),
	};
}

/** Written with the length of its subnet: `192.168.56.11/24`. */
function addressIn(field: Field): Address {
	const [text = ""] = field.text().split("/");
	return parseAddress(text) ?? field.mustBe(phrase("an-address"), phrase("as-in", { example: "192.168.56.11/24" }));
}
