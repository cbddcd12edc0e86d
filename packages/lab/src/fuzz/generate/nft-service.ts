/** Services in the way of kube-proxy's nftables mode: verdict maps by address, protocol and port, and endpoints by number. */
import { type Draft, PORTS, type World } from "./world.ts";

/** A table of its own, like kube-proxy's; and virtual addresses for questions to ask for. */
export function drawNftService(world: World, stack: Draft, table: "ip" | "ip6"): void {
	const { draw } = world;
	const family = table === "ip" ? 4 : 6;
	const at = `${table} proxy`;
	if (stack.nft.includes(`add table ${at}`)) return;
	const push = (...lines: readonly string[]): void => void stack.nft.push(...lines);
	push(`add table ${at}`, `add chain ${at} mark-for-masquerade`);
	push(`add rule ${at} mark-for-masquerade meta mark set meta mark or 0x4000`);
	const addressType = family === 4 ? "ipv4_addr" : "ipv6_addr";
	const services: string[] = [];
	for (let i = draw.between(1, 2); i > 0; i--) services.push(...service(world, stack, at, family, `s${i}`));
	const map = `type ${addressType} . inet_proto . inet_service : verdict`;
	push(`add map ${at} service-ips { ${map} ; elements = { ${services.join(", ")} } ; }`, `add chain ${at} services`);
	push(`add rule ${at} services ${table} daddr . meta l4proto . th dport vmap @service-ips`);
	for (const [hook, priority] of [
		["prerouting", -100],
		["output", -100],
	] as const) {
		push(`add chain ${at} nat-${hook} { type nat hook ${hook} priority ${priority} ; policy accept ; }`);
		push(`add rule ${at} nat-${hook} jump services`);
	}
	push(`add chain ${at} nat-postrouting { type nat hook postrouting priority 100 ; policy accept ; }`);
	push(`add rule ${at} nat-postrouting meta mark and 0x4000 == 0 return`);
	push(`add rule ${at} nat-postrouting meta mark set meta mark xor 0x4000`);
	push(`add rule ${at} nat-postrouting masquerade${draw.chance(0.7) ? " fully-random" : ""}`);
}

/** The elements of the map that lead to it. */
function service(world: World, stack: Draft, at: string, family: 4 | 6, name: string): readonly string[] {
	const { draw } = world;
	const ip = family === 4 ? "ip" : "ip6";
	const near = world.addresses(family).filter((text) => !/^(?:10\.9|fd9)/.test(text));
	const number = world.virtual.length + 1;
	const virtual = family === 4 ? `10.98.0.${number}` : `fd98::${number}`;
	world.virtual.push({ family, text: virtual, at: null });
	const protocol = draw.pick(["tcp", "udp"]);
	const ends = draw.shuffled([...new Set(near)]).slice(0, draw.between(1, 2));
	for (const [i, text] of ends.entries()) {
		const to = family === 4 ? `${text}:${draw.pick(PORTS)}` : `[${text}]:${draw.pick(PORTS)}`;
		stack.nft.push(`add chain ${at} ${name}e${i}`);
		stack.nft.push(`add rule ${at} ${name}e${i} ${ip} saddr ${text} jump mark-for-masquerade`);
		stack.nft.push(`add rule ${at} ${name}e${i} meta l4proto ${protocol} dnat to ${to}`);
	}
	stack.nft.push(`add chain ${at} ${name}`);
	if (draw.chance(0.5)) stack.nft.push(`add rule ${at} ${name} ${ip} daddr ${virtual} jump mark-for-masquerade`);
	const chosen = ends.map((_, i) => `${i} : goto ${name}e${i}`).join(", ");
	stack.nft.push(`add rule ${at} ${name} numgen random mod ${ends.length} vmap { ${chosen} }`);
	return [`${virtual} . ${protocol} . ${draw.pick(PORTS)} : goto ${name}`];
}
