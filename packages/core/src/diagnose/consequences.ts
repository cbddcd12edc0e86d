/**
 * What went with something else: the kernel takes routes, neighbours and forwarding entries away with their device, and
 * routes with their address. They are told, and put back, with what took them.
 */
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import { type Difference, namespaceRepair, type Repair } from "./difference.ts";

/** The differences with those that follow from another under it. */
export function withConsequences(differences: readonly Difference[], expected: Network): readonly Difference[] {
	const taken = new Set<Difference>();
	const lead = (difference: Difference): Difference => {
		taken.add(difference);
		const own = differences.filter((other) => !taken.has(other) && follows(other, difference, expected));
		for (const each of own) taken.add(each);
		const consequences = own.map(lead);
		const repairs = [...difference.repairs, ...carrierRepairs(difference, expected)];
		return { ...difference, repairs, consequences: [...difference.consequences, ...consequences] };
	};
	const leads = [...differences].sort((a, b) => rank(a) - rank(b));
	const kept = new Map<Difference, Difference>();
	for (const each of leads) if (!taken.has(each)) kept.set(each, lead(each));
	return differences.flatMap((each) => kept.get(each) ?? []);
}

/** Who takes others with it comes first. A chain that is empty takes those of its table: somebody flushed it. */
function rank({ code, subject }: Difference): number {
	switch (code) {
		case "link-missing":
			return 0;
		case "link-down":
			return 1;
		case "link-master-wrong":
			return 2;
		case "sysctl-wrong":
			return subject.endsWith(".disable_ipv6") ? 2.5 : 6;
		case "address-missing":
		case "address-wrong":
		case "address-unexpected":
			return 3;
		case "chain-empty":
			return /\/(PREROUTING|FORWARD|POSTROUTING|INPUT|OUTPUT)$/.test(subject) ? 4 : 5;
		default:
			return 6;
	}
}

function follows(other: Difference, lead: Difference, expected: Network): boolean {
	switch (lead.code) {
		case "link-missing":
		case "link-down":
			return isOn(other, lead) || isFarEnd(other, lead, expected) || isPortOf(other, lead);
		case "link-master-wrong":
			return other.place === lead.place && other.device === lead.device && other.part.startsWith("bridge");
		case "address-missing":
		case "address-wrong":
			return isRouteOfAddress(other, lead) || isCard(other, lead);
		case "address-unexpected":
			return isRouteByAddress(other, lead) || isCard(other, lead);
		case "sysctl-wrong":
			return wentWithIpv6(other, lead);
		case "chain-empty":
			return other.code === "chain-empty" && other.place === lead.place && tableOf(other) === tableOf(lead);
		default:
			return false;
	}
}

function tableOf({ part, subject }: Difference): string {
	return `${part} ${subject.slice(0, subject.lastIndexOf("/"))}`;
}

function isOn(other: Difference, { place, device }: Difference): boolean {
	if (other.change === "extra" || device === null) return false;
	if (isCard(other, { place, device })) return true;
	if (other.place !== place) return false;
	return other.device === device || (other.part === "ip-route" && names(other, device));
}

/** A route of several next hops names its devices in its text alone. */
function names({ expected }: Difference, device: string): boolean {
	return expected?.text.split(/\s+/).includes(device) ?? false;
}

function isCard(other: Difference, { place, device }: Pick<Difference, "place" | "device">): boolean {
	return other.part === "fabric" && other.device === `${place} ${device}`;
}

function isFarEnd(other: Difference, { place, device }: Difference, expected: Network): boolean {
	if (other.code !== "link-missing" && other.code !== "link-no-carrier") return false;
	const far = device === null ? null : expected.wireAt(place, device);
	return far?.kind === "device" && far.place === other.place && far.device === other.device;
}

function isPortOf(other: Difference, { place, device }: Difference): boolean {
	return (
		other.code === "link-master-wrong" &&
		other.place === place &&
		other.expected?.text.endsWith(`master ${device}`) === true
	);
}

function isRouteOfAddress(other: Difference, { place, device, expected }: Difference): boolean {
	if (other.part !== "ip-route" || other.change === "extra" || other.place !== place) return false;
	const address = /\s(\S+?)(?:\/\d+)? /.exec(expected?.text ?? "")?.[1];
	return other.device === device || (address !== undefined && names(other, address));
}

/** The kernel's own routes to and by an address. */
function isRouteByAddress(other: Difference, { place, actual }: Difference): boolean {
	const address = /\s(\S+?)\/\d+ /.exec(actual?.text ?? "")?.[1];
	if (other.part !== "ip-route" || other.change !== "extra" || other.place !== place || address === undefined)
		return false;
	const words = other.actual?.text.split(/\s+/) ?? [];
	return words.includes("kernel") && (words.at(-1) === address || words.some((word) => word.startsWith(`${address}/`)));
}

/** net/ipv6/addrconf.c, addrconf_disable_ipv6: the device loses its IPv6 addresses and routes; `all` does it to each. */
function wentWithIpv6(other: Difference, { place, subject, actual }: Difference): boolean {
	const [, device] = /^net\.ipv6\.conf\.([^.]+)\.disable_ipv6$/.exec(subject) ?? [];
	if (device === undefined || other.place !== place || actual?.text.endsWith("= 1") !== true) return false;
	const isSame = other.code === "sysctl-wrong" && device === "all" && other.subject.endsWith(".disable_ipv6");
	if (isSame) return true;
	const name = device.replaceAll("/", ".");
	const isOfIpv6 = ["ip-address", "ip-route"].includes(other.part) && other.expected?.text.includes(":") === true;
	return isOfIpv6 && other.change === "missing" && (device === "all" || other.device === name || names(other, name));
}

/** A device that comes up gives its far end a carrier, and routes over either are good again. */
function carrierRepairs(difference: Difference, expected: Network): readonly Repair[] {
	const { code, place, device } = difference;
	if (device === null || !CARRIERS.has(code)) return [];
	const far = expected.wireAt(place, device);
	const own = carrierRepair(place, device);
	return far.kind === "device" ? [own, carrierRepair(far.place, far.device)] : [own];
}

const CARRIERS: ReadonlySet<string> = new Set(["link-missing", "link-down", "link-no-carrier"]);

function carrierRepair(place: Place, device: string): Repair {
	return namespaceRepair(place, (namespace) => ({
		...namespace,
		links: namespace.links.map((link) => (link.name === device ? { ...link, carrier: link.up } : link)),
		routes: namespace.routes.map((route) => {
			if (!route.nextHops.some((hop) => hop.device === device && (hop.linkDown === true || hop.dead === true)))
				return route;
			const nextHops = route.nextHops.map(({ linkDown: _, dead: __, ...hop }) => hop);
			return { ...route, nextHops };
		}),
	}));
}
