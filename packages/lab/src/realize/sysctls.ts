/** Sysctls as writes below /proc/sys, in the groups in which the kernel takes them. */
import { KERNEL_DEVICE_DEFAULTS, phrase, type Said } from "@podpath/core";

type Setting = readonly [path: string, value: string];

export interface SysctlGroups {
	/** For the whole namespace, and for devices that are still to come: before any of them is there. */
	readonly early: readonly Setting[];
	/** For the devices that are made from outside the namespace: before they are set up. */
	readonly beforeUp: readonly Setting[];
	/** For devices that the namespace makes itself, and what only exists once rules or services do. */
	readonly late: readonly Setting[];
	/** Keys that are not written, and why. */
	readonly omitted: readonly Said[];
}

/** Of the defaults, those that IPv4 has no setting for. */
const IPV6_ONLY = new Set(["proxy_ndp", "disable_ipv6"]);

/**
 * A new namespace has its IPv4 settings from the first one of the kernel (devinet_init_net), whoever configured that: so
 * those that steer packets are written first. IPv6's are the kernel's own, but that addresses are usable at once and that
 * nobody looks for routers, as these frames would stand between those of a question.
 */
const BASELINE: readonly Setting[] = [
	["net/ipv4/ip_forward", "0"],
	...(["all", "default"] as const).flatMap((which) =>
		[...KERNEL_DEVICE_DEFAULTS]
			.filter(([name]) => !IPV6_ONLY.has(name) && name !== "forwarding")
			.map(([name, value]): Setting => [`net/ipv4/conf/${which}/${name}`, value]),
	),
	["net/ipv6/conf/default/accept_dad", "0"],
	["net/ipv6/conf/default/router_solicitations", "0"],
];

const SETTINGS = [
	/^net\/ipv[46]\/conf\/(?!.*\/(mc_forwarding|stable_secret)$)/,
	/^net\/ipv[46]\/neigh\/[^/]+\/proxy_delay$/,
	/^net\/ipv[46]\/fwmark_reflect$/,
	/^net\/ipv4\/(ip_forward|ip_default_ttl|fib_multipath_hash_policy|icmp_echo_ignore_all)$/,
	/^net\/ipv4\/vs\/(conntrack|snat_reroute|expire_nodest_conn|expire_quiescent_template|conn_reuse_mode|sloppy_tcp)$/,
	/^net\/ipv6\/fib_multipath_hash_policy$/,
	/^net\/bridge\/bridge-nf-(call-iptables|call-ip6tables|call-arptables|filter-vlan-tagged|pass-vlan-input-dev)$/,
	/^net\/netfilter\/nf_conntrack_tcp_(be_liberal|loose)$/,
];

/**
 * `ofRoot`: the devices that exist before the namespace makes its own; `made`: all that it will have; `speaking`: those that
 * get something of IPv6, which disable_ipv6 takes away again, so it comes after that.
 */
export function sysctlGroups(
	settings: ReadonlyMap<string, string>,
	ofRoot: ReadonlySet<string>,
	made: ReadonlySet<string>,
	speaking: ReadonlySet<string> = new Set(),
): SysctlGroups {
	const early = new Map(BASELINE);
	const beforeUp: Setting[] = [];
	const late: Setting[] = [];
	const omitted: Said[] = [];
	const idle: string[] = [];
	for (const [key, value] of settings) {
		const path = pathOf(key);
		const device = /^net\/ipv[46]\/(?:conf|neigh)\/([^/]+)\//.exec(path)?.[1];
		if (!SETTINGS.some((known) => known.test(path))) idle.push(key);
		else if (device === undefined || device === "all" || device === "default") {
			if (/^net\/(ipv4\/vs|netfilter)\//.test(path)) late.push([path, value]);
			else early.set(path, value);
		} else if (!made.has(device)) {
			omitted.push(phrase("left-out", { what: `sysctl ${key}`, why: phrase("device-not-made", { device }) }));
		} else {
			const takesAway = path.endsWith("/disable_ipv6") && speaking.has(device);
			(ofRoot.has(device) && !takesAway ? beforeUp : late).push([path, value]);
		}
	}
	// A dump of all of them has a thousand.
	const [first] = idle;
	if (first !== undefined) {
		const what = phrase("n-sysctls", { n: idle.length, first });
		omitted.push(phrase("left-out", { what, why: phrase("steers-no-packets") }));
	}
	return { early: [...early], beforeUp, late, omitted };
}

/** `sysctl -a` writes a dot in a device name as a slash, and separates by dots. */
function pathOf(key: string): string {
	return key.replace(/[./]/g, (separator) => (separator === "." ? "/" : "."));
}
