/**
 * Of what kind a device is where `ip address` was run without `-d` and so does not say. Some of it is certain: a tunnel's
 * link type, two veths that name each other, a bridge that others call their master. The rest is what everybody reads
 * from such a dump: a card's, a veth's or a CNI's usual name. Then `guessed` says what it was read from, for the answer to repeat.
 * What not even the name tells becomes a device of unknown kind.
 */

import { type Phrase, phrase } from "../wording/phrase.ts";
import type { RawLink } from "./ip-link.ts";

export interface Appearance {
	readonly kind: string;
	readonly guessed?: Phrase;
}

/** systemd's predictable names, the kernel's own, and the older ones of biosdevname. */
const CARD = /^(eth\d+|en[opsxPD][\w]*|em\d+|p\d+p\d+)$/;
const BRIDGE =
	/^(cni\d+|docker\d+|docker_gwbridge|br-[0-9a-f]{12}|br\d+|virbr\d+|cbr\d+|kube-bridge|lxcbr\d+|lxdbr\d+)$/;
const DUMMY = /^(dummy\d+|kube-ipvs0|kube-dummy-if|nodelocaldns)$/;

/** What the devices of a dump say of each other. */
export interface Neighbourhood {
	readonly byName: ReadonlyMap<string, RawLink>;
	readonly masters: ReadonlySet<string>;
}

export function neighbourhoodOf(all: readonly RawLink[]): Neighbourhood {
	return {
		byName: new Map(all.map((raw) => [raw.name, raw])),
		masters: new Set(all.map((raw) => raw.master).filter((master) => master !== undefined)),
	};
}

export function kindFromAppearance(raw: RawLink, all: Neighbourhood): Appearance {
	const { name, lower, flags, linkType } = raw;
	if (linkType === "ipip") return { kind: "ipip" };
	if (linkType !== "ether") return { kind: linkType === "none" ? "no link layer" : linkType };
	if (flags.includes("MASTER")) return { kind: "bond or vrf" };
	if (lower !== undefined && lower !== "NONE") return stacked(raw, lower, all);
	// Bonds and VRFs have the flag MASTER; what is left that owns devices is a bridge, of the kernel or of Open vSwitch.
	if (name === "ovs-system") return { kind: "openvswitch" };
	if (all.masters.has(name)) return { kind: "bridge" };
	if (BRIDGE.test(name)) return { kind: "bridge", guessed: phrase("by-its-name") };
	if (flags.includes("NOARP"))
		return DUMMY.test(name) ? { kind: "dummy", guessed: phrase("by-its-name") } : { kind: "not shown" };
	if (CARD.test(name)) return { kind: "physical", guessed: phrase("by-its-name") };
	if (/^(flannel\.\d+|vxlan[.\w-]*|cilium_vxlan)$/.test(name)) return { kind: "vxlan" };
	return { kind: "not shown" };
}

function stacked(raw: RawLink, lower: string, all: Neighbourhood): Appearance {
	const other = all.byName.get(lower);
	// Only a veth and its peer each stand behind the other's @.
	if (other?.lower === raw.name) return { kind: "veth" };
	if (other === undefined && /^if\d+$/.test(lower)) {
		return { kind: "veth", guessed: phrase("by-its-far-end") };
	}
	const tag = raw.name.startsWith(`${lower}.`) ? raw.name.slice(lower.length + 1) : "";
	if (/^\d{1,4}$/.test(tag)) {
		raw.options.set("id", tag);
		return { kind: "vlan", guessed: phrase("by-its-name") };
	}
	return { kind: `not shown, on ${lower}` };
}
