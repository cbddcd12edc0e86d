/** Virtual servers as kube-proxy makes them: their addresses on kube-ipvs0, their packets masqueraded to real servers. */
import { type Family, formatEndpoint, address as parsed } from "@podpath/core";
import { type Draft, FAMILIES, PORTS, type World } from "./world.ts";

const DEVICE = "kube-ipvs0";

/** For some networks: the same virtual servers on several machines. */
export function drawIpvs(world: World): void {
	const { draw } = world;
	if (!world.has("ipvs", "dummy") || !draw.chance(0.35)) return;
	const machines = draw.some(world.hosts, 0.5);
	for (const family of FAMILIES) for (let i = draw.between(0, 2); i > 0; i--) virtualServer(world, machines, family);
	for (const stack of machines) {
		// kube-proxy turns it on; without it IPVS keeps its packets out of connection tracking.
		if (stack.ipvs.length > 0 && draw.chance(0.8)) stack.sysctls.push("net.ipv4.vs.conntrack = 1");
	}
}

function virtualServer(world: World, machines: readonly Draft[], family: Family): void {
	const { draw } = world;
	const number = world.virtual.length + 1;
	const text = family === 4 ? `10.97.0.${number}` : `fd97::${number}`;
	const service = `${draw.pick(["-t", "-u"])} ${formatEndpoint(parsed(text), draw.pick(PORTS))}`;
	const near = world.addresses(family).filter((each) => !/^(?:10\.9|fd9)/.test(each));
	const servers = new Set(
		Array.from(
			{
				length: draw.weighted([
					[1, 0],
					[6, 1],
					[3, 2],
				]),
			},
			() => formatEndpoint(parsed(draw.pick(near)), draw.pick(PORTS)),
		),
	);
	for (const stack of machines) {
		if (!stack.links.some(({ name }) => name === DEVICE))
			stack.add({ kind: "dummy", name: DEVICE, noArp: true, up: draw.chance(0.5) });
		stack.addresses.push(`${DEVICE} ${text}/${family === 4 ? 32 : 128}`);
		stack.ipvs.push(`-A ${service} -s rr`, ...[...servers].map((server) => `-a ${service} -r ${server} -m -w 1`));
	}
	world.virtual.push({ family, text, at: null });
}
