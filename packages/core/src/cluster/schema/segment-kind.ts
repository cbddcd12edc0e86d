/** Kind `Segment`: one layer 2 network, with the VLANs and ports of its switch. */

import * as z from "zod";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import { clusterMeta } from "../metadata.ts";
import type { SegmentObject, SegmentPortObject } from "../settings.ts";
import { cidr, ipAddress, mtu } from "./field-schemas.ts";
import { type OwnKind, ownKind } from "./own-kind.ts";
import { mustBe } from "./wanted.ts";

/** IEEE 802.1Q keeps 0 and 4095 for itself. */
const vlanId = z.int().min(1).max(4094);

const vlan = z.strictObject({
	id: vlanId,
	cidrs: z.array(cidr).default([]),
	gateways: z.array(ipAddress).default([]).meta({ description: "The router's addresses in the VLAN." }),
});

const port = z.strictObject({
	machine: z.string().min(1).meta({ description: "node/NAME, host/NAME, or only the name." }),
	device: z.string().min(1).optional().meta({ description: "Every card of the machine unless said otherwise." }),
	access: vlanId.optional().meta({ description: "An access port: frames without a tag, all of this VLAN." }),
	trunk: z
		.union([z.literal("all"), z.array(vlanId)], { error: mustBe(phrase("vlan-ids")) })
		.optional()
		.meta({ description: "A trunk: these VLANs with their tags." }),
	native: vlanId.optional().meta({
		description: "Of a trunk the VLAN of frames without a tag; the segment's own network unless said otherwise.",
	}),
});

const spec = z.strictObject({
	cidrs: z.array(cidr).min(1),
	gateways: z.array(ipAddress).default([]).meta({ description: "The router's addresses on the segment." }),
	vlans: z.array(vlan).default([]).meta({ description: "VLANs besides the segment's own network, which has no tag." }),
	ports: z.array(port).default([]).meta({
		description: "Ports of the switch. Any other is a trunk of all VLANs, with the segment's own network untagged.",
	}),
	mtu,
});

export const SEGMENT_KIND: OwnKind<SegmentObject> = ownKind(
	"Segment",
	"One layer 2 network that machines stand in.",
	spec,
	(given, object): SegmentObject => {
		const line = (path: readonly (string | number)[]): number => object.follow(["spec", ...path]).where().line;
		return {
			...clusterMeta(object),
			kind: "Segment",
			...given,
			vlans: given.vlans.map((each, i) => ({ ...each, line: line(["vlans", i]) })),
			ports: given.ports.map((each, i) => ({
				machine: each.machine,
				device: each.device ?? "",
				...carried(each, object.follow(["spec", "ports", i])),
				line: line(["ports", i]),
			})),
		};
	},
);

function carried(
	{ access, trunk, native }: z.output<typeof port>,
	field: Field,
): Pick<SegmentPortObject, "untagged" | "tagged"> {
	if (access === undefined) return { untagged: native ?? null, tagged: trunk ?? "all" };
	for (const key of ["trunk", "native"]) {
		const other = field.at(key);
		if (other.present) other.failAtKey("bad-value", phrase("for-trunk-alone", { field: other.label }));
	}
	return { untagged: access, tagged: [] };
}
