/** The routes that podpath computes from BGP sessions are those that BIRD puts into the kernel. */
import { BgpNetwork, contains, parseAddress } from "@podpath/core";
import { describe, expect, test } from "vitest";
import { hasSessionsDown, routeText } from "../../src/bgp/bgp-plan.ts";
import { birdConfiguration, birdRule } from "../../src/bgp/bird-configuration.ts";
import { exchange } from "../../src/bgp/exchange.ts";
import { openBackend } from "../../src/index.ts";
import type { LabBgp } from "../../src/lab-plan.ts";
import { onEachKernel } from "../kernels-here.ts";
import { namespacesOf, stepsOf } from "./cable.ts";
import { REJECTING, type Router, speakersOf, subnetsOf, TOPOLOGIES, type Topology } from "./topologies.ts";

onEachKernel(
	["veth", "bridge", "bird"],
	({ kind }) => {
		test.for(TOPOLOGIES)("$title", async (topology) => {
			const bgp = bgpOf(topology);
			// A topology without any route would prove nothing.
			expect(bgp.speakers.flatMap(({ routes }) => routes)).not.toEqual([]);
			const lab = await openBackend({ kind, needs: new Set(["veth", "bridge", "bird"]) });
			try {
				await lab.addNamespaces(namespacesOf(topology));
				await lab.run(stepsOf(topology));
				await exchange(lab, bgp);
			} finally {
				await lab.close();
			}
		});

		test("one that is not computed is refused", async () => {
			const topology = TOPOLOGIES.find(({ title }) => title === "a full mesh of three") as Topology;
			const bgp = bgpOf(topology);
			const [first, ...others] = bgp.speakers;
			const lab = await openBackend({ kind, needs: new Set(["veth", "bridge", "bird"]) });
			try {
				await lab.addNamespaces(namespacesOf(topology));
				await lab.run(stepsOf(topology));
				// One route too few, which BIRD brings all the same; a session that must not stand is waited for.
				const spoilt = { ...bgp, speakers: [{ ...(first as (typeof others)[number]), routes: [] }, ...others] };
				await expect(exchange(lab, spoilt, { mostSeconds: 4 })).rejects.toThrow(
					/^BIRD has other routes than were computed: n1 has 10\.244\.2\.0\/26 via 10\.9\.0\.2, 10\.244\.3\.0\/26 via 10\.9\.0\.3/,
				);
			} finally {
				await lab.close();
			}
		});
	},
	["userns"],
);

describe("a rule of a filter is written as confd writes it", () => {
	test.each(Object.entries(REJECTING))("%s", (_, { bird, rule }) => {
		expect(rule.map(birdRule).join(" ")).toBe(bird);
	});
});

function bgpOf(topology: Topology): LabBgp {
	const network = new BgpNetwork(speakersOf(topology));
	return {
		speakers: network.speakers.map((speaker, i) => {
			const router = topology.routers[i] as Router;
			const learned = [...network.routesOf(speaker).values()].filter(({ best }) => best.learned !== null);
			const routes = learned.map(({ best, nextHops }) => {
				const used = router.direct === true ? nextHops.slice(0, 1) : nextHops;
				return routeText(
					best.prefix.text,
					used.map(({ text }) => gatewayTo(router, text)),
				);
			});
			const { name } = router;
			return { place: name, namespace: name, configuration: birdConfiguration([speaker]), routes: routes.sort() };
		}),
		routes: [],
		hasSessionsDown: hasSessionsDown(network.speakers),
	};
}

/** A next hop that is not on the link is reached by the default route. */
function gatewayTo(router: Router, nextHop: string): string {
	const address = parseAddress(nextHop);
	const onLink = address !== undefined && subnetsOf(router).some((subnet) => contains(subnet, address));
	return onLink ? nextHop : (router.gateway ?? "none");
}
