/** The sysctls that steer forwarding, and what a kernel that nobody configured has. */
import type { Family } from "../address/address.ts";
import type { Namespace } from "./namespace.ts";

/**
 * Defaults of a new network namespace (Documentation/networking/ip-sysctl.rst, ipvs-sysctl.rst). A key that is neither
 * set nor listed here reads as `undefined`.
 */
const KERNEL_DEFAULTS: ReadonlyMap<string, string> = new Map([
	["net.ipv4.ip_forward", "0"],
	["net.ipv6.conf.all.forwarding", "0"],
	["net.ipv4.ip_default_ttl", "64"],
	["net.ipv4.fwmark_reflect", "0"],
	["net.ipv6.fwmark_reflect", "0"],
	["net.bridge.bridge-nf-call-iptables", "1"],
	["net.bridge.bridge-nf-call-ip6tables", "1"],
	["net.ipv4.vs.conntrack", "0"],
	["net.ipv4.vs.snat_reroute", "1"],
	["net.ipv4.vs.expire_nodest_conn", "0"],
	["net.netfilter.nf_conntrack_tcp_be_liberal", "0"],
]);

/** Per-device settings (`net.ipv4.conf.DEVICE.NAME`) of a device that nobody configured. */
export const KERNEL_DEVICE_DEFAULTS: ReadonlyMap<string, string> = new Map([
	["rp_filter", "0"],
	["proxy_arp", "0"],
	["proxy_arp_pvlan", "0"],
	["proxy_ndp", "0"],
	["arp_ignore", "0"],
	["arp_announce", "0"],
	["arp_filter", "0"],
	["accept_local", "0"],
	["route_localnet", "0"],
	["forwarding", "0"],
	["src_valid_mark", "0"],
	["disable_ipv6", "0"],
]);

/** The value of a sysctl: what is set, else the kernel's default. */
export function sysctl(namespace: Namespace, key: string): string | undefined {
	return namespace.sysctls.get(key) ?? KERNEL_DEFAULTS.get(key);
}

/** The value of a sysctl as a number, 0 where it is not known. */
export function sysctlNumber(namespace: Namespace, key: string): number {
	return Number(sysctl(namespace, key) ?? 0);
}

/** The key of a per-device setting as `sysctl -a` prints it. `device` may also be `all` or `default`. */
export function deviceSysctlKey(family: Family, device: string, name: string): string {
	return `net.ipv${family}.conf.${device.replaceAll(".", "/")}.${name}`;
}

/** A per-device setting alone, without `all`. A device takes `default`'s value when it is made. */
export function deviceSysctl(namespace: Namespace, family: Family, device: string, name: string): number {
	const value =
		namespace.sysctls.get(deviceSysctlKey(family, device, name)) ??
		namespace.sysctls.get(deviceSysctlKey(family, "default", name)) ??
		KERNEL_DEVICE_DEFAULTS.get(name);
	return Number(value ?? 0);
}

/** A per-device setting with `all` as IN_DEV_MAXCONF and IN_DEV_ORCONF combine them (include/linux/inetdevice.h). */
export function effectiveDeviceSysctl(namespace: Namespace, family: Family, device: string, name: string): number {
	const all = Number(namespace.sysctls.get(deviceSysctlKey(family, "all", name)) ?? 0);
	return Math.max(all, deviceSysctl(namespace, family, device, name));
}

/** Whether the namespace forwards packets of this family that came in by `device`. */
export function isForwarding(namespace: Namespace, family: Family, device: string): boolean {
	// ip6_forward() looks at `all` alone: a device's own setting says whether it is a router's.
	if (family === 6) return sysctl(namespace, deviceSysctlKey(6, "all", "forwarding")) !== "0";
	// net/ipv4/devinet.c: writing ip_forward writes conf.all.forwarding and every device's; a device's own setting decides.
	const own = namespace.sysctls.get(deviceSysctlKey(family, device, "forwarding"));
	if (own !== undefined) return own === "1" || own === "2";
	const all = namespace.sysctls.get(deviceSysctlKey(family, "all", "forwarding"));
	return all !== undefined ? all !== "0" : sysctl(namespace, "net.ipv4.ip_forward") === "1";
}
