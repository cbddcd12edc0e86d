/** The configuration of CNI plug-ins inside a NetworkAttachmentDefinition (containernetworking SPEC.md, and each plug-in's page). */

import { type Address, addressPlus } from "../../address/address.ts";
import { contains, lastAddress, type Prefix, parsePrefix } from "../../address/prefix.ts";
import { addressRange } from "../../ipam/range.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import type { AttachedAddress, CniConfig, CniIpam, CniRange, MainPlugin } from "../multus-objects.ts";

/** A list of plug-ins, or one by itself. */
export function readCniConfig(root: Field): CniConfig {
	const chain = root.at("plugins").present ? root.at("plugins").items() : [root];
	const [main, ...meta] = chain;
	if (main === undefined) return root.at("plugins").fail("bad-value", phrase("plugins-empty"));
	if (!main.at("type").present) main.at("type").mustBe(phrase("plugin-name"), phrase("as-in", { example: "macvlan" }));
	return {
		plugin: mainPlugin(main),
		ipam: readIpam(main.at("ipam")),
		sourceBasedRouting: meta.some((each) => each.at("type").text() === "sbr"),
		takesAddresses: main.at("capabilities").at("ips").boolean(false),
	};
}

function mainPlugin(main: Field): MainPlugin {
	const type = main.at("type").text();
	const mtu = main.at("mtu").integer(0, 0, 65535);
	switch (type) {
		case "macvlan": {
			const mode = main.at("mode").oneOf(["bridge", "private", "vepa", "passthru"], "bridge");
			return { kind: type, master: main.at("master").text(), mode, mtu };
		}
		case "ipvlan":
			return {
				kind: type,
				master: main.at("master").text(),
				mode: main.at("mode").oneOf(["l2", "l3", "l3s"], "l2"),
				mtu,
			};
		case "bridge":
			if (
				main.at("vlan").integer(0, 0, 4094) !== 0 ||
				main.at("vlanTrunk").present ||
				main.at("ipMasq").boolean(false)
			) {
				return { kind: "other", type: "bridge with vlan, vlanTrunk or ipMasq" };
			}
			return {
				kind: type,
				bridge: main.at("bridge").text("cni0"),
				isGateway: main.at("isGateway").boolean(false) || main.at("isDefaultGateway").boolean(false),
				isDefaultGateway: main.at("isDefaultGateway").boolean(false),
				hairpinMode: main.at("hairpinMode").boolean(false),
				mtu,
			};
		default:
			return { kind: "other", type };
	}
}

function readIpam(ipam: Field): CniIpam {
	const type = ipam.at("type").text();
	const routes = ipam
		.at("routes")
		.items()
		.map((each) => ({
			destination: each.at("dst").prefix(),
			via: each.at("gw").present ? each.at("gw").address() : null,
		}));
	const base = { type, sets: [], addresses: [], routes };
	switch (type) {
		case "":
			return { ...base, kind: "none" };
		case "static":
			return { ...base, kind: type, addresses: ipam.at("addresses").items().map(staticAddress) };
		case "host-local":
			return { ...base, kind: type, sets: hostLocalSets(ipam) };
		case "whereabouts":
			return { ...base, kind: type, sets: whereaboutsSets(ipam) };
		default:
			return { ...base, kind: "other" };
	}
}

function staticAddress(field: Field): AttachedAddress {
	const gateway = field.at("gateway");
	return { ...withLength(field.at("address")), gateway: gateway.present ? gateway.address() : null };
}

/** `10.1.0.5/24`. */
export function withLength(field: Field): AttachedAddress {
	const text = field.text();
	const subnet = text.includes("/") ? parsePrefix(text) : undefined;
	const address = subnet && parsePrefix(text.slice(0, text.indexOf("/")))?.address;
	if (subnet === undefined || address === undefined)
		return field.mustBe(phrase("address-and-length"), phrase("as-in", { example: "10.1.0.5/24" }));
	return { address, prefixLength: subnet.length, gateway: null };
}

/** `ranges` is a list of sets, each a list of ranges; before, one range stood at the top. */
function hostLocalSets(ipam: Field): readonly (readonly CniRange[])[] {
	const sets = ipam
		.at("ranges")
		.items()
		.map((set) => set.items().map(hostLocalRange));
	return ipam.at("subnet").present ? [[hostLocalRange(ipam)], ...sets] : sets;
}

/** The first address is the gateway's, and neither it nor the broadcast address is given out (allocator/range.go Canonicalize). */
function hostLocalRange(field: Field): CniRange {
	const subnet = field.at("subnet").prefix();
	const gateway = addressIn(field.at("gateway"), subnet) ?? addressPlus(subnet.address, 1);
	return rangeIn(field, subnet, { start: "rangeStart", end: "rangeEnd" }, gateway);
}

function whereaboutsSets(ipam: Field): readonly (readonly CniRange[])[] {
	const own = ipam.at("range").present ? [whereaboutsRange(ipam)] : [];
	const further = ipam.at("ipRanges").items().map(whereaboutsRange);
	return [...own, ...further].map((each) => [each]);
}

const RANGES = phrase("or", { one: "10.10.0.0/24", other: "10.10.0.5-10.10.0.9/24" });

/** `range` may be `FIRST-LAST/LENGTH` too (whereabouts doc/extended-configuration.md). */
function whereaboutsRange(field: Field): CniRange {
	const text = field.at("range").text();
	const [first = "", rest = ""] = text.includes("-") ? text.split("-") : ["", text];
	const subnet = parsePrefix(rest) ?? field.at("range").mustBe(phrase("a-cidr"), phrase("as-in", { example: RANGES }));
	const gateway = addressIn(field.at("gateway"), subnet);
	const exclude = field
		.at("exclude")
		.items()
		.map(
			(each) => parsePrefix(each.text()) ?? each.mustBe(phrase("a-cidr"), phrase("as-in", { example: "10.10.0.8/29" })),
		);
	const made = rangeIn(field, subnet, { start: "range_start", end: "range_end" }, gateway);
	const from = first === "" ? undefined : parsePrefix(first.trim())?.address;
	const to = first === "" ? undefined : parsePrefix(rest.slice(0, rest.indexOf("/")))?.address;
	const range = from !== undefined && to !== undefined ? addressRange(from, to) : made.range;
	return { ...made, range, exclude };
}

function rangeIn(
	field: Field,
	subnet: Prefix,
	names: { readonly start: string; readonly end: string },
	gateway: Address | null,
): CniRange {
	const last = lastAddress(subnet);
	const start = addressIn(field.at(names.start), subnet) ?? addressPlus(subnet.address, 1);
	const end = addressIn(field.at(names.end), subnet) ?? (subnet.family === 4 ? addressPlus(last, -1) : last);
	try {
		return { subnet, range: addressRange(start, end), gateway, exclude: [] };
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		const facts = { end: names.end, last: end.text, start: names.start, first: start.text };
		return field.at(names.end).fail("bad-value", phrase("range-backwards", facts));
	}
}

function addressIn(field: Field, subnet: Prefix): Address | null {
	if (!field.present || field.value === "") return null;
	const address = field.address();
	if (!contains(subnet, address)) {
		const facts = { what: field.label, address: address.text, cidr: subnet.text };
		field.fail("address-in-no-cidr", phrase("not-in-cidr", facts));
	}
	return address;
}
