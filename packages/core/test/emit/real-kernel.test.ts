/**
 * The batches are loaded by the real tools: a namespace made by hand is read, written as batches into a second one, and
 * read again. Both must hold the same.
 */
import { describe, expect, it } from "vitest";
import type { Batch } from "../../src/emit/batch.ts";
import { bridgeFdbBatch } from "../../src/emit/bridge-fdb.ts";
import { ipAddressBatch, ipLinkBatch } from "../../src/emit/ip-link-batch.ts";
import { ipNeighBatch } from "../../src/emit/ip-neigh.ts";
import { ipRouteBatch } from "../../src/emit/ip-route.ts";
import { ipRuleBatch } from "../../src/emit/ip-rule.ts";
import { parseNamespace } from "../../src/parse/namespace.ts";
import type { Namespace } from "../../src/state/namespace.ts";
import { withoutOrigin } from "../support/parse-generators.ts";
import { hasRealKernel, inNewNamespace } from "../support/real-kernel.ts";

const DUMPS = {
	"ip-address.txt": "ip -d address",
	"ip-route.txt": "ip route show table all",
	"ip-rule.txt": "ip rule; ip -6 rule",
	"ip-neigh.txt": "ip neigh show nud all; ip neigh show proxy",
	"bridge-fdb.txt": "bridge fdb",
};

/** A namespace with one of everything that this machine's kernel can make. */
const BY_HAND = `
ip link set lo up
ip link add br0 type bridge; ip link set br0 up
ip link add va type veth peer name vb; ip link set va master br0; ip link set va type bridge_slave hairpin on learning off
ip link set vb alias "the other end"; ip link set va mtu 1400
ip link add vx0 type vxlan id 42 local 10.0.0.1 dev br0 dstport 8472 nolearning
ip link add vx1 type vxlan id 43 remote 10.0.0.9 dstport 4789 ttl 32
ip link add link br0 name mv0 type macvlan mode private
for device in va vb vx0 mv0; do ip link set $device up; done
ip address add 10.0.0.1/24 brd + dev br0; ip address add 10.0.0.2/24 dev br0; ip address add fd00::1/64 dev br0 nodad
ip address add 10.9.9.1 peer 10.9.9.2/32 dev vb; ip address add 10.7.0.1/24 label br0:x dev br0 noprefixroute
ip route add default via 10.0.0.254
ip route add 169.254.1.1 dev vb scope link; ip route add 10.1.0.0/16 via 169.254.1.1 dev vb
ip route add 10.20.0.0/16 nexthop via 10.0.0.9 dev br0 weight 1 nexthop via 10.0.0.10 dev br0 weight 3
ip route add 10.21.0.0/16 via 10.99.0.9 dev vx0 onlink metric 20 mtu 1400 proto bird
ip route add 10.32.0.0/16 via inet6 fd00::9 dev br0
ip route add 10.34.0.0/16 tos 0x10 via 10.0.0.9 src 10.0.0.2
for type in blackhole unreachable prohibit throw; do
	ip route add $type 10.30.0.0/24 metric \${#type} table 100; ip -6 route add $type fd01::/64 metric \${#type} table 100
done
ip route add local 10.31.0.0/16 dev lo table 200
ip -6 route add fd02::/64 via fd00::9 dev br0 metric 50
ip -6 route add fd03::/64 nexthop via fd00::9 dev br0 weight 2 nexthop via fd00::a dev br0
ip rule add from 10.0.0.0/8 to 10.1.0.0/16 fwmark 0x10/0xff iif br0 lookup 100 priority 5
ip rule add not from 10.0.0.5 lookup 100 priority 6
ip rule add ipproto tcp sport 5 dport 1-10 lookup 200 priority 7
ip rule add fwmark 5 blackhole priority 8; ip rule add goto 100 priority 9; ip rule add nop priority 100
ip rule add lookup main suppress_prefixlength 0 priority 10
ip -6 rule add from fd00::/8 lookup 100 priority 11; ip rule delete priority 32767
ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:01 dev br0; ip neigh add fd00::9 lladdr 02:00:00:00:00:01 dev br0
ip neigh add proxy 10.0.0.50 dev br0; ip neigh add proxy fd00::50 dev br0
bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.0.0.8; bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.0.0.9
bridge fdb add 02:00:00:00:00:05 dev vx0 dst 10.0.0.8 port 4790 vni 77
bridge fdb add 02:00:00:00:00:06 dev va master static
`;

/** The namespace that a script makes. */
function made(script: string): Namespace {
	const dumps = Object.entries(DUMPS).map(([name, command]) => `echo "== ${name}"; { ${command}; }`);
	const output = inNewNamespace(`${script}\n${dumps.join("\n")}\n`);
	const files = output
		.split(/^== /m)
		.slice(1)
		.map((section) => {
			const end = section.indexOf("\n");
			return [section.slice(0, end), section.slice(end + 1)] as const;
		});
	return parseNamespace("node/a", new Map(files));
}

function batches(namespace: Namespace): string {
	const { links, addresses, rules, routes, neighbours, fdb } = namespace;
	const load = (tool: string, ...parts: readonly Batch[]): string =>
		`${tool} -batch - <<'EOF'\n${parts.map((batch) => batch.text).join("")}EOF\n`;
	return [
		load("ip", ipLinkBatch(links), ipAddressBatch(addresses), ipRouteBatch(routes), ipNeighBatch(neighbours)),
		load("ip -4", ipRuleBatch(rules, 4)),
		load("ip -6", ipRuleBatch(rules, 6)),
		load("bridge", bridgeFdbBatch(fdb)),
	].join("");
}

/** What a batch can make: indexes, carriers, learned entries and the order of a hash table are the kernel's. */
function essence({ links, addresses, rules, routes, neighbours, fdb }: Namespace): Record<string, unknown> {
	const set = (entries: readonly unknown[]): string[] =>
		entries.map((each) => JSON.stringify(withoutOrigin(each), sortedKeys)).sort();
	return {
		links: set(links.map((link) => ({ ...link, index: 0, carrier: true }))),
		addresses: set(addresses.filter((each) => each.scope !== "link")),
		rules: withoutOrigin(rules),
		routes: set(
			routes
				.filter((route) => !/^(fe80|ff00):/.test(route.destination.text))
				.map((route) => ({ ...route, nextHops: route.nextHops.map((hop) => ({ ...hop, linkDown: false })) })),
		),
		neighbours: set(neighbours.filter((each) => each.proxy || each.state === "permanent")),
		fdb: set(fdb.filter((each) => each.destination !== undefined || each.state === "static")),
	};
}

function sortedKeys(_key: string, value: unknown): unknown {
	if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
	return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe.skipIf(!hasRealKernel)("on this machine's kernel", () => {
	it("a namespace that was read, written and read again is the same", () => {
		const first = made(BY_HAND);
		expect(first.notUnderstood).toEqual([]);
		const second = made(batches(first));
		expect(essence(second)).toEqual(essence(first));
		expect(first.routes.length).toBeGreaterThan(30);
	});
});
