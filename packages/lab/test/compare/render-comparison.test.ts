/** What a person reads of a comparison, in full. */
import { type PredictedWay, paintFor } from "@podpath/core";
import { expect, test } from "vitest";
import { compareWays } from "../../src/compare/compare.ts";
import { renderComparison, renderTally } from "../../src/compare/render-comparison.ts";
import { askRouter, askVxlan, observed, routerPlan, vxlanPlan } from "./recorded-networks.ts";

const paint = paintFor(false);
const asLines = (text: string): readonly string[] => text.split("\n");

const onlyDnat = `*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -d 192.0.2.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.2.2:8080
COMMIT
`;
/** The recorded router masqueraded too: here the prediction does not know that. */
const withoutMasquerade = compareWays(
	askRouter({ rules: onlyDnat }, { protocol: "tcp", to: "192.0.2.1:80", sourcePort: 41006 }),
	observed("nat-plain"),
	routerPlan,
);

test("agreement: each hop once, with the outer and the inner packet", () => {
	const ways = askVxlan({ protocol: "tcp", to: "10.244.2.0:8080", sourcePort: 41020 });
	const text = renderComparison(compareWays(ways, observed("vxlan"), vxlanPlan), { paint });
	expect(asLines(text).slice(0, 9)).toEqual([
		"agrees",
		"predicted delivered: Delivered to 10.244.2.0:8080; the client met: answered",
		"",
		"   forward                predicted                                                                                     observed",
		"1  node/n1 flannel.1 out  syn 10.244.1.0:41020 > 10.244.2.0:8080 ttl 64                                                 same",
		"2  node/n1 eth0 out       vxlan 1 192.168.0.1 > 192.168.0.2 ttl 64 | syn 10.244.1.0:41020 > 10.244.2.0:8080 ttl 64      same",
		"3  segment/lan            vxlan 1 192.168.0.1 > 192.168.0.2 ttl 64 | syn 10.244.1.0:41020 > 10.244.2.0:8080 ttl 64      same",
		"4  node/n2 eth0 in        vxlan 1 192.168.0.1 > 192.168.0.2 ttl 64 | syn 10.244.1.0:41020 > 10.244.2.0:8080 ttl 64      same",
		"5  node/n2 flannel.1 in   syn 10.244.1.0:41020 > 10.244.2.0:8080 ttl 64                                                 same",
	]);
	expect(text).not.toContain(">  ");
});

test("a difference: what parts first is said first and marked, both sides beside each other", () => {
	expect(asLines(renderComparison(withoutMasquerade, { paint }))).toEqual([
		"differs: forward hop 3 (node/r right out), source: predicted 10.0.1.1:41006, observed 10.0.2.254:41006",
		"predicted delivered: Delivered to 10.0.2.2:8080; the client met: answered",
		"",
		"      forward           predicted                                      observed",
		"   1  host/a eth0 out   syn 10.0.1.1:41006 > 192.0.2.1:80 ttl 64       same",
		"   2  node/r left in    syn 10.0.1.1:41006 > 192.0.2.1:80 ttl 64       same",
		">  3  node/r right out  syn 10.0.1.1:41006 > 10.0.2.2:8080 ttl 63      syn 10.0.2.254:41006 > 10.0.2.2:8080 ttl 63",
		"   4  host/b eth0 in    syn 10.0.1.1:41006 > 10.0.2.2:8080 ttl 63      syn 10.0.2.254:41006 > 10.0.2.2:8080 ttl 63",
		"",
		"      answer            predicted                                      observed",
		"   1  host/b eth0 out   syn-ack 10.0.2.2:8080 > 10.0.1.1:41006 ttl 64  syn-ack 10.0.2.2:8080 > 10.0.2.254:41006 ttl 64",
		"   2  node/r right in   syn-ack 10.0.2.2:8080 > 10.0.1.1:41006 ttl 64  syn-ack 10.0.2.2:8080 > 10.0.2.254:41006 ttl 64",
		"   3  node/r left out   syn-ack 192.0.2.1:80 > 10.0.1.1:41006 ttl 63   same",
		"   4  host/a eth0 in    syn-ack 192.0.2.1:80 > 10.0.1.1:41006 ttl 63   same",
		"",
		"server",
		"  predicted  host/b as 10.0.2.2:8080, from 10.0.1.1:41006",
		"  observed   host/b as 10.0.2.2:8080, from 10.0.2.254:41006",
		"",
		"connections of node/r",
		"  predicted  tcp 10.0.1.1:41006 > 192.0.2.1:80, answers 10.0.2.2:8080 > 10.0.1.1:41006",
		"  observed   tcp 10.0.1.1:41006 > 192.0.2.1:80, answers 10.0.2.2:8080 > 10.0.2.254:41006",
		"",
	]);
});

test("a terminal that is too narrow for both sides has them below each other", () => {
	const lines = asLines(renderComparison(withoutMasquerade, { paint, width: 80 }));
	expect(lines.slice(3, 8)).toEqual([
		"      forward",
		"   1  host/a eth0 out   syn 10.0.1.1:41006 > 192.0.2.1:80 ttl 64",
		"   2  node/r left in    syn 10.0.1.1:41006 > 192.0.2.1:80 ttl 64",
		">  3  node/r right out  predicted  syn 10.0.1.1:41006 > 10.0.2.2:8080 ttl 63",
		"                        observed   syn 10.0.2.254:41006 > 10.0.2.2:8080 ttl 63",
	]);
	expect(Math.max(...lines.slice(3, 20).map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("what a packet's text does not show, a MAC, is told beside it", () => {
	const ways = askRouter({}, { protocol: "udp", to: "10.0.2.2:8080", sourcePort: 41000 }).map(
		(way): PredictedWay => ({
			...way,
			forward: way.forward.map((hop) => ({
				...hop,
				ethernet: { source: hop.ethernet?.source ?? "", destination: "02:00:00:00:00:77" },
			})),
		}),
	);
	expect(renderComparison(compareWays(ways, observed("udp"), routerPlan), { paint })).toContain(
		"ttl 64 (destination MAC 02:00:00:00:00:03, not 02:00:00:00:00:77)",
	);
});

test("a loop's further rounds are one line", () => {
	const ways = askRouter({ loop: true }, { protocol: "udp", to: "203.0.113.9:80", sourcePort: 42040 });
	const lines = asLines(renderComparison(compareWays(ways, observed("loop"), routerPlan), { paint }));
	expect(lines.at(-2)).toMatch(/^9 .*not predicted .* ttl 60 \(round again, as \d+ times more until the end\)$/);
});

test("a packet that never leaves its stack", () => {
	const ways = askRouter({}, { protocol: "tcp", to: "198.51.100.2:80", sourcePort: 42012 });
	const lines = asLines(renderComparison(compareWays(ways, observed("route-prohibit"), routerPlan), { paint }));
	expect(lines[0]).toBe("agrees");
	expect(lines[1]).toMatch(/; the client met: EACCES$/);
	expect(lines.slice(2).join("\n")).toContain("on no device");
});

test("what was not compared says why", () => {
	expect(renderComparison({ kind: "not-compared", why: "the lab has no node/c" }, { paint })).toBe(
		"not compared: the lab has no node/c\n",
	);
});

test("colours come from the painter alone", () => {
	const marked = renderComparison(withoutMasquerade, { paint: (role, text) => `<${role}>${text}</>` });
	expect(marked).toContain("<bad>differs</>");
	expect(marked).toContain("<bad>></>");
	expect(marked).toContain("<good>same</>");
});

test("a tally", () => {
	const ways = [
		{ weight: 2 / 3, seen: 9 },
		{ weight: 1 / 3, seen: 0 },
	];
	expect(asLines(renderTally({ ways, neverSeen: [1], disagreements: [], notCompared: 1 }, paint))).toEqual([
		"way 1  66.7 % predicted  seen 9 times of 10",
		"way 2  33.3 % predicted  never seen in 10 probes",
		"1 probe could not be compared",
		"",
	]);
});
