/**
 * The network of these tests: a client `c`, a router `r` and a server `s`, in both families.
 *
 *     c 10.1.0.2 fd01::2 ── 10.1.0.1 fd01::1 r 10.2.0.1 fd02::1 ── 10.2.0.2 fd02::2 s
 *
 * The router's cable to the server has an MTU of 1,300. It has no way to 10.9.0.1 and fd09::1 and does not say so; to
 * 10.9.0.2 and fd09::2 it says "host unreachable", to 10.9.0.3 and fd09::3 "prohibited".
 */
import type { Backend, LabStep } from "../../src/index.ts";

export const NAMES: readonly string[] = ["r", "c", "s"];

export const FAMILIES: readonly Family[] = [
	{
		family: "IPv4",
		client: "10.1.0.2",
		server: "10.2.0.2",
		lost: "10.9.0.1",
		unreachable: "10.9.0.2",
		prohibited: "10.9.0.3",
	},
	{
		family: "IPv6",
		client: "fd01::2",
		server: "fd02::2",
		lost: "fd09::1",
		unreachable: "fd09::2",
		prohibited: "fd09::3",
	},
];

export interface Family {
	readonly family: string;
	readonly client: string;
	readonly server: string;
	readonly lost: string;
	readonly unreachable: string;
	readonly prohibited: string;
}

export async function buildThreeMachines(lab: Backend): Promise<void> {
	await lab.addNamespaces(NAMES.map((name) => ({ name })));
	await lab.run([
		ip(
			undefined,
			"link add eth0 netns c type veth peer name eth0 netns r",
			"link add eth0 netns s type veth peer name eth1 netns r",
		),
		{
			kind: "sysctl",
			namespace: "r",
			settings: [
				["net/ipv4/ip_forward", "1"],
				["net/ipv6/conf/all/forwarding", "1"],
				// Each refusal is said: the kernel would else hold some back (ip-sysctl.rst, icmp_ratelimit).
				["net/ipv4/icmp_ratelimit", "0"],
				["net/ipv6/icmp/ratelimit", "0"],
			],
		},
		ip(
			"c",
			...machine("eth0", "10.1.0.2", "fd01::2"),
			"route add default via 10.1.0.1",
			"route add default via fd01::1",
		),
		ip(
			"s",
			...machine("eth0", "10.2.0.2", "fd02::2"),
			"link set eth0 mtu 1300",
			"route add default via 10.2.0.1",
			"route add default via fd02::1",
		),
		ip(
			"r",
			...machine("eth0", "10.1.0.1", "fd01::1"),
			...machine("eth1", "10.2.0.1", "fd02::1"),
			"link set eth1 mtu 1300",
			...["blackhole 10.9.0.1", "unreachable 10.9.0.2", "prohibit 10.9.0.3"].map((route) => `route add ${route}`),
			...["blackhole fd09::1", "unreachable fd09::2", "prohibit fd09::3"].map((route) => `route add ${route}`),
		),
	]);
}

function machine(device: string, ipv4: string, ipv6: string): readonly string[] {
	return [`addr add ${ipv4}/24 dev ${device}`, `addr add ${ipv6}/64 dev ${device} nodad`, `link set ${device} up`];
}

function ip(namespace: string | undefined, ...lines: readonly string[]): LabStep {
	return {
		kind: "run",
		...(namespace !== undefined && { namespace }),
		argv: ["ip", "-b", "-"],
		stdin: `${lines.join("\n")}\n`,
	};
}
