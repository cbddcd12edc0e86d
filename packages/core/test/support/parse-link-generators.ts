/** Arbitrary devices with their addresses, as a node could print them. */
import fc from "fast-check";
import type { InterfaceAddress } from "../../src/state/ip.ts";
import type { BridgePort, Link } from "../../src/state/link.ts";
import { anyAddress, anyDevice, anyFamily, anyMac, optional, port, UNKNOWN } from "./parse-generators.ts";

const anyPort: fc.Arbitrary<BridgePort> = fc.record({
	hairpin: fc.boolean(),
	isolated: fc.boolean(),
	learning: fc.boolean(),
	flood: fc.boolean(),
});

const anyTtl = fc.record({ ttl: fc.integer({ min: 1, max: 255 }) }, optional);
const anyLower = anyDevice.map((device) => ({ device }));
const anyEnds = anyFamily.chain((family) => {
	const set = anyAddress(family).filter((address) => address.words.some((each) => each !== 0));
	return fc.record({ local: set, remote: set }, optional);
});

type KindPart = {
	readonly [Kind in Link["kind"]]: Omit<
		Extract<Link, { kind: Kind }>,
		"name" | "index" | "mtu" | "mac" | "up" | "carrier" | "origin"
	>;
}[Link["kind"]];

const anyKind: fc.Arbitrary<KindPart> = fc.oneof(
	fc.constantFrom<KindPart>({ kind: "physical" }, { kind: "dummy" }, { kind: "other", driver: "wireguard" }),
	fc
		.oneof(
			anyDevice.map((device) => ({ device })),
			fc.record({ index: port, netnsid: port }),
		)
		.map((peer) => ({ kind: "veth" as const, peer })),
	fc.record({
		kind: fc.constant("bridge" as const),
		vlanFiltering: fc.boolean(),
		defaultPvid: fc.integer({ min: 0, max: 4094 }),
	}),
	fc
		.tuple(
			fc.record({
				vni: fc.integer({ min: 0, max: 0xff_ffff }),
				dstport: port,
				learning: fc.boolean(),
				external: fc.boolean(),
			}),
			anyEnds,
			anyTtl,
			fc.record({ lower: anyLower }, optional),
		)
		.map(([base, ends, ttl, lower]) => ({ kind: "vxlan" as const, ...base, ...ends, ...ttl, ...lower })),
	fc.record({ kind: fc.constant("vlan" as const), lower: anyLower, id: fc.integer({ min: 0, max: 4094 }) }),
	fc.record({
		kind: fc.constant("macvlan" as const),
		lower: anyLower,
		mode: fc.constantFrom("bridge", "private", "vepa", "passthru", "source" as const),
	}),
	fc.record({
		kind: fc.constant("ipvlan" as const),
		lower: anyLower,
		mode: fc.constantFrom("l2", "l3", "l3s" as const),
		flag: fc.constantFrom("bridge", "private", "vepa" as const),
	}),
	fc.record({ kind: fc.constant("tun" as const), mode: fc.constantFrom("tun", "tap" as const) }),
);

/** A device other than loopback, ipip and cards with a MAC. */
export const anyLink: fc.Arbitrary<Link> = fc
	.tuple(
		fc.record({
			name: anyDevice,
			index: fc.integer({ min: 2, max: 99999 }),
			mtu: fc.integer({ min: 68, max: 65535 }),
			mac: anyMac,
			up: fc.boolean(),
			carrier: fc.boolean(),
		}),
		fc.record(
			{
				master: anyDevice,
				bridgePort: anyPort,
				noArp: fc.constant(true),
				alias: fc.stringMatching(/^[a-z]+( [a-z]+)?$/),
			},
			optional,
		),
		anyKind,
	)
	.map(([base, rest, kind]): Link => ({ ...base, ...rest, ...kind, origin: UNKNOWN }));

/** A tunnel without a MAC. */
export const anyIpipLink: fc.Arbitrary<Link> = fc
	.tuple(
		anyDevice,
		fc.record({ local: anyAddress(4), remote: anyAddress(4) }, optional),
		anyTtl,
		fc.record({ lower: anyLower, fwmark: fc.integer({ min: 1, max: 0xffff_ffff }) }, optional),
	)
	.filter(([, ends]) => ends.local?.text !== "0.0.0.0" && ends.remote?.text !== "0.0.0.0")
	.map(
		([name, ends, ttl, rest]): Link => ({
			kind: "ipip",
			name,
			index: 7,
			mtu: 1480,
			mac: null,
			up: true,
			carrier: true,
			noArp: true,
			...ends,
			...ttl,
			...rest,
			origin: UNKNOWN,
		}),
	);

/** An address on the device. */
export function anyInterfaceAddress(device: string): fc.Arbitrary<InterfaceAddress> {
	return anyFamily.chain((family) =>
		fc
			.tuple(
				anyAddress(family),
				fc.integer({ min: 0, max: family === 4 ? 32 : 128 }),
				fc.constantFrom("global", "site", "link", "host"),
				family === 4
					? fc.record({ peer: anyAddress(4), broadcast: anyAddress(4), label: fc.constant(`${device}:1`) }, optional)
					: fc.record({ peer: anyAddress(6), deprecated: fc.constant(true) }, optional),
				fc.boolean(),
				fc.boolean(),
			)
			.filter(([address, , , rest]) => rest.peer?.text !== address.text)
			.map(([address, prefixLength, scope, rest, secondary, noPrefixRoute]) => ({
				device,
				address,
				prefixLength,
				scope,
				...rest,
				secondary: secondary && family === 4,
				noPrefixRoute,
				origin: UNKNOWN,
			})),
	);
}
