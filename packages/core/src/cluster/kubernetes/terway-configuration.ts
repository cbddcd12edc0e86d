/** Terway's ConfigMap `eni-config` (terway types/daemon/config.go, docs/dynamic-config.md). */
import type { Prefix } from "../../address/prefix.ts";
import type { Field } from "../field.ts";
import type { TerwaySettings } from "../settings.ts";
import { embedded } from "./embedded.ts";

export interface TerwayConfiguration {
	/** Empty: the ConfigMap does not tell, as the daemon's mode is a flag of its DaemonSet. */
	readonly mode: string;
	readonly serviceCIDRs: readonly Prefix[];
	readonly settings: Partial<TerwaySettings>;
}

/** `eniip_virtual_type` is there only where the daemon runs in mode ENIMultiIP. */
const MODES: Readonly<Record<string, string>> = {
	veth: "terway-eniip",
	ipvlan: "terway-ipvlan",
	datapathv2: "terway-datapathv2",
};

export function readEniConfig(object: Field): TerwayConfiguration {
	const data = object.at("data");
	const daemon = embedded(data.at("eni_conf"));
	const cni = pluginOf(embedded(data.at("10-terway.conf")));
	const trunk = daemon?.at("enable_eni_trunking").boolean(false) ?? false;
	const type = cni?.at("eniip_virtual_type").text().toLowerCase() ?? "";
	const mode = MODES[type] ?? "";
	return {
		mode: mode === "terway-eniip" && trunk ? "terway-trunk" : mode,
		serviceCIDRs: daemon?.at("service_cidr").prefixes() ?? [],
		settings: {
			...(daemon === undefined ? {} : daemonSettings(daemon, trunk)),
			...(cni === undefined ? {} : cniSettings(cni)),
			networkPolicy: enforcesPolicies(data.at("disable_network_policy")),
			inClusterLoadBalance: data.at("in_cluster_loadbalance").text() === "true",
		},
	};
}

/** Any other text disables (cmd/terway-cli/common.go getAllConfig, policy/policyinit.sh DISABLE_POLICY). */
const ENFORCING: readonly string[] = ["", "false", "0"];

function enforcesPolicies(disabled: Field): boolean {
	return ENFORCING.includes(disabled.text());
}

function daemonSettings(daemon: Field, trunk: boolean): Partial<TerwaySettings> {
	const group = daemon.at("security_group").text();
	const groups = daemon.at("security_groups").items();
	const zones = daemon.at("vswitches");
	const capRatio = daemon.at("eni_cap_ratio").value;
	return {
		trunk,
		securityGroups: groups.length > 0 ? groups.map((each) => each.text()) : group === "" ? [] : [group],
		vSwitches: Object.keys(zones.members()).flatMap((zone) =>
			zones
				.at(zone)
				.items()
				.map((each) => each.text()),
		),
		ipamType: daemon.at("ipam_type").text() === "crd" ? "crd" : "default",
		maxENI: daemon.at("max_eni").integer(0),
		...(typeof capRatio === "number" && capRatio > 0 ? { eniCapRatio: capRatio } : {}),
		ipPrefix: daemon.at("enable_ip_prefix").boolean(false),
	};
}

function cniSettings(cni: Field): Partial<TerwaySettings> {
	const hostStack = cni.at("host_stack_cidrs");
	return {
		vlanStripType: cni.at("vlan_strip_type").text() === "vlan" ? "vlan" : "filter",
		...(hostStack.present ? { hostStackCIDRs: hostStack.items().map((each) => each.prefix()) } : {}),
		mtu: cni.at("mtu").integer(0, 0, 65535),
	};
}

/** A single plugin's configuration, or the one of a list that is Terway's. */
function pluginOf(conf: Field | undefined): Field | undefined {
	const plugins = conf?.at("plugins");
	if (plugins?.present !== true) return conf;
	return plugins.items().find((each) => each.at("type").text() === "terway");
}
