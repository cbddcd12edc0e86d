/** A device as `ip address` or `ip link` shows it, text or JSON, before it becomes a `Link` of its kind. */
import { type Address, isUnspecified, parseAddress } from "../address/address.ts";
import type { Origin } from "../origin/origin.ts";
import type { BridgePort, Link, LowerDevice, VethLink } from "../state/link.ts";
import type { Phrase } from "../wording/phrase.ts";
import { kindFromAppearance, type Neighbourhood } from "./link-appearance.ts";

/** What one device's lines say. Values are as printed; both the text and the JSON are brought to it. */
export interface RawLink {
	readonly index: number;
	readonly name: string;
	/** What stands after `@`: a device's name, `ifN` for one in another namespace, or `NONE`. */
	lower?: string;
	readonly flags: readonly string[];
	mtu: number;
	master?: string;
	/** `ether`, `loopback`, `ipip`, `none` … */
	linkType: string;
	mac?: string;
	/** Of point-to-point devices: the other end. */
	peer?: string;
	netnsid?: number;
	netns?: string;
	alias?: string;
	/** The dump was made with `-d`, so it says of what kind the device is unless it is a card. */
	detailed: boolean;
	kind?: string;
	/** The kind's own words by name. A word that stands alone has the value "". */
	readonly options: Map<string, string>;
	slaveKind?: string;
	readonly slaveOptions: Map<string, string>;
}

type LinkBase = Pick<
	Link,
	"name" | "index" | "mtu" | "mac" | "up" | "carrier" | "master" | "bridgePort" | "noArp" | "alias" | "origin"
>;

/**
 * The link. Without `-d` the kind is told by what the text does show, which may be a guess: then `guessed` says by what.
 * `all` are the devices of the dump, as some are told by what others say of them.
 */
export function linkOf(
	raw: RawLink,
	all: Neighbourhood,
	origin: Origin,
): { readonly link: Link; readonly guessed?: Phrase } {
	const base = baseOf(raw, origin);
	if (raw.flags.includes("LOOPBACK")) return { link: { ...base, kind: "loopback" } };
	if (raw.kind !== undefined) return { link: linkOfKind(raw.kind, raw, base) };
	if (raw.detailed) {
		// A card's driver registers no link kind, so `-d` shows none.
		if (raw.linkType === "ether") return { link: { ...base, kind: "physical" } };
		return { link: { ...base, kind: "other", driver: raw.linkType } };
	}
	const { kind, guessed } = kindFromAppearance(raw, all);
	const link = linkOfKind(kind, raw, base);
	return guessed === undefined ? { link } : { link, guessed };
}

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

function baseOf(raw: RawLink, origin: Origin): LinkBase {
	const mac = raw.mac?.toLowerCase();
	const bridgePort = bridgePortOf(raw);
	return {
		name: raw.name,
		index: raw.index,
		mtu: raw.mtu,
		mac: mac !== undefined && MAC.test(mac) ? mac : null,
		up: raw.flags.includes("UP"),
		carrier: raw.flags.includes("LOWER_UP"),
		...(raw.master === undefined ? {} : { master: raw.master }),
		...(bridgePort === undefined ? {} : { bridgePort }),
		...(raw.flags.includes("NOARP") ? { noArp: true } : {}),
		...(raw.alias === undefined ? {} : { alias: raw.alias }),
		origin,
	};
}

function bridgePortOf(raw: RawLink): BridgePort | undefined {
	if (raw.slaveKind !== "bridge") return undefined;
	const on = (option: string, otherwise: boolean): boolean => {
		const value = raw.slaveOptions.get(option);
		return value === undefined ? otherwise : value === "on" || value === "true";
	};
	return {
		hairpin: on("hairpin", false),
		isolated: on("isolated", false),
		learning: on("learning", true),
		flood: on("flood", true),
	};
}

/** `ip` says `auto` or `inherit` (JSON: 0) where the packet's own TTL or the system's default is taken. */
function ttlOf(raw: RawLink): { readonly ttl?: number } {
	const ttl = Number(raw.options.get("ttl") ?? 0);
	return Number.isInteger(ttl) && ttl > 0 ? { ttl } : {};
}

/** `fwmark 0x1`; `ip` says nothing of none. */
function fwmarkOf(raw: RawLink): { readonly fwmark?: number } {
	const fwmark = Number(raw.options.get("fwmark") ?? 0);
	return Number.isInteger(fwmark) && fwmark > 0 ? { fwmark } : {};
}

/** The device below: from `dev` of the kind's own words, else from what stands after `@`. */
function lowerOf(raw: RawLink): { readonly lower?: LowerDevice } {
	const name = raw.options.get("dev") ?? raw.options.get("link") ?? raw.lower;
	if (name === undefined || name === "NONE") return {};
	const index = /^if(\d+)$/.exec(name)?.[1];
	if (index === undefined) return { lower: { device: name } };
	return { lower: { device: name, index: Number(index), ...elsewhere(raw) } };
}

/** The ends that are set: `any` and 0.0.0.0 leave them to the route. */
function tunnelEnds(
	localText: string | undefined,
	remoteText: string | undefined,
): { readonly local?: Address; readonly remote?: Address } {
	const [local, remote] = [parseAddress(localText ?? ""), parseAddress(remoteText ?? "")];
	return {
		...(local === undefined || isUnspecified(local) ? {} : { local }),
		...(remote === undefined || isUnspecified(remote) ? {} : { remote }),
	};
}

const MACVLAN_MODES = ["bridge", "private", "vepa", "passthru", "source"] as const;
const IPVLAN_MODES = ["l2", "l3", "l3s"] as const;
const IPVLAN_FLAGS = ["bridge", "private", "vepa"] as const;

function linkOfKind(kind: string, raw: RawLink, base: LinkBase): Link {
	const { options } = raw;
	const { lower } = lowerOf(raw);
	switch (kind) {
		case "physical":
		case "dummy":
			return { ...base, kind };
		case "veth":
			return { ...base, kind: "veth", ...peerOf(raw) };
		case "bridge":
			return {
				...base,
				kind: "bridge",
				vlanFiltering: options.get("vlan_filtering") === "1",
				defaultPvid: Number(options.get("vlan_default_pvid") ?? 1),
			};
		case "tun":
			return { ...base, kind: "tun", mode: options.get("type") === "tap" ? "tap" : "tun" };
		case "vxlan":
			return vxlanOf(raw, base);
		case "ipip":
			return {
				...base,
				kind: "ipip",
				...tunnelEnds(options.get("local") ?? raw.mac, options.get("remote") ?? raw.peer),
				...lowerOf(raw),
				...ttlOf(raw),
				...fwmarkOf(raw),
			};
		case "vlan": {
			const id = Number(options.get("id"));
			const tagged = options.get("protocol") ?? "802.1Q";
			if (lower === undefined || !Number.isInteger(id) || tagged !== "802.1Q") break;
			return { ...base, kind: "vlan", lower, id };
		}
		case "macvlan": {
			const mode = MACVLAN_MODES.find((each) => each === options.get("mode"));
			if (lower === undefined || mode === undefined) break;
			return { ...base, kind: "macvlan", lower, mode };
		}
		case "ipvlan": {
			const mode = IPVLAN_MODES.find((each) => each === options.get("mode"));
			// The text has the flag as a word of its own; the JSON has both in one (`"mode":"l2","flags":["bridge"]`).
			const flag = IPVLAN_FLAGS.find((each) => options.has(each)) ?? "bridge";
			if (lower === undefined || mode === undefined) break;
			return { ...base, kind: "ipvlan", lower, mode, flag };
		}
		default:
	}
	const tagged = kind === "vlan" ? ` ${options.get("protocol") ?? ""}`.trimEnd() : "";
	return { ...base, kind: "other", driver: `${kind}${tagged}` };
}

function peerOf(raw: RawLink): Pick<VethLink, "peer"> {
	if (raw.lower === undefined || raw.lower === "NONE") return {};
	const index = /^if(\d+)$/.exec(raw.lower)?.[1];
	const end = index === undefined ? { device: raw.lower } : { index: Number(index) };
	return { peer: { ...end, ...elsewhere(raw) } };
}

/** The namespace of the other end, or of the device below. */
function elsewhere({ netnsid, netns }: RawLink): { readonly netnsid?: number; readonly netns?: string } {
	return { ...(netnsid !== undefined && { netnsid }), ...(netns !== undefined && { netns }) };
}

function vxlanOf(raw: RawLink, base: LinkBase): Link {
	const { options } = raw;
	const vni = Number(options.get("id"));
	const dstport = Number(options.get("dstport"));
	if (!Number.isInteger(vni) || !Number.isInteger(dstport)) return { ...base, kind: "other", driver: "vxlan" };
	return {
		...base,
		kind: "vxlan",
		vni,
		...tunnelEnds(options.get("local"), options.get("remote") ?? options.get("group")),
		dstport,
		...(options.has("dev") ? lowerOf(raw) : {}),
		learning: !options.has("nolearning"),
		external: options.has("external"),
		...ttlOf(raw),
	};
}
