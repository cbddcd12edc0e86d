/** Devices: whether they are there, up, and made as they should be. */
import { printIpAddress } from "../../emit/ip-address.ts";
import { DEFAULT_BRIDGE_PORT, type Link, type PortVlan } from "../../state/link.ts";
import type { Namespace } from "../../state/namespace.ts";
import type { Place } from "../../state/place.ts";
import type { Fix } from "../../wording/fix.ts";
import { type Phrase, phrase, type Said } from "../../wording/phrase.ts";
import type { FindingCode } from "../codes.ts";
import { byCommand, type Difference, type EntryText, namespaceRepair } from "../difference.ts";

export function compareLinks(expected: Namespace, actual: Namespace): readonly Difference[] {
	if (actual.missing.has("ip-address")) return [];
	const there = new Map(actual.links.map((link) => [link.name, link]));
	return expected.links.flatMap((link): readonly Difference[] => {
		const real = there.get(link.name);
		if (real === undefined) return [linkMissing(actual.place, link)];
		return ASPECTS.flatMap((aspect) => aspectDifference(actual.place, aspect, link, real, actual));
	});
}

function linkMissing(place: Place, link: Link): Difference {
	return {
		code: "link-missing",
		place,
		part: "ip-address",
		change: "missing",
		device: link.name,
		subject: link.name,
		expected: { text: firstLines(link), origin: link.origin },
		actual: null,
		repairs: [namespaceRepair(place, (namespace) => ({ ...namespace, links: [...namespace.links, link] }))],
		fix: makerFix(place, link),
		consequences: [],
	};
}

/** A plug-in makes a pod's devices with the pod, and never again; a daemon makes a node's when it starts. */
function makerFix(place: Place, { origin }: Link): Fix {
	const [kind, namespace, name] = place.split("/");
	return kind === "pod"
		? { command: phrase("made-with-pod", { command: `kubectl -n ${namespace} delete pod ${name}` }) }
		: phrase("restart-makes-device", { owner: origin.component, place });
}

function firstLines(link: Link): string {
	return (
		printIpAddress([link], [])
			.trim()
			.split("\n")[0]
			?.replace(/ (qdisc|group|qlen) \S+/g, "") ?? link.name
	);
}

/** One thing that is set of a device. */
interface Aspect {
	readonly code: FindingCode;
	/** Undefined: it says nothing of such a device. */
	readonly text: (link: Link, namespace: Namespace | null) => string | undefined;
	/** Where the text is a description. */
	readonly said?: (link: Link) => Phrase | undefined;
	readonly take: (link: Link, from: Link) => Link;
	readonly command: (link: Link) => Said;
}

const ASPECTS: readonly Aspect[] = [
	{
		code: "link-down",
		text: ({ up }) => (up ? "state UP" : "state DOWN"),
		take: (link, { up, carrier }) => ({ ...link, up, carrier }),
		command: ({ name, up }) => `ip link set ${name} ${up ? "up" : "down"}`,
	},
	{
		code: "mtu-wrong",
		text: ({ mtu }) => `mtu ${mtu}`,
		take: (link, { mtu }) => ({ ...link, mtu }),
		command: ({ name, mtu }) => `ip link set ${name} mtu ${mtu}`,
	},
	{
		code: "link-master-wrong",
		text: ({ master }) => (master === undefined ? "no master" : `master ${master}`),
		said: ({ name, master }) => (master === undefined ? phrase("no-master", { device: name }) : undefined),
		take: ({ master: _, bridgePort: __, ...link }, from) =>
			({
				...link,
				...(from.master !== undefined && { master: from.master }),
				...(from.bridgePort !== undefined && { bridgePort: from.bridgePort }),
			}) as Link,
		command: ({ name, master }) => `ip link set ${name} ${master === undefined ? "nomaster" : `master ${master}`}`,
	},
	{
		code: "bridge-port-wrong",
		text: (link) => {
			const { hairpin, isolated, learning, flood } = link.bridgePort ?? DEFAULT_BRIDGE_PORT;
			const word = (on: boolean): string => (on ? "on" : "off");
			if (link.master === undefined) return undefined;
			return `hairpin ${word(hairpin)} isolated ${word(isolated)} learning ${word(learning)} flood ${word(flood)}`;
		},
		take: (link, from) => {
			const { vlans: _, ...settings } = from.bridgePort ?? DEFAULT_BRIDGE_PORT;
			return { ...link, bridgePort: { ...(link.bridgePort ?? DEFAULT_BRIDGE_PORT), ...settings } };
		},
		command: (link) => {
			const { hairpin, isolated, learning, flood } = link.bridgePort ?? DEFAULT_BRIDGE_PORT;
			const settings = Object.entries({ hairpin, isolated, learning, flood });
			return `bridge link set dev ${link.name} ${settings.map(([name, on]) => `${name} ${on ? "on" : "off"}`).join(" ")}`;
		},
	},
	{
		code: "vlan-missing",
		text: (link, namespace) => {
			const vlans = link.bridgePort?.vlans;
			const bridge = namespace?.links.find(({ name }) => name === link.master);
			if (vlans === undefined || bridge?.kind !== "bridge" || !bridge.vlanFiltering) return undefined;
			return `VLANs ${vlans.map(vlanText).sort().join(", ")}`;
		},
		take: (link, { bridgePort }) =>
			bridgePort?.vlans === undefined
				? link
				: { ...link, bridgePort: { ...(link.bridgePort ?? DEFAULT_BRIDGE_PORT), vlans: bridgePort.vlans } },
		command: ({ name, bridgePort }) =>
			(bridgePort?.vlans ?? []).map((vlan) => `bridge vlan add dev ${name} vid ${vlanText(vlan)}`).join(" && "),
	},
	{
		code: "link-wrong",
		text: kindText,
		take: (link, from) => {
			const { mac, index } = link;
			return { ...from, mac, index, up: link.up, mtu: link.mtu, carrier: link.carrier };
		},
		// What a device was made with cannot be changed; who makes it does so when it is not there.
		command: ({ name, origin }) => phrase("then-restart", { command: `ip link del ${name}`, owner: origin.component }),
	},
];

function vlanText({ id, pvid, untagged }: PortVlan): string {
	return `${id}${pvid ? " pvid" : ""}${untagged ? " untagged" : ""}`;
}

/** What makes a device of its kind the one that it is. */
function kindText(link: Link): string | undefined {
	switch (link.kind) {
		case "vxlan":
			return `vxlan id ${link.vni} local ${link.local?.text ?? "any"} dstport ${link.dstport}`;
		case "ipip":
			return `ipip remote ${link.remote?.text ?? "any"} local ${link.local?.text ?? "any"}`;
		case "vlan":
			return `vlan id ${link.id} of ${link.lower.index === undefined ? link.lower.device : "a device elsewhere"}`;
		case "macvlan":
			return `macvlan mode ${link.mode}`;
		case "ipvlan":
			return `ipvlan mode ${link.mode} ${link.flag}`;
		case "bridge":
			return `bridge vlan_filtering ${link.vlanFiltering ? 1 : 0}`;
		default:
			return undefined;
	}
}

function aspectDifference(
	place: Place,
	aspect: Aspect,
	expected: Link,
	actual: Link,
	namespace: Namespace,
): readonly Difference[] {
	const wanted = aspect.text(expected, namespace);
	const real = aspect.text(actual, namespace);
	if (wanted === undefined || real === undefined || wanted === real) return [];
	// Every namespace is born with its loopback device down, and who uses none does not mind.
	const text = (words: string, of: Link): EntryText => {
		const said = aspect.said?.(of);
		return { text: `${of.name}: ${words}`, origin: of.origin, ...(said !== undefined && { said }) };
	};
	return [
		{
			code: aspect.code,
			place,
			part: aspect.code === "vlan-missing" ? "bridge-vlan" : "ip-address",
			change: "wrong",
			device: expected.name,
			subject: expected.name,
			expected: text(wanted, expected),
			actual: text(real, actual),
			repairs: [
				namespaceRepair(place, (before) => ({
					...before,
					links: before.links.map((link) => (link.name === expected.name ? aspect.take(link, expected) : link)),
				})),
			],
			fix: byCommand(aspect.command(expected)),
			consequences: [],
		},
	];
}
