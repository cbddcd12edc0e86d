/** Kind `Host`: a machine that is no node of the cluster. */
import { z } from "zod";
import { clusterMeta } from "../metadata.ts";
import type { HostObject } from "../settings.ts";
import { cidr, ipAddress } from "./field-schemas.ts";
import { type OwnKind, ownKind } from "./own-kind.ts";

const spec = z.strictObject({
	addresses: z.array(ipAddress).min(1),
	routes: z
		.array(z.strictObject({ destination: cidr, via: ipAddress }))
		.default([])
		.meta({ description: "Routes besides the default one." }),
});

export const HOST_KIND: OwnKind<HostObject> = ownKind(
	"Host",
	"A machine that is no node of the cluster.",
	spec,
	(given, object): HostObject => ({ ...clusterMeta(object), kind: "Host", ...given }),
);
