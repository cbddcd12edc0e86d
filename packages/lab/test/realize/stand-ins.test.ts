/** What stands in for eBPF programs: filters of tc, as text. `atlas check --lab` proves them on a kernel. */
import { address, hostPrefix, type ProgramRedirect, prefix, type TcFilter, unicastRoute } from "@podpath/core";
import { describe, expect, test } from "vitest";
import { standIns } from "../../src/realize/stand-ins.ts";
import { stack } from "./stacks.ts";

const ORIGIN = { component: "test" };
type Effect = Extract<TcFilter["actions"][number], { kind: "program" }>["effect"];

const service = (...backends: readonly string[]): Effect["services"][number] => ({
	match: { kind: "address", protocol: "tcp", address: address("192.168.0.1"), port: 80 },
	scheduler: "random",
	flags: [],
	servers: backends.map((each) => ({
		address: address(each),
		port: 8080,
		method: "masq",
		weight: 1,
		origin: ORIGIN,
	})),
	origin: ORIGIN,
});

function node(effect: Partial<Effect>, more: Partial<TcFilter> = {}) {
	const program: TcFilter["actions"][number] = {
		kind: "program",
		name: "from",
		effect: { services: [], answers: false, redirects: [], ...effect },
	};
	const state = stack("node/a", {
		links: [
			{ kind: "veth", name: "cali1", mac: "02:00:00:00:00:01" },
			{ kind: "veth", name: "cali2", mac: "02:00:00:00:00:02" },
			{ kind: "physical", name: "eth1", mac: "02:00:00:00:00:0e" },
		],
	});
	const filter: TcFilter = {
		device: "cali1",
		direction: "ingress",
		priority: 25000,
		protocol: "all",
		actions: [program],
		origin: ORIGIN,
		...more,
	};
	return { ...state, tcFilters: [filter] };
}

const pod = stack("pod/d/b", { links: [{ kind: "veth", name: "eth0", mac: "02:00:00:00:00:0b" }] });
const found = (state: ReturnType<typeof node>) =>
	standIns({
		stacks: [state, pod],
		cables: [{ from: { place: "node/a", device: "cali2" }, to: { place: "pod/d/b", device: "eth0" } }],
		nameOf: () => "n1",
	});
const lines = (text: string | undefined): readonly string[] => (text ?? "").trim().split("\n");

describe("a redirect", () => {
	const toPod: ProgramRedirect = {
		destination: prefix("10.0.0.2/32"),
		route: unicastRoute(prefix("10.0.0.2/32"), { device: "cali2", origin: ORIGIN }),
	};

	test("to a pod is a frame for the MAC at the veth's other end", () => {
		expect(lines(found(node({ redirects: [toPod] })).redirects.get("node/a"))).toEqual([
			"filter add dev cali1 ingress protocol ip prio 25000 u32 match ip dst 10.0.0.2/32 action pedit ex munge eth dst set 02:00:00:00:00:0b munge eth src set 02:00:00:00:00:02 pipe action mirred egress redirect dev cali2",
		]);
	});

	test("to a gateway is one for the VPC; none is for the stack, and the first that fits counts", () => {
		const redirects: readonly ProgramRedirect[] = [
			{ destination: prefix("10.0.0.9/32"), route: null },
			{
				source: hostPrefix(address("fd00::1")),
				route: unicastRoute(prefix("::/0"), { via: address("fe80::1"), device: "eth1", origin: ORIGIN }),
			},
		];
		expect(lines(found(node({ redirects })).redirects.get("node/a"))).toEqual([
			"filter add dev cali1 ingress protocol ip prio 25000 u32 match ip dst 10.0.0.9/32 action pass",
			"filter add dev cali1 ingress protocol ipv6 prio 25001 u32 match ip6 src fd00::1/128 action pedit ex munge eth dst set ee:ff:ff:ff:ff:ff munge eth src set 02:00:00:00:00:0e pipe action mirred egress redirect dev eth1",
		]);
	});

	test("to a gateway that a machine of the lab is goes to that machine's MAC; what misses is dropped after all others", () => {
		const leaf = stack("host/leaf", {
			links: [{ kind: "physical", name: "eth0", mac: "02:00:00:00:00:1e" }],
			addresses: [["eth0", "10.0.0.254/24"]],
		});
		const to = prefix("10.9.0.0/16");
		const route = unicastRoute(to, { via: address("10.0.0.254"), device: "eth1", origin: ORIGIN });
		const [plain] = node({ redirects: [{ destination: to, route }] }).tcFilters;
		const actions = [...(plain?.actions ?? []), { kind: "drop" } as const];
		const state = node({}, { priority: 100, actions });
		const { redirects, programs } = standIns({ stacks: [state, leaf], cables: [], nameOf: () => "n1" });
		// Below what is translated (1000 and on), whatever the filter's own number is.
		expect(lines(redirects.get("node/a"))).toEqual([
			"filter add dev cali1 ingress protocol ip prio 20000 u32 match ip dst 10.9.0.0/16 action pedit ex munge eth dst set 02:00:00:00:00:1e munge eth src set 02:00:00:00:00:0e pipe action mirred egress redirect dev eth1",
			"filter add dev cali1 ingress protocol ip prio 20001 u32 match u32 0 0 action drop",
			"filter add dev cali1 ingress protocol ipv6 prio 20002 u32 match u32 0 0 action drop",
		]);
		expect(programs.map(({ stoodInFor }) => stoodInFor)).toEqual([true]);
	});

	test("to where nobody knows a MAC has nothing that stands in for it", () => {
		const astray: ProgramRedirect = {
			...toPod,
			route: unicastRoute(prefix("10.0.0.2/32"), { device: "eth1", origin: ORIGIN }),
		};
		expect(found(node({ redirects: [astray] })).programs).toEqual([
			{ place: "node/a", device: "cali1", name: "from", stoodInFor: false },
		]);
	});
});

describe("the translation of a Service", () => {
	test("leads connections to backends by the last bits of their source port, and asks the next filter", () => {
		const [translation] = found(node({ services: [service("10.0.0.2", "10.0.0.3")] })).translations;
		const asked = "u32 match ip protocol 6 0xff match ip dst 192.168.0.1/32 match ip dport 80 0xffff";
		const to = (backend: string): string =>
			`action pedit ex munge ip dst set ${backend} munge tcp dport set 8080 pipe action csum ip4h tcp continue`;
		expect(translation?.virtual).toEqual({ protocol: "tcp", port: 80, address: "192.168.0.1" });
		expect(lines(translation?.add)).toEqual([
			`filter add dev cali1 ingress protocol ip prio 1000 ${asked} match ip sport 0 0x1 ${to("10.0.0.2")}`,
			`filter add dev cali1 ingress protocol ip prio 1001 ${asked} match ip sport 1 0x1 ${to("10.0.0.3")}`,
		]);
		expect(lines(translation?.remove)).toEqual([
			"filter del dev cali1 ingress prio 1000",
			"filter del dev cali1 ingress prio 1001",
		]);
	});

	test("gives answers the Service's address where a program does", () => {
		const [translation] = found(node({ services: [service("10.0.0.2")], answers: true })).translations;
		expect(lines(translation?.add)[1]).toBe(
			"filter add dev cali1 ingress protocol ip prio 1001 u32 match ip protocol 6 0xff match ip src 10.0.0.2/32 match ip sport 8080 0xffff action pedit ex munge ip src set 192.168.0.1 munge tcp sport set 80 pipe action csum ip4h tcp continue",
		);
	});

	test("is not made where the program is a part of what its filter does", () => {
		const { translations, programs } = found(node({ services: [service("10.0.0.2")] }, { protocol: "802.1Q" }));
		expect(translations).toEqual([]);
		expect(programs).toMatchObject([{ stoodInFor: false }]);
	});
});
