/** Addresses, routes, policy rules and neighbours: what should be there against what is. */
import { isLoopback, isMulticast } from "../../address/address.ts";
import { joinWords } from "../../emit/batch.ts";
import { printIpNeigh } from "../../emit/ip-neigh.ts";
import { printIpRoute } from "../../emit/ip-route.ts";
import { printIpRule } from "../../emit/ip-rule.ts";
import {
	type InterfaceAddress,
	type Neighbour,
	type NextHop,
	type Route,
	type Rule,
	TABLE_LOCAL,
} from "../../state/ip.ts";
import type { Namespace } from "../../state/namespace.ts";
import type { Difference } from "../difference.ts";
import { compareKeyed, type EntryKind } from "./keyed.ts";

export function compareIp(expected: Namespace, actual: Namespace): readonly Difference[] {
	const { place, missing } = actual;
	return [
		...(missing.has("ip-address") ? [] : compareAddresses(expected, actual)),
		...(missing.has("ip-route")
			? []
			: compareKeyed(place, ROUTES, expected.routes.filter(isLasting), actual.routes.filter(isLasting))),
		...(missing.has("ip-rule") ? [] : compareKeyed(place, RULES, expected.rules, actual.rules)),
		...(missing.has("ip-neigh")
			? []
			: compareKeyed(place, NEIGHBOURS, expected.neighbours.filter(isGiven), actual.neighbours.filter(isGiven))),
	];
}

const ADDRESSES: EntryKind<InterfaceAddress> = {
	part: "ip-address",
	codes: { missing: "address-missing", wrong: "address-wrong", extra: "address-unexpected" },
	keyOf: ({ device, address }) => `${address.text} dev ${device}`,
	bodyOf: ({ prefixLength, peer }) => joinWords([prefixLength, peer?.text]),
	textOf: (entry) => `inet${entry.address.family === 6 ? "6" : ""} ${addressWords(entry)} dev ${entry.device}`,
	deviceOf: ({ device }) => device,
	fixOf: (expected, actual) => {
		const fixes = [
			actual === null ? undefined : `ip address del ${addressWords(actual)} dev ${actual.device}`,
			expected === null ? undefined : `ip address add ${addressWords(expected)} dev ${expected.device}`,
		];
		return fixes.filter((fix) => fix !== undefined).join(" && ");
	},
	with: (namespace, change) => ({ ...namespace, addresses: change(namespace.addresses) }),
};

function addressWords({ address, peer, prefixLength }: InterfaceAddress): string {
	return peer === undefined ? `${address.text}/${prefixLength}` : `${address.text} peer ${peer.text}/${prefixLength}`;
}

/** Link-local and loopback addresses are the kernel's own business. */
function compareAddresses(expected: Namespace, actual: Namespace): readonly Difference[] {
	const counts = ({ address, scope, device }: InterfaceAddress): boolean =>
		device !== "lo" && !isLoopback(address) && !(address.family === 6 && scope === "link");
	return compareKeyed(actual.place, ADDRESSES, expected.addresses.filter(counts), actual.addresses.filter(counts));
}

const ROUTES: EntryKind<Route> = {
	part: "ip-route",
	codes: { missing: "route-missing", wrong: "route-wrong", extra: "route-unexpected" },
	keyOf: ({ table, destination, tos, metric, family }) =>
		joinWords([destination.text, `table ${table}`, tos, family === 4 && metric !== 0 ? `metric ${metric}` : undefined]),
	// What the kernel tells of a carrier comes and goes with the device.
	bodyOf: (route) =>
		joinWords([
			route.type,
			...route.nextHops.map((hop) => hopText(hop, route.nextHops.length)).sort(),
			route.preferredSource?.text,
			route.mtu,
			route.notUnderstood,
		]),
	textOf: (route) => printIpRoute([route]).trim().replace(/\s+/g, " "),
	deviceOf: ({ nextHops }) => (nextHops.length === 1 ? (nextHops[0]?.device ?? null) : null),
	fixOf: (expected, actual) =>
		expected === null ? `ip route del ${routeCommand(actual as Route)}` : `ip route replace ${routeCommand(expected)}`,
	with: (namespace, change) => ({ ...namespace, routes: change(namespace.routes) }),
};

function hopText({ gateway, device, weight }: NextHop, hops: number): string {
	return joinWords([gateway?.text ?? "direct", device, hops > 1 ? weight : undefined]);
}

function routeCommand(route: Route): string {
	const hop = route.nextHops.length === 1 ? route.nextHops[0] : undefined;
	const onlink = hop?.onlink === true ? " onlink" : "";
	const text = printIpRoute([route]).trim().replace(/\s+/g, " ");
	return `${text.replace(/ (linkdown|dead|onlink|pref medium)/g, "")}${onlink}`;
}

/** Without broadcast and multicast, and without what comes with link-local and loopback addresses. */
function isLasting({ type, destination, family, table, nextHops }: Route): boolean {
	if (type === "broadcast" || type === "anycast" || type === "multicast") return false;
	const { text } = destination.address;
	if (text.startsWith("ff00:") || text.startsWith("fe80:") || isLoopback(destination.address)) return false;
	// The unspecified routes that a kernel with modules of its own keeps on lo.
	return !(family === 6 && table !== TABLE_LOCAL && type === "unreachable" && nextHops[0]?.device === "lo");
}

const RULES: EntryKind<Rule> = {
	part: "ip-rule",
	codes: { missing: "rule-missing", wrong: "rule-wrong", extra: "rule-unexpected" },
	// By priority and selector: of several rules with both, the first is asked.
	keyOf: (rule) => `${rule.priority}: ${selectorText(rule)}${rule.family === 6 ? " (IPv6)" : ""}`,
	bodyOf: (rule) => ruleText(rule),
	textOf: (rule) => `${rule.priority}: ${ruleText(rule)}`,
	deviceOf: ({ iif, oif }) => iif ?? oif ?? null,
	fixOf: (expected, actual) => {
		const command = (verb: string, rule: Rule): string =>
			`ip ${rule.family === 6 ? "-6 " : ""}rule ${verb} ${ruleText(rule)} priority ${rule.priority}`;
		const fixes = [actual && command("del", actual), expected && command("add", expected)];
		return fixes.filter((fix) => fix !== null).join(" && ");
	},
	with: (namespace, change) => ({ ...namespace, rules: change(namespace.rules) }),
};

function ruleText(rule: Rule): string {
	return printIpRule([rule])
		.trim()
		.replace(/^\d+:\s*/, "");
}

function selectorText(rule: Rule): string {
	return ruleText({ ...rule, action: { kind: "nop" } }).replace(/ nop$/, "");
}

const NEIGHBOURS: EntryKind<Neighbour> = {
	part: "ip-neigh",
	codes: { missing: "neighbour-missing", wrong: "neighbour-wrong", extra: "neighbour-unexpected" },
	keyOf: ({ address, device, proxy }) => `${address.text} dev ${device}${proxy ? " proxy" : ""}`,
	bodyOf: ({ mac }) => mac ?? "",
	textOf: (entry) => printIpNeigh([entry]).trim(),
	deviceOf: ({ device }) => device,
	fixOf: (expected, actual) => {
		const { address, device, mac, proxy } = (expected ?? actual) as Neighbour;
		if (proxy) return `ip neigh ${expected === null ? "del" : "add"} proxy ${address.text} dev ${device}`;
		return expected === null
			? `ip neigh del ${address.text} dev ${device}`
			: `ip neigh replace ${address.text} lladdr ${mac} dev ${device} nud permanent`;
	},
	with: (namespace, change) => ({ ...namespace, neighbours: change(namespace.neighbours) }),
};

/** Somebody put it there; what the kernel learned comes and goes. */
function isGiven({ proxy, state, mac, address }: Neighbour): boolean {
	if (isMulticast(address)) return false;
	return proxy || ((state === "permanent" || state === "noarp") && mac !== null && mac !== "00:00:00:00:00:00");
}

/** What the stack found out by asking: right in a healthy network, and where it is not, as good as written by hand. */
export function learnedNeighbours({ place, neighbours, missing }: Namespace): readonly Difference[] {
	if (missing.has("ip-neigh")) return [];
	const learned = neighbours.filter((entry) => entry.mac !== null && !isGiven(entry) && !isMulticast(entry.address));
	return compareKeyed(place, NEIGHBOURS, [], learned);
}
