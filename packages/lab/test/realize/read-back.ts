/** A namespace of a lab as its own tools show it, and what of two namespaces a kernel can be expected to hold alike. */
import {
	type FdbEntry,
	type Link,
	type Namespace,
	type NftTable,
	parseNamespace,
	printIpsetSave,
	printIpvsadmSave,
	printRuleset,
	printXtablesSave,
	type Route,
} from "@podpath/core";
import type { Backend } from "../../src/backend.ts";
import type { LabStep } from "../../src/lab-plan.ts";

const DUMPS: Readonly<Record<string, readonly (readonly string[])[]>> = {
	"ip-address.txt": [["ip", "-d", "address"]],
	"ip-route.txt": [["ip", "route", "show", "table", "all"]],
	"ip-rule.txt": [
		["ip", "rule"],
		["ip", "-6", "rule"],
	],
	"ip-neigh.txt": [
		["ip", "neigh", "show", "nud", "all"],
		["ip", "neigh", "show", "proxy"],
		["ip", "-6", "neigh", "show", "proxy"],
	],
	"bridge-fdb.txt": [["bridge", "fdb"]],
	"bridge-vlan.txt": [["bridge", "vlan"]],
	"iptables-save.txt": [["iptables-save"]],
	"ip6tables-save.txt": [["ip6tables-save"]],
	"ipset-save.txt": [["ipset", "save"]],
	"ipvsadm-save.txt": [["ipvsadm-save", "-n"]],
	"nft-ruleset.txt": [["nft", "list", "ruleset"]],
};

/** tc shows one device's filters in one direction, without saying which. */
function filterDumps({ tcFilters }: Namespace): readonly (readonly [heading: string, argv: readonly string[]])[] {
	const asked = new Set(tcFilters.map(({ device, direction }) => `${device} ${direction}`));
	return [...asked].map((each) => [
		`# tc filter show dev ${each}\n`,
		["tc", "filter", "show", "dev", ...each.split(" ")],
	]);
}

/** Reads the namespace with the tools that have something to show there. */
export async function readBack(backend: Backend, name: string, predicted: Namespace): Promise<Namespace> {
	const asked = Object.entries(DUMPS).filter(([file]) => isWorthReading(file, predicted));
	const steps = asked.flatMap(([, commands]) =>
		commands.map((argv): LabStep => ({ kind: "run", namespace: name, argv })),
	);
	const outputs = [...(await backend.run(steps))];
	const files = new Map(
		asked.map(([file, commands]) => [
			file,
			outputs
				.splice(0, commands.length)
				.map(({ stdout }) => stdout)
				.join(""),
		]),
	);
	const filters = filterDumps(predicted);
	const shown = await backend.run(filters.map(([, argv]): LabStep => ({ kind: "run", namespace: name, argv })));
	if (filters.length > 0) {
		files.set("tc-filter.txt", filters.map(([heading], i) => `${heading}${shown[i]?.stdout ?? ""}`).join(""));
	}
	const keys = [...predicted.sysctls.keys()];
	const paths = keys.map((key) => key.replace(/[./]/g, (each) => (each === "." ? "/" : ".")));
	const read = await backend.run([
		{ kind: "run", namespace: name, argv: ["cat", ...paths.map((path) => `/proc/sys/${path}`)] },
	]);
	const values = keys.length === 0 ? [] : (read[0]?.stdout.trim().split("\n") ?? []);
	files.set("sysctl.txt", keys.map((key, i) => `${key} = ${values[i]}\n`).join(""));
	return parseNamespace(predicted.place, files);
}

/** A kernel without IPVS has no ipvsadm to ask, and so on: what the prediction has nothing of is not asked for. */
function isWorthReading(file: string, { links, xtables, ipsets, ipvs, nftables }: Namespace): boolean {
	switch (file) {
		case "bridge-fdb.txt":
			return links.some(({ kind }) => kind === "bridge" || kind === "vxlan");
		case "bridge-vlan.txt":
			return links.some(({ kind }) => kind === "bridge");
		case "iptables-save.txt":
			return xtables.some(({ family }) => family === 4);
		case "ip6tables-save.txt":
			return xtables.some(({ family }) => family === 6);
		case "ipset-save.txt":
			return ipsets.size > 0;
		case "ipvsadm-save.txt":
			return ipvs.length > 0;
		case "nft-ruleset.txt":
			return nftables.tables.length > 0;
		default:
			return true;
	}
}

/** Everything of the namespace that shall be the same, in lines that say which part they are of. */
export function linesOf(namespace: Namespace): readonly string[] {
	const { links, addresses, rules, routes, neighbours, fdb, tcFilters, sysctls } = namespace;
	const filtering = links.some((link) => link.kind === "bridge" && link.vlanFiltering);
	// The kernel numbers the ipvlans of a device, and makes their link-local addresses of the numbers (addrconf_ifid_eui48).
	const ipvlans = new Set(links.filter(({ kind }) => kind === "ipvlan").map(({ name }) => name));
	const isDrawn = (text: string, device: string | undefined): boolean =>
		text.startsWith("fe80::") && !text.endsWith("/64") && ipvlans.has(device ?? "");
	return [
		...links.map((link) => line("link", comparable(link, filtering))),
		...addresses.filter(({ address, device }) => !isDrawn(address.text, device)).map((each) => line("address", each)),
		...rules.map((each) => line("rule", each)),
		...routes
			.filter(({ destination, nextHops }) => !isDrawn(destination.text, nextHops[0]?.device))
			.map((each) => line("route", withoutCarrier(each))),
		...neighbours
			.filter(({ proxy, state, address }) => (proxy || state === "permanent") && !address.text.startsWith("ff"))
			.map((each) => line("neighbour", each)),
		...fdb.filter(isAsked).map((each) => line("fdb", each)),
		...netfilterLines(namespace),
		...tcFilters.map((each) => line("filter", { ...each, protocol: each.protocol.toLowerCase() })),
		...[...sysctls].map(([key, value]) => `sysctl ${key} = ${value}`),
	];
}

function withoutCarrier(route: Route): Route {
	return { ...route, nextHops: route.nextHops.map((hop) => ({ ...hop, linkDown: false })) };
}

/** Not what comes by itself: learned entries, multicast groups, ports' addresses by VLAN, and a device's own list (macvlans add to it). */
function isAsked({ mac, state, vlan, self, destination }: FdbEntry): boolean {
	if (destination !== undefined) return true;
	return !self && state !== "dynamic" && vlan === undefined && !/^(33:33|01:00:5e)/.test(mac);
}

/** Cards are veths in a lab, indexes the kernel's; a bridge that does not filter has VLANs all the same. */
function comparable(link: Link, filtering: boolean): object {
	const { index: _, ...rest } = { ...link, kind: link.kind === "physical" ? "veth" : link.kind };
	const port = link.bridgePort && { ...link.bridgePort, ...(!filtering && { vlans: undefined }) };
	const lower = "lower" in link ? link.lower : undefined;
	// Of a device in another namespace the tools know no more than that.
	const below = lower?.place === undefined && lower?.index === undefined ? lower : "elsewhere";
	return { ...rest, lower: below, peer: undefined, bridgePort: port, ...(!filtering && { vlans: undefined }) };
}

/** One line for each chain, as the order of its rules counts, and for each set, whose order does not. */
function netfilterLines({ xtables, ipsets, ipvs, nftables }: Namespace): readonly string[] {
	const chains = xtables.flatMap((table) =>
		[...table.chains.values()].map((chain) => {
			const alone = printXtablesSave([{ ...table, chains: new Map([[chain.name, chain]]) }]);
			return `chain ${table.family} ${alone.trim().replaceAll("\n", " | ")}`;
		}),
	);
	const sets = [...ipsets.values()].flatMap((set) => printIpsetSave([set]).trim().split("\n"));
	// What the kernel draws for the hash table is not asked for.
	const asked = sets.map((text) => `ipset ${text.replace(/ bucketsize \d+ initval \S+/, "")}`);
	// ipvsadm prints the servers of a service in an order of its own.
	const services = ipvs.map(
		(service) => `ipvs ${printIpvsadmSave([service]).trim().split("\n").toSorted().join(" | ")}`,
	);
	const nft = nftables.tables.flatMap((table) => [
		...[...table.chains.values()].map((chain) =>
			nftText({ ...table, chains: new Map([[chain.name, chain]]), sets: new Map() }, table),
		),
		...[...table.sets.values()].flatMap((set) => [
			nftText({ ...table, chains: new Map(), sets: new Map([[set.name, { ...set, elements: [] }]]) }, table),
			...set.elements.map((each) => line(`nft ${table.family} ${table.name} ${set.name}`, each)),
		]),
	]);
	return [...chains, ...asked, ...services, ...nft];
}

/** A part of the table as nft prints it: sets of one element as that element. */
function nftText(part: NftTable, whole: NftTable): string {
	const text = printRuleset({ tables: [{ ...part, sets: part.chains.size > 0 ? whole.sets : part.sets }] });
	return `nft ${(part.chains.size > 0 ? chainOf(text) : text).replace(/\{ ([^,{}]+) \}/g, "$1").replace(/\s+/g, " ")}`;
}

/** From the chain on: a chain prints by the types of the sets that stand before it. */
function chainOf(text: string): string {
	return `${text.slice(0, text.indexOf("\n"))}${text.slice(text.indexOf("\tchain "))}`;
}

function line(part: string, entry: object): string {
	return `${part} ${JSON.stringify(entry, plain)}`;
}

/** Addresses and prefixes by their text, keys in order, without origins. */
function plain(key: string, value: unknown): unknown {
	if (key === "origin") return undefined;
	if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
	if ("text" in value && "family" in value) return value.text;
	return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export interface Difference {
	readonly predicted: readonly string[];
	readonly observed: readonly string[];
}

/** Lines that only one of the two has. */
export function difference(predicted: Namespace, observed: Namespace): Difference {
	const [ours, theirs] = [linesOf(predicted), linesOf(observed)];
	const [known, seen] = [new Set(ours), new Set(theirs)];
	return {
		predicted: ours.filter((text) => !seen.has(text)).toSorted(),
		observed: theirs.filter((text) => !known.has(text) && !isFallbackTunnel(text)).toSorted(),
	};
}

/** A kernel with the module ipip has tunl0 in every namespace (net/ipv4/ipip.c ipip_init_net). */
function isFallbackTunnel(text: string): boolean {
	return text.startsWith("link ") && text.includes('"name":"tunl0"');
}
