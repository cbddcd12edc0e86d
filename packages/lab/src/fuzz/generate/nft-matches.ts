/** What nftables' rules ask of packets. */
import { hardwareAddress } from "@podpath/core";
import { type NftSite, nftPlace } from "./nft-site.ts";
import { PORTS } from "./world.ts";

/** `count` of them, all different, with a space before each; `transport`: the protocol that has to be named. */
export function drawNftMatches(site: NftSite, count: number, transport?: "tcp" | "udp"): string {
	const { draw } = site.world;
	const named = transport === undefined ? [] : [overTransport(site, transport)];
	const makers = draw.shuffled(makersOf(site, transport !== undefined)).slice(0, count);
	return [...named, ...makers.map((maker) => maker())].map((text) => ` ${text}`).join("");
}

type Maker = () => string;

function makersOf(site: NftSite, hasTransport: boolean): readonly Maker[] {
	const { world, hook, family } = site;
	const { draw } = world;
	const ip = family === 4 ? "ip" : "ip6";
	const isIn = hook === "PREROUTING" || hook === "INPUT" || hook === "FORWARD";
	const isOut = hook === "POSTROUTING" || hook === "OUTPUT" || hook === "FORWARD";
	return [
		() => `${ip} saddr ${places(site)}`,
		() => `${ip} daddr ${places(site)}`,
		...(isIn ? [() => `iifname ${not(site)}${device(site)}`] : []),
		...(isOut ? [() => `oifname ${not(site)}${device(site)}`] : []),
		// Two that name a protocol would contradict each other, which nft refuses.
		() => (hasTransport ? `th dport ${draw.pick(PORTS)}` : draw.pick(protocolMakers(site))()),
		() => draw.pick(otherMakers(site, isIn))(),
	];
}

function protocolMakers(site: NftSite): readonly Maker[] {
	const { draw } = site.world;
	const over = (): string => overTransport(site, draw.pick(["tcp", "udp"]));
	return [
		over,
		over,
		over,
		() => (site.family === 4 ? "icmp type echo-request" : "icmpv6 type echo-request"),
		() => `meta l4proto ${draw.pick(["{ tcp, udp }", "!= udp"])}`,
		// What is tracked from a connection's second packet on is none of a prediction's, which follows the first.
		...(site.priority > -200 ? [() => "tcp flags & (fin | syn | rst | ack) == syn"] : []),
	];
}

function otherMakers(site: NftSite, isIn: boolean): readonly Maker[] {
	const { world, table, hook, family, priority, sets } = site;
	const { draw } = world;
	const ip = family === 4 ? "ip" : "ip6";
	const ends = sets.includes(`ends${family}`);
	return [
		() => `meta mark ${draw.pick(["0x1", "!= 0x1", "and 0x2 == 0x2", "and 0x3 != 0x0"])}`,
		() => `fib daddr type ${not(site)}${draw.pick(["local", "unicast"])}`,
		() => "fib saddr type local",
		...(table === "inet" ? [() => `meta nfproto ${family === 4 ? "ipv4" : "ipv6"}`] : []),
		() => (family === 4 ? "ip ttl < 64" : "ip6 hoplimit < 64"),
		...(ends ? [() => `${ip} daddr . meta l4proto . th dport @ends${family}`] : []),
		...(priority > -200
			? [
					() => `ct state ${draw.pick(["new", "established,related", "invalid", "new,untracked", "!= established"])}`,
					() => `ct mark ${draw.pick(["0x1", "and 0x3 == 0x0"])}`,
					() => `ct status ${draw.pick(["dnat", "snat"])}`,
					() => "ct direction original",
					() => `ct original ${ip} daddr ${nftPlace(site)}`,
				]
			: []),
		...(isIn ? [() => "fib daddr . iif type local", () => `ether saddr ${mac(site)}`] : []),
		...(hook === "PREROUTING" ? [() => `fib saddr . iif oif ${draw.pick(["missing", "exists"])}`] : []),
	];
}

function not({ world }: NftSite): string {
	return world.draw.chance(0.12) ? "!= " : "";
}

/** A prefix, a few of them, or a set. */
function places(site: NftSite): string {
	const { world, family, sets } = site;
	const { draw } = world;
	const named = sets.filter((name) => name === `hosts${family}` || name === `nets${family}`);
	return draw.weighted([
		[5, () => `${not(site)}${nftPlace(site)}`],
		[
			1,
			() =>
				`${not(site)}{ ${[...new Set([draw.pick(world.addresses(family)), draw.pick(world.addresses(family))])].join(", ")} }`,
		],
		[named.length > 0 ? 3 : 0, () => `${not(site)}@${draw.pick(named)}`],
	])();
}

function overTransport({ world }: NftSite, protocol: string): string {
	const { draw } = world;
	const port = draw.pick(PORTS);
	return draw.weighted([
		[4, `${protocol} dport ${draw.chance(0.12) ? "!= " : ""}${port}`],
		[2, `${protocol} dport { ${port}, 8000-9000 }`],
		[2, `meta l4proto ${protocol}`],
		[1, `${protocol} sport 1024-65535`],
	]);
}

function device({ world, stack }: NftSite): string {
	const { draw } = world;
	const names = stack.links.map(({ name }) => name);
	if (names.length === 0 || draw.chance(0.1)) return '"lo"';
	const name = draw.pick(names);
	return draw.weighted([
		[6, `"${name}"`],
		[1, `"${name[0]}*"`],
		[1, `{ "${name}", "lo" }`],
	]);
}

function mac({ world }: NftSite): string {
	const far = world.draw.pick(world.stacks);
	const link = world.draw.pickAny(far.links);
	return link === undefined ? "02:00:00:00:00:77" : (link.mac ?? hardwareAddress(far.place, link.name));
}
