/** A topology's routers as namespaces on one cable. */
import type { LabStep } from "../../src/index.ts";
import type { Router, Topology } from "./topologies.ts";

/** The namespaces: that of the cable first. */
export function namespacesOf({ routers }: Topology): readonly { readonly name: string }[] {
	return [{ name: SWITCH }, ...routers.map(({ name }) => ({ name }))];
}

const SWITCH = "sw";

export function stepsOf(topology: Topology): readonly LabStep[] {
	const cables = topology.routers.map(
		({ name }, i) =>
			`link add eth0 index ${100 + 2 * i} netns ${name} type veth peer name p${i} index ${101 + 2 * i} netns ${SWITCH}\n`,
	);
	const ports = topology.routers.map((_, i) => `link set p${i} master br0 up\n`);
	return [
		{ kind: "run", argv: ["ip", "-batch", "-"], stdin: cables.join("") },
		run(SWITCH, `link add br0 type bridge\nlink set br0 up\n${ports.join("")}`),
		...topology.routers.flatMap(routerSteps),
	];
}

function run(namespace: string, stdin: string): LabStep {
	return { kind: "run", namespace, argv: ["ip", "-batch", "-"], stdin };
}

function routerSteps({ name, addresses, gateway }: Router): readonly LabStep[] {
	const own = addresses.map((text) => `addr add ${text} dev eth0${text.includes(":") ? " nodad" : ""}\n`);
	const way = gateway === undefined ? "" : `route add default via ${gateway} proto static\n`;
	return [
		{
			kind: "sysctl",
			namespace: name,
			settings: [
				["net/ipv4/ip_forward", "1"],
				["net/ipv6/conf/all/forwarding", "1"],
			],
		},
		run(name, `${own.join("")}link set lo up\nlink set eth0 up\n${way}`),
	];
}
