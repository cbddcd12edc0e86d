/** A namespace of a lab as its own tools show it, and what of two namespaces a kernel can be expected to hold alike. */
import {
	bridgeVlanBatch,
	type Namespace,
	parseNamespace,
	printIpsetSave,
	printIpvsadmSave,
	printRuleset,
	printXtablesSave,
} from "@podpath/core";
import type { Backend } from "../../src/backend.ts";
import type { LabStep } from "../../src/lab-plan.ts";

const DUMPS: Readonly<Record<string, readonly (readonly string[])[]>> = {
	"ip-address.txt": [["ip", "-d", "address"]],
	"ip-route.txt": [
		["ip", "route", "show", "table", "all"],
		["ip", "-6", "route", "show", "table", "all"],
	],
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
	const keys = [...predicted.sysctls.keys()];
	const paths = keys.map((key) => key.replace(/[./]/g, (each) => (each === "." ? "/" : ".")));
	const read = await backend.run([
		{ kind: "run", namespace: name, argv: ["cat", ...paths.map((path) => `/proc/sys/${path}`)] },
	]);
	const values = keys.length === 0 ? [] : (read[0]?.stdout.trim().split("\n") ?? []);
	files.set("sysctl.txt", keys.map((key, i) => `${key} = ${values[i]}\n`).join(""));
	return parseNamespace(predicted.place, files);
}

/** A kernel without IPVS has no ipvsadm to ask, and so on: asked is what the prediction has something of. */
function isWorthReading(file: string, { xtables, ipsets, ipvs, nftables }: Namespace): boolean {
	switch (file) {
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
	const { addresses, rules, routes, neighbours, fdb, sysctls } = namespace;
	return [
		...linkLines(namespace),
		...addresses.map((each) => line("address", each)),
		...rules.map((each) => line("rule", each)),
		...routes.map((each) =>
			line("route", { ...each, nextHops: each.nextHops.map((hop) => ({ ...hop, linkDown: false })) }),
		),
		...neighbours
			.filter((each) => each.proxy || each.state === "permanent")
			.filter((each) => !each.address.text.startsWith("ff"))
			.map((each) => line("neighbour", each)),
		...fdb
			.filter(({ mac, state }) => state !== "dynamic" && !/^(33:33|01:00:5e)/.test(mac))
			.map((each) => line("fdb", each)),
		...netfilterLines(namespace),
		...[...sysctls].map(([key, value]) => `sysctl ${key} = ${value}`),
	];
}

function linkLines({ links }: Namespace): readonly string[] {
	// Cards are veths in a lab; indexes and what follows from them are the kernel's.
	const printed = links.map((link) => {
		const { index: _, ...rest } = { ...link, kind: link.kind === "physical" ? "veth" : link.kind };
		return line("link", { ...rest, peer: undefined });
	});
	return [
		...printed,
		...bridgeVlanBatch(links.filter(({ kind }) => kind !== "bridge"))
			.text.trim()
			.split("\n"),
	];
}

function netfilterLines({ xtables, ipsets, ipvs, nftables }: Namespace): readonly string[] {
	const tables = xtables.flatMap((table) =>
		printXtablesSave([table])
			.trim()
			.split("\n")
			.map((text) => `${table.family} ${table.name} ${text}`),
	);
	// Members are in a hash's order; a table's chains in that of their making.
	const sets = printIpsetSave(ipsets.values()).trim().split("\n");
	const services = printIpvsadmSave(ipvs).trim().split("\n");
	const nft = nftables.tables.flatMap((table) =>
		printRuleset({ tables: [table] })
			.trim()
			.split("\n")
			.map((text) => `nft ${table.family} ${text.trim()}`),
	);
	return [...tables, ...sets, ...services, ...nft];
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
		observed: theirs.filter((text) => !known.has(text)).toSorted(),
	};
}
