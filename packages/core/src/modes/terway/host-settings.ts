/** How Terway sets a node's kernel: it forwards, and does not ask where a source is (plugin/driver/utils EnsureHostNsConfig). */
import type { Node } from "../../cluster/objects.ts";

/** For all, default and each of these devices. Packets come in by other devices than answers leave by: the filter must be off. */
export function hostSysctls(node: Node, devices: readonly string[]): ReadonlyMap<string, string> {
	const names = ["all", "default", ...devices];
	const hasIPv6 = node.internalIPs.some((each) => each.family === 6);
	return new Map(
		names.flatMap((name): [string, string][] => {
			// sysctl(8) writes a dot in a device's name as a slash.
			const device = name.replaceAll(".", "/");
			return [
				[`net.ipv4.conf.${device}.forwarding`, "1"],
				[`net.ipv4.conf.${device}.rp_filter`, "0"],
				...(hasIPv6 ? ([[`net.ipv6.conf.${device}.forwarding`, "1"]] as [string, string][]) : []),
			];
		}),
	);
}
