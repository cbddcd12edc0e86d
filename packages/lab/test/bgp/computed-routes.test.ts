/** The routes that podpath computes from BGP sessions are those that BIRD puts into the kernel. */
import { BgpNetwork, contains, parseAddress, parsePrefix } from "@podpath/core";
import { expect, test, vi } from "vitest";
import { type Backend, openBackend } from "../../src/index.ts";
import { onEachKernel } from "../kernels-here.ts";
import { namespacesOf, showRoutes, stepsOf, wake } from "./bird.ts";
import { type Router, speakersOf, subnetsOf, TOPOLOGIES, type Topology } from "./topologies.ts";

/** By router, the gateways by prefix. */
type Tables = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

onEachKernel(
	["veth", "bridge", "bird"],
	({ kind }) => {
		test.for(TOPOLOGIES)("$title", async (topology) => {
			const expected = computed(topology);
			// A topology without any route would prove nothing.
			expect(Object.values(expected).flatMap((table) => Object.keys(table))).not.toEqual([]);
			const lab = await openBackend({ kind, needs: new Set(["veth", "bridge", "bird"]) });
			try {
				await lab.addNamespaces(namespacesOf(topology));
				await lab.run(stepsOf(topology));
				const look = async (): Promise<void> => expect(await installed(lab, topology)).toEqual(expected);
				await vi.waitFor(look, { timeout: 25_000, interval: 150 });
				// And it stays so: a session that must not come up would by now have been tried again.
				await new Promise((resolve) => setTimeout(resolve, 1500));
				await look();
			} finally {
				await lab.close();
			}
		});
	},
	["userns"],
);

function computed(topology: Topology): Tables {
	const network = new BgpNetwork(speakersOf(topology));
	return Object.fromEntries(
		topology.routers.map((router) => {
			const speaker = network.speakers.find(({ name }) => name === router.name);
			const table = speaker === undefined ? [] : [...network.routesOf(speaker).values()];
			const learned = table.filter(({ best }) => best.learned !== null);
			return [
				router.name,
				Object.fromEntries(
					learned.map(({ best, nextHops }) => {
						const used = router.direct === true ? nextHops.slice(0, 1) : nextHops;
						const gateways = used.map(({ text }) => gatewayTo(router, text));
						return [best.prefix.text, [...new Set(gateways)].sort()];
					}),
				),
			];
		}),
	);
}

/** A next hop that is not on the link is reached by the default route. */
function gatewayTo(router: Router, nextHop: string): string {
	const address = parseAddress(nextHop);
	const onLink = address !== undefined && subnetsOf(router).some((subnet) => contains(subnet, address));
	return onLink ? nextHop : (router.gateway ?? "none");
}

interface ShownRoute {
	readonly dst: string;
	readonly gateway?: string;
	readonly nexthops?: readonly { readonly gateway: string }[];
}

async function installed(lab: Backend, topology: Topology): Promise<Tables> {
	const outputs = await lab.run([...wake(topology), ...topology.routers.map(showRoutes)]);
	const shown = outputs.slice(topology.routers.length);
	return Object.fromEntries(
		topology.routers.map(({ name }, i) => {
			const routes = JSON.parse(shown[i]?.stdout || "[]") as readonly ShownRoute[];
			return [
				name,
				Object.fromEntries(
					routes.map(({ dst, gateway, nexthops }) => [
						// `ip` prints a host's prefix without its length.
						parsePrefix(dst)?.text ?? dst,
						(nexthops?.map((each) => each.gateway) ?? [gateway ?? "none"]).toSorted(),
					]),
				),
			];
		}),
	);
}
