/** IPPool (projectcalico/api pkg/apis/projectcalico/v3/ippool.go). */
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
		spec.at("blockSize").mustBe(`at least ${cidr.length}, the length of ${cidr.text}`);
	}
	const ipipMode = encapsulation(spec.at("ipipMode"));
	const vxlanMode = encapsulation(spec.at("vxlanMode"));
	if (ipipMode !== "Never" && vxlanMode !== "Never") {
		spec.at("vxlanMode").fail("conflicting-settings", "spec.ipipMode and spec.vxlanMode are both on", "a pool has one");
	}
	if (ipipMode !== "Never" && cidr.family === 6) {
		const hint = "IPIP carries IPv4 only: use vxlanMode, or no encapsulation";
		spec.at("ipipMode").fail("bad-value", `spec.ipipMode must be Never for ${cidr.text}, not "${ipipMode}"`, hint);
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
