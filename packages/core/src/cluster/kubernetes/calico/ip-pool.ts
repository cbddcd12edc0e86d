/** IPPool (projectcalico/api pkg/apis/projectcalico/v3/ippool.go). */
import { phrase } from "../../../wording/phrase.ts";
import type { IpPool } from "../../calico-objects.ts";
import { ALL, readCalicoSelector } from "../../calico-selector.ts";
import type { Field } from "../../field.ts";
import { clusterMeta } from "../../metadata.ts";
import { type FieldNames, fieldNames, type Spelling } from "../field-names.ts";

const SPEC: FieldNames = fieldNames(
	"cidr blockSize ipipMode vxlanMode natOutgoing disabled disableBGPExport nodeSelector",
	"allowedUses assignmentMode namespaceSelector ipip nat-outgoing",
);

const ENCAPSULATION = ["Never", "Always", "CrossSubnet"] as const;
/** What the API server fills in. */
const DEFAULT_BLOCK_SIZE = { 4: 26, 6: 122 } as const;
/** libcalico-go/lib/validator/v3. */
const BLOCK_SIZES = { 4: [20, 32], 6: [116, 128] } as const;

export function readIpPool(object: Field, spelling: Spelling): IpPool {
	const spec = object.at("spec");
	spelling.check(spec, SPEC, "IPPool");
	const cidr = spec.at("cidr").prefix();
	const [least, most] = BLOCK_SIZES[cidr.family];
	const blockSize = spec.at("blockSize").integer(DEFAULT_BLOCK_SIZE[cidr.family], least, most);
	if (blockSize < cidr.length) {
		spec.at("blockSize").must(phrase("no-less-than-length", { n: cidr.length, cidr: cidr.text }));
	}
	const ipipMode = encapsulation(spec.at("ipipMode"));
	const vxlanMode = encapsulation(spec.at("vxlanMode"));
	if (ipipMode !== "Never" && vxlanMode !== "Never") {
		const message = phrase("both-on", { one: spec.at("ipipMode").label, other: spec.at("vxlanMode").label });
		spec.at("vxlanMode").fail("conflicting-settings", message, phrase("pool-has-one"));
	}
	if (ipipMode !== "Never" && cidr.family === 6) {
		spec.at("ipipMode").must(phrase("never-for", { cidr: cidr.text }), phrase("ipip-carries-ipv4"));
	}
	return {
		...clusterMeta(object),
		kind: "IPPool",
		cidr,
		blockSize,
		ipipMode,
		vxlanMode,
		natOutgoing: spec.at("natOutgoing").boolean(false),
		disabled: spec.at("disabled").boolean(false),
		disableBGPExport: spec.at("disableBGPExport").boolean(false),
		nodeSelector: readCalicoSelector(spec.at("nodeSelector")) ?? ALL,
	};
}

/** Go writes what nobody set as the empty text. */
function encapsulation(field: Field): IpPool["ipipMode"] {
	return field.value === "" ? "Never" : field.oneOf(ENCAPSULATION, "Never");
}
