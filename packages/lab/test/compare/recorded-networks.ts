/** The networks in which the observations of fixtures/ were made, and their plans as the lab would have them. */
import { readFileSync } from "node:fs";
import { type PredictedWay, predict, type Question } from "@podpath/core";
import { card, stack, subjectOf } from "../../../core/test/support/stacks.ts";
import type { LabPlan } from "../../src/lab-plan.ts";
import type { Observation } from "../../src/observation.ts";

interface Recording {
	readonly observations: Readonly<Record<string, Observation>>;
}

const recordings = ["linux.json", "linux-failures.json"].map(
	(file) => JSON.parse(readFileSync(new URL(`fixtures/${file}`, import.meta.url), "utf8")) as Recording,
);

export function observed(name: string): Observation {
	const observation = recordings.map(({ observations }) => observations[name]).find((each) => each !== undefined);
	if (observation === undefined) throw new Error(`no observation "${name}" was recorded`);
	return observation;
}

const CLIENT_ROUTES = ["blackhole", "unreachable", "prohibit"].flatMap((type, i) => [
	`${type} 198.51.100.${i}`,
	`${type} fd00:9::${i + 1} dev lo metric 1024`,
]);

export interface RouterOptions {
	/** `iptables-save` of node/r, `ip6tables-save` of the same, and the first of host/a. */
	readonly rules?: string;
	readonly rules6?: string;
	readonly clientRules?: string;
	readonly listening?: boolean;
	/** node/r and host/b have each other as their default gateway. */
	readonly loop?: boolean;
}

/**
 * host/a - node/r - host/b, in both families. The engine takes it that a machine listens, but not on a dummy device's
 * addresses: with `listening` off, host/b has the same addresses there, which looks no different from outside.
 */
function router({ rules = "", rules6 = "", clientRules = "", listening = true, loop = false }: RouterOptions) {
	const four = { a: "10.0.1.1/24", left: "10.0.1.254/24", right: "10.0.2.254/24", b: "10.0.2.2/24" };
	const six = { a: "fd00:1::1/64", left: "fd00:1::fe/64", right: "fd00:2::fe/64", b: "fd00:2::2/64" };
	return subjectOf({
		namespaces: [
			stack("host/a", {
				"ip-address": card(2, "eth0", [four.a, six.a]),
				"ip-route": [
					"default via 10.0.1.254 dev eth0",
					"10.0.1.0/24 dev eth0 scope link src 10.0.1.1",
					"fd00:1::/64 dev eth0 metric 256",
					"default via fd00:1::fe dev eth0 metric 1024",
					...CLIENT_ROUTES,
				].join("\n"),
				"iptables-save": clientRules,
			}),
			stack("node/r", {
				"ip-address": [card(3, "left", [four.left, six.left]), card(4, "right", [four.right, six.right])].join("\n"),
				"ip-route": [
					"10.0.1.0/24 dev left scope link src 10.0.1.254",
					"10.0.2.0/24 dev right scope link src 10.0.2.254",
					"fd00:1::/64 dev left metric 256",
					"fd00:2::/64 dev right metric 256",
					...(loop ? ["default via 10.0.2.2 dev right"] : []),
				].join("\n"),
				sysctl: "net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 1",
				// IPv6 answers for a device's own addresses only (ndisc_recv_ns), so a dummy's is given here.
				"ip-neigh": listening ? "" : "fd00:2::2 dev right lladdr 02:00:00:00:00:05 PERMANENT",
				"iptables-save": rules,
				"ip6tables-save": rules6,
			}),
			stack("host/b", {
				"ip-address": listening
					? card(5, "eth0", [four.b, six.b])
					: [
							card(5, "eth0", ["10.0.2.3/24", "fd00:2::3/64"]),
							card(6, "dummy0", ["10.0.2.2/32", "fd00:2::2/128"], { kind: "dummy" }),
						].join("\n"),
				"ip-route": [
					"default via 10.0.2.254 dev eth0",
					"10.0.2.0/24 dev eth0 scope link src 10.0.2.2",
					"fd00:2::/64 dev eth0 metric 256",
					"default via fd00:2::fe dev eth0 metric 1024",
				].join("\n"),
				sysctl: `net.ipv4.ip_forward = ${loop ? 1 : 0}`,
			}),
		],
		wires: [
			{ from: { place: "host/a", device: "eth0" }, to: { kind: "device", place: "node/r", device: "left" } },
			{ from: { place: "host/b", device: "eth0" }, to: { kind: "device", place: "node/r", device: "right" } },
		],
	});
}

const plan = (namespaces: LabPlan["namespaces"], ports: LabPlan["ports"]): LabPlan => ({
	namespaces,
	ports,
	steps: [],
	needs: new Set(),
	omitted: [],
	programs: [],
	translations: [],
	folded: [],
	carriers: [],
	floods: [],
});

export const routerPlan: LabPlan = plan(
	[
		{ name: "r", place: "node/r" },
		{ name: "a", place: "host/a" },
		{ name: "b", place: "host/b" },
	],
	[],
);

/** The ways of a question from host/a. */
export function askRouter(options: RouterOptions, question: Omit<Question, "from">): readonly PredictedWay[] {
	return predict(router(options), { from: "host/a", ...question });
}

/** Two nodes on a switch, with flannel's VXLAN between them. */
export function askVxlan(question: Omit<Question, "from">): readonly PredictedWay[] {
	const node = (own: number, other: number) =>
		stack(`node/n${own}`, {
			"ip-address": [
				card(16 + own, "eth0", [`192.168.0.${own}/24`]),
				card(48 + own, "flannel.1", [`10.244.${own}.0/32`], {
					kind: `vxlan id 1 local 192.168.0.${own} dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300`,
				}),
			].join("\n"),
			"ip-route": [
				`192.168.0.0/24 dev eth0 scope link src 192.168.0.${own}`,
				`10.244.${other}.0/24 via 10.244.${other}.0 dev flannel.1 onlink`,
			].join("\n"),
			"ip-neigh": `10.244.${other}.0 dev flannel.1 lladdr 02:00:00:00:00:3${other} PERMANENT`,
			"bridge-fdb": `02:00:00:00:00:3${other} dev flannel.1 dst 192.168.0.${other} self permanent`,
		});
	const namespaces = [node(1, 2), node(2, 1)];
	const cards = namespaces.map(({ place, links, addresses }) => ({
		place,
		device: "eth0",
		mac: links.find(({ name }) => name === "eth0")?.mac ?? "",
		addresses: addresses.filter(({ device }) => device === "eth0").map(({ address }) => address),
	}));
	const segment = {
		kind: "segment",
		place: "segment/lan",
		prefixes: [],
		gateways: [],
		attachments: cards,
		mtu: 1500,
		origin: { component: "test" },
	} as const;
	const wires = cards.map(({ place, device }) => ({
		from: { place, device },
		to: { kind: "fabric", fabric: "segment/lan" } as const,
	}));
	const subject = subjectOf({ namespaces, wires, fabric: [segment] });
	return predict(subject, { from: "node/n1", ...question });
}

export const vxlanPlan: LabPlan = plan(
	[
		{ name: "sw", place: "segment/lan" },
		{ name: "n1", place: "node/n1" },
		{ name: "n2", place: "node/n2" },
	],
	[
		{ namespace: "sw", device: "s1", fabric: "segment/lan", to: { place: "node/n1", device: "eth0" } },
		{ namespace: "sw", device: "s2", fabric: "segment/lan", to: { place: "node/n2", device: "eth0" } },
	],
);
