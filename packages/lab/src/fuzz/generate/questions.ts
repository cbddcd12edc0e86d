/** Who asks whom: mostly somebody who is there, at a port that rules speak of. */
import { address as addressOf, formatEndpoint, type QuestionProtocol } from "@podpath/core";
import type { AskedQuestion } from "../sketch.ts";
import { hostText, PORTS, type World } from "./world.ts";

export function drawQuestions(world: World, count: number): readonly AskedQuestion[] {
	return Array.from({ length: count }, () => question(world));
}

function question(world: World): AskedQuestion {
	const { draw } = world;
	const family = draw.chance(0.6) ? 4 : 6;
	const from = draw.pick(world.hosts);
	const drawn: QuestionProtocol = draw.weighted([
		[9, "tcp"],
		[6, "udp"],
		[5, "icmp"],
		[world.has("sctp") ? 2 : 0, "sctp"],
	]);
	const own = world.addressesOf(from, family);
	const others = world.addresses(family).filter((text) => !own.includes(text));
	const virtual = world.virtual.filter((each) => each.family === family);
	const subnet = draw.pick(world.subnets);
	const text = draw.weighted([
		[others.length > 0 ? 40 : 0, () => draw.pick(others)],
		[virtual.length > 0 ? 12 : 0, () => draw.pick(virtual).text],
		[own.length > 0 ? 3 : 0, () => draw.pick(own)],
		[2, () => hostText(subnet, 99, family)],
		[2, () => (family === 4 ? "203.0.113.9" : "2001:db8::9")],
		[1, () => (family === 4 ? "127.0.0.1" : "::1")],
	])();
	// SCTP answers from whichever of its addresses it likes best (sctp_v4_get_dst), so it is asked of those who have one.
	const owner = world.hosts.find((stack) => world.addressesOf(stack, family).includes(text));
	const hasOne = owner !== undefined && world.addressesOf(owner, family).length === 1;
	const protocol = drawn === "sctp" && !hasOne ? "tcp" : drawn;
	const to = protocol === "icmp" ? text : formatEndpoint(addressOf(text), draw.pick(PORTS));
	return { from: from.place, to, protocol, ...(draw.chance(0.5) && { unbound: true }) };
}
