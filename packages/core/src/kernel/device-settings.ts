/** The per-device sysctls that the packet path asks for at every step, read once for each device. */
import type { Family } from "../address/address.ts";
import type { Namespace } from "../state/namespace.ts";
import { effectiveDeviceSysctl, isForwarding } from "../state/sysctl.ts";

export interface DeviceSettings {
	/** `all` and the device's own value combined, as the kernel combines them for each setting. */
	readonly rpFilter: number;
	readonly acceptLocal: boolean;
	readonly srcValidMark: boolean;
	readonly routeLocalnet: boolean;
	readonly proxyArp: boolean;
	readonly proxyNdp: boolean;
	readonly arpIgnore: number;
	readonly forwarding: Readonly<Record<Family, boolean>>;
}

/** Of all devices of all nodes there are few different ones, so each is kept once. */
const known = new Map<string, DeviceSettings>();

/** The settings of a device. */
export function deviceSettings(namespace: Namespace, device: string): DeviceSettings {
	const settings = readSettings(namespace, device);
	const key = JSON.stringify(settings);
	const before = known.get(key);
	if (before === undefined) known.set(key, settings);
	return before ?? settings;
}

function readSettings(namespace: Namespace, device: string): DeviceSettings {
	const effective = (name: string): number => effectiveDeviceSysctl(namespace, 4, device, name);
	return {
		rpFilter: effective("rp_filter"),
		acceptLocal: effective("accept_local") !== 0,
		srcValidMark: effective("src_valid_mark") !== 0,
		routeLocalnet: effective("route_localnet") !== 0,
		proxyArp: effective("proxy_arp") !== 0,
		proxyNdp: effectiveDeviceSysctl(namespace, 6, device, "proxy_ndp") !== 0,
		arpIgnore: effective("arp_ignore"),
		forwarding: { 4: isForwarding(namespace, 4, device), 6: isForwarding(namespace, 6, device) },
	};
}
