/** A topology's routers as namespaces on one cable, each with BIRD as Calico configures it (confd's bird.cfg.template). */
import type { LabStep } from "../../src/index.ts";
import { bare, type Peer, type Router, routerId, type Topology } from "./topologies.ts";

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
		...topology.routers.flatMap((router) => routerSteps(router, topology)),
	];
}

function run(namespace: string, stdin: string): LabStep {
	return { kind: "run", namespace, argv: ["ip", "-batch", "-"], stdin };
}

function routerSteps(router: Router, { routers }: Topology): readonly LabStep[] {
	const { name, addresses, gateway } = router;
	const file = `/run/${name}.conf`;
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
		{ kind: "run", argv: ["tee", file], stdin: configuration(router, routers) },
		{ kind: "daemon", namespace: name, argv: ["bird", "-f", "-c", file, "-s", socketOf(name)] },
	];
}

function socketOf(name: string): string {
	return `/run/${name}.ctl`;
}

/** Anything on its control socket has BIRD look at what there is to do. */
export function wake({ routers }: Topology): readonly LabStep[] {
	return routers.map(({ name }) => ({
		kind: "run",
		namespace: name,
		argv: ["birdc", "-s", socketOf(name), "show", "status"],
	}));
}

/** What BIRD has put into the kernel, as `ip -j` shows it. */
export function showRoutes({ name, addresses }: Router): LabStep {
	const family = addresses[0]?.includes(":") === true ? "-6" : "-4";
	return { kind: "run", namespace: name, argv: ["ip", family, "-j", "route", "show", "proto", "bird"] };
}

function configuration(router: Router, routers: readonly Router[]): string {
	const family = router.addresses[0]?.includes(":") === true ? "ipv6" : "ipv4";
	const routes = router.networks.map((each) => `  route ${each} blackhole;\n`).join("");
	return `router id ${routerId(router, routers).text};
protocol device { scan time 2; }
protocol direct { ${family}; interface "eth0"; }
protocol static {
  ${family};
${routes}}
protocol kernel {
  learn;
  scan time 2;
  merge paths ${router.direct === true ? "off" : "on"};
  ${family} { import all; export where source = RTS_BGP; };
}
${router.neighbours.map((peer, i) => session(router, peer, i, family)).join("")}`;
}

function session(router: Router, peer: Peer, number: number, family: string): string {
	const source =
		router.addresses.map(bare).find((own) => sharesRack(own, peer.address)) ?? bare(router.addresses[0] ?? "");
	const isInternal = peer.asn === router.asn;
	return `protocol bgp p${number} {
  local ${source} as ${router.asn};
  neighbor ${peer.address} as ${peer.asn};
  ${router.direct === true ? "direct" : "multihop"};
  ${peer.client === true && isInternal ? `rr client; rr cluster id ${router.clusterId};` : ""}
  ${peer.allowedOwnAs === undefined ? "" : `allow local as ${peer.allowedOwnAs};`}
  connect delay time 1;
  connect retry time 2;
  error wait time 1, 2;
  ${family} {
    import filter { ${birdRules(peer.imports)} ${peer.localPreference === undefined ? "" : `bgp_local_pref = ${peer.localPreference};`} accept; };
    export filter { ${birdRules(peer.exports)} if (source ~ [ RTS_BGP, RTS_STATIC ]) then accept; reject; };
    ${router.direct === true ? "" : "gateway recursive;"}
    ${peer.nextHop === undefined ? "" : `next hop ${peer.nextHop};`}
  };
}
`;
}

function birdRules(rules: Peer["exports"] = []): string {
	return rules.map(({ bird }) => bird).join(" ");
}

/** Of a router with several addresses the one in the peer's /24 (or /64). */
function sharesRack(own: string, other: string): boolean {
	const cut = own.includes(":") ? "::" : ".";
	return own.slice(0, own.lastIndexOf(cut)) === other.slice(0, other.lastIndexOf(cut));
}
