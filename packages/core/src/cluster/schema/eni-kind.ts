/** Kind `ENI`: an elastic network interface. */

import * as z from "zod";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import { clusterMeta } from "../metadata.ts";
import type { EniObject } from "../settings.ts";
import { ipAddress } from "./field-schemas.ts";
import { type OwnKind, ownKind } from "./own-kind.ts";
import { mustBe, mustBeOneOf, refuseValue, wanted } from "./wanted.ts";

const TYPES = ["primary", "secondary", "trunk", "member"] as const;

const macAddress = z
	.string()
	.regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i, { error: mustBe(phrase("mac-as-in", { example: "00:16:3e:01:02:03" })) })
	.transform((text) => text.toLowerCase());

const spec = z.strictObject({
	type: z
		.string()
		.transform((text, context): EniObject["type"] => {
			const found = TYPES.find((each) => each === text.toLowerCase());
			if (found !== undefined) return found;
			return refuseValue(context, wanted(mustBeOneOf(TYPES)));
		})
		.meta({ enum: TYPES }),
	instance: z
		.string()
		.regex(/^(node|host)\/\S+$/, { error: mustBe(phrase("machine-name")) })
		.optional()
		.meta({ description: "The instance that it is attached to, node/NAME or host/NAME. Of a member its trunk's." }),
	device: z.string().min(1).max(15).optional().meta({ description: "By which the instance has it: eth1." }),
	trunk: z.string().min(1).optional().meta({ description: "Of a member: the id of its trunk." }),
	vlan: z.int().min(1).max(4094).optional().meta({ description: "Of a member: its VLAN on the trunk." }),
	vSwitch: z.string().min(1).optional().meta({ description: "Id of its vSwitch; that of its addresses otherwise." }),
	mac: macAddress.optional(),
	addresses: z.array(ipAddress).default([]).meta({ description: "Its private addresses, the primary one first." }),
	securityGroups: z
		.array(z.string().min(1))
		.min(1)
		.max(10)
		.optional()
		.meta({ description: "Ids of its security groups. Absent: not known." }),
	sourceDestCheck: z.boolean().default(false).meta({
		description: "Whether it drops what is neither from nor for one of its addresses.",
	}),
});

type Spec = z.output<typeof spec>;

export const ENI_KIND: OwnKind<EniObject> = ownKind(
	"ENI",
	"An elastic network interface, as DescribeNetworkInterfaces says it. Its name is its id (eni-…).",
	spec.meta({
		examples: [
			{ type: "trunk", instance: "node/a", device: "eth1", addresses: ["10.0.4.20"], securityGroups: ["sg-1"] },
			{ type: "member", trunk: "eni-1", vlan: 1027, addresses: ["10.0.4.30"], securityGroups: ["sg-2"] },
		],
	}),
	(given, object): EniObject => {
		checkType(given, object);
		const { type, instance = "", device = "", trunk = "", vlan = null, vSwitch = "", mac = "" } = given;
		const { addresses, securityGroups = null, sourceDestCheck } = given;
		const rest = { type, instance, device, trunk, vlan, vSwitch, mac, addresses, securityGroups, sourceDestCheck };
		return { ...clusterMeta(object), kind: "ENI", ...rest };
	},
);

/** What only members have, and what only they have not. */
function checkType({ type, instance, addresses, vSwitch }: Spec, object: Field): void {
	const at = (name: string): Field => object.at("spec").at(name);
	const member = type === "member";
	for (const name of ["trunk", "vlan"]) {
		if (member && !at(name).present) at(name).missing(phrase("member-behind-trunk"));
		if (!member && at(name).present)
			at(name).failAtKey("bad-value", phrase("for-member", { field: at(name).label, type }));
	}
	if (member && at("device").present) {
		const message = phrase("not-for-member", { field: at("device").label });
		at("device").failAtKey("bad-value", message, phrase("trunk-has-device"));
	}
	if (!member && instance === undefined) at("instance").missing(phrase("machine-name"));
	if (type !== "primary" && addresses.length === 0 && (member || vSwitch === undefined)) {
		at("addresses").missing(phrase("its-addresses"));
	}
}
