/** Sysctls that a packet's way depends on. */
import { KERNEL, type SourcePosition } from "../../origin/origin.ts";
import type { Namespace } from "../../state/namespace.ts";
import { KERNEL_DEVICE_DEFAULTS, sysctl } from "../../state/sysctl.ts";
import { type Difference, namespaceRepair } from "../difference.ts";

export function compareSysctls(expected: Namespace, actual: Namespace): readonly Difference[] {
	if (actual.missing.has("sysctl")) return [];
	const there = new Set(actual.links.map(({ name }) => name));
	const keys = [...actual.sysctls.keys(), ...expected.sysctls.keys()].filter((key) => matters(key, there));
	const found = new Map<string, Difference>();
	for (const key of keys) {
		const [wanted, real] = [settingOf(expected, key), settingOf(actual, key)];
		if (wanted === undefined || real === undefined || wanted === real || found.has(key)) continue;
		// A kernel without the module has no such key.
		if (!actual.sysctls.has(key) && !isDeviceKey(key)) continue;
		found.set(key, sysctlDifference(actual, key, wanted, real));
	}
	return grouped([...found.values()]);
}

const DEVICE_KEY = /^net\.ipv[46]\.conf\.([^.]+)\.([^.]+)$/;

function isDeviceKey(key: string): boolean {
	return DEVICE_KEY.test(key);
}

/** Only what the engine asks for; `default` counts for devices to come. */
function matters(key: string, devices: ReadonlySet<string>): boolean {
	const [, device, name] = DEVICE_KEY.exec(key) ?? [];
	if (device === undefined || name === undefined) return ASKED.has(key) || key.startsWith("net.bridge.bridge-nf-");
	if (device === "default" || device === "lo") return false;
	return KERNEL_DEVICE_DEFAULTS.has(name) && (device === "all" || devices.has(device.replaceAll("/", ".")));
}

const ASKED: ReadonlySet<string> = new Set([
	"net.ipv4.ip_forward",
	"net.ipv4.vs.conntrack",
	"net.ipv4.vs.snat_reroute",
	"net.ipv4.vs.expire_nodest_conn",
	"net.ipv4.fwmark_reflect",
	"net.netfilter.nf_conntrack_tcp_be_liberal",
]);

/** What is set, else what a device is made with, else the kernel's default. */
function settingOf(namespace: Namespace, key: string): string | undefined {
	const own = sysctl(namespace, key);
	if (own !== undefined) return own;
	const [, device, name = ""] = DEVICE_KEY.exec(key) ?? [];
	if (device === undefined) return undefined;
	const family = key.startsWith("net.ipv4") ? "ipv4" : "ipv6";
	if (name === "forwarding") {
		const all = namespace.sysctls.get(`net.${family}.conf.all.forwarding`);
		if (all !== undefined) return all;
		return family === "ipv4" ? namespace.sysctls.get("net.ipv4.ip_forward") : "0";
	}
	if (device === "all") return KERNEL_DEVICE_DEFAULTS.get(name);
	return namespace.sysctls.get(`net.${family}.conf.default.${name}`) ?? KERNEL_DEVICE_DEFAULTS.get(name);
}

function sysctlDifference(actual: Namespace, key: string, wanted: string, real: string): Difference {
	const { place } = actual;
	const source = sourceOf(actual, key);
	return {
		code: "sysctl-wrong",
		place,
		part: "sysctl",
		change: "wrong",
		device: null,
		subject: key,
		expected: { text: `${key} = ${wanted}`, origin: KERNEL },
		actual: { text: `${key} = ${real}`, origin: { ...KERNEL, ...(source !== undefined && { source }) } },
		repairs: [
			namespaceRepair(place, (namespace) => ({
				...namespace,
				sysctls: new Map([...namespace.sysctls, [key, wanted]]),
			})),
		],
		fix: { command: `sysctl -w ${key}=${wanted}` },
		consequences: [],
	};
}

function sourceOf({ sysctls, sysctlLines, files }: Namespace, key: string): SourcePosition | undefined {
	const file = files?.get("sysctl");
	const line = sysctlLines?.[[...sysctls.keys()].indexOf(key)];
	return file === undefined || line === undefined ? undefined : { file, line };
}

/** net/ipv4/devinet.c: who writes ip_forward writes every device's forwarding with it. */
function grouped(differences: readonly Difference[]): readonly Difference[] {
	const heads = ["net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding", "net.ipv6.conf.all.forwarding"];
	const head = (family: string): Difference | undefined =>
		heads
			.map((key) => differences.find(({ subject }) => subject === key))
			.find((each) => each?.subject.startsWith(family));
	const leads = new Map(["net.ipv4.", "net.ipv6."].map((family) => [family, head(family)]));
	const followers = (lead: Difference | undefined, family: string): readonly Difference[] =>
		differences.filter(
			({ subject }) => subject.startsWith(family) && subject !== lead?.subject && /forward/.test(subject),
		);
	const taken = new Set([...leads].flatMap(([family, lead]) => (lead === undefined ? [] : followers(lead, family))));
	return differences
		.filter((each) => !taken.has(each))
		.map((each) => {
			const family = [...leads].find(([, lead]) => lead === each)?.[0];
			return family === undefined ? each : { ...each, consequences: followers(each, family) };
		});
}
