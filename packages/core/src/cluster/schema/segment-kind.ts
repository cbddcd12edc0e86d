/** Kind `Segment`: one layer 2 network. */
import { z } from "zod";
import { clusterMeta } from "../metadata.ts";
import type { SegmentObject } from "../settings.ts";
import { cidr, ipAddress, mtu } from "./field-schemas.ts";
import { type OwnKind, ownKind } from "./own-kind.ts";

const spec = z.strictObject({
	cidrs: z.array(cidr).min(1),
	gateways: z.array(ipAddress).default([]).meta({ description: "The router's addresses on the segment." }),
	mtu,
});

export const SEGMENT_KIND: OwnKind<SegmentObject> = ownKind(
	"Segment",
	"One layer 2 network that machines stand in.",
	spec,
	(given, object): SegmentObject => ({ ...clusterMeta(object), kind: "Segment", ...given }),
);
