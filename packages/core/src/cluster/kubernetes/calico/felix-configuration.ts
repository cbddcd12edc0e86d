/** FelixConfiguration (projectcalico/api pkg/apis/projectcalico/v3/felixconfig.go). */
import { phrase } from "../../../wording/phrase.ts";
import type { FelixConfiguration, FelixSettings } from "../../calico-objects.ts";
import type { Field } from "../../field.ts";
import { clusterMeta } from "../../metadata.ts";

export function readFelixConfiguration(object: Field): FelixConfiguration {
	const spec = object.at("spec");
	const settings = {
		chainInsertMode: word(spec.at("chainInsertMode"), ["insert", "append"]),
		defaultEndpointToHostAction: word(spec.at("defaultEndpointToHostAction"), ["drop", "return", "accept"]),
		iptablesFilterAllowAction: word(spec.at("iptablesFilterAllowAction"), ["accept", "return"]),
		bpfEnabled: flag(spec.at("bpfEnabled")),
		vxlanPort: number(spec.at("vxlanPort"), 1, 65535),
		vxlanVNI: number(spec.at("vxlanVNI"), 1, 0xffffff),
		ipipMTU: number(spec.at("ipipMTU"), 0, 65535),
		vxlanMTU: number(spec.at("vxlanMTU"), 0, 65535),
		vxlanMTUV6: number(spec.at("vxlanMTUV6"), 0, 65535),
		natOutgoingAddress:
			spec.at("natOutgoingAddress").text() === "" ? undefined : spec.at("natOutgoingAddress").address(),
		natOutgoingExclusions: exact(spec.at("natOutgoingExclusions"), ["IPPoolsOnly", "IPPoolsAndHostIPs"]),
		programClusterRoutes: exact(spec.at("programClusterRoutes"), ["Enabled", "EnabledIPIPOnly", "Disabled"]),
		allowIPIPPacketsFromWorkloads: flag(spec.at("allowIPIPPacketsFromWorkloads")),
		allowVXLANPacketsFromWorkloads: flag(spec.at("allowVXLANPacketsFromWorkloads")),
	};
	const said = Object.entries(settings).filter(([, value]) => value !== undefined);
	return {
		...clusterMeta(object),
		kind: "FelixConfiguration",
		settings: Object.fromEntries(said) as Partial<FelixSettings>,
	};
}

function flag(field: Field): boolean | undefined {
	return field.present ? field.boolean(false) : undefined;
}

function number(field: Field, least: number, most: number): number | undefined {
	return field.present ? field.integer(0, least, most) : undefined;
}

function exact<const T extends string>(field: Field, allowed: readonly T[]): T | undefined {
	return field.present && field.value !== "" ? field.oneOf(allowed, allowed[0] as T) : undefined;
}

/** Felix takes these words in any case. */
function word<const T extends string>(field: Field, allowed: readonly T[]): T | undefined {
	const text = field.text().toLowerCase();
	if (text === "") return undefined;
	return allowed.find((each) => each === text) ?? field.mustBe(phrase("one-of", { names: allowed }));
}
