/** Kind `PrefixList`: CIDRs under one name. */
import * as z from "zod";
import { clusterMeta } from "../metadata.ts";
import type { PrefixListObject } from "../settings.ts";
import { cidr } from "./field-schemas.ts";
import { type OwnKind, ownKind } from "./own-kind.ts";

const spec = z.strictObject({ cidrs: z.array(cidr) });

export const PREFIX_LIST_KIND: OwnKind<PrefixListObject> = ownKind(
	"PrefixList",
	"CIDRs that rules of security groups name together, as DescribePrefixListAttributes says them. Its name is its id (pl-…).",
	spec,
	(given, object): PrefixListObject => ({ ...clusterMeta(object), kind: "PrefixList", ...given }),
);
