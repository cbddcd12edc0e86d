/** What a path leaves behind and shows: rewrites, conntrack entries, addresses, and where to run tcpdump. */
import { printable } from "../diagnostic/diagnostic.ts";
import type { ExplainedCapture, ExplainedPath, ExplainedTuple } from "../trace/explanation.ts";
import { type Cell, columns } from "./columns.ts";
import { endpoint } from "./header.ts";
import { formatOrigin } from "./hop-table.ts";
import type { Layout } from "./text-layout.ts";

export function pathFacts(path: ExplainedPath, layout: Layout): readonly string[] {
	const rows: (readonly Cell[])[] = [
		...named("NAT", natTexts(path)),
		...named("Conntrack", conntrackTexts(path)),
		...named("Security groups", securityGroupTexts(path)),
		...named("Service address", [serviceAddressText(path)]),
		...named("Client address", [clientAddressText(path)]),
		...named("Stacks", [path.stacks.length === 0 ? "" : `${path.stacks.length}: ${path.stacks.join(", ")}`]),
	];
	return ["", ...columns(rows, { ...layout, indent: "" }).flat(), ...captureLines(path.captures, layout)];
}

/** Rows of one name, which stands before the first only. Texts that are empty are left out. */
function named(name: string, texts: readonly string[]): readonly (readonly Cell[])[] {
	return texts
		.filter((text) => text !== "")
		.map((text, position) => [{ text: position === 0 ? name : "", role: "heading" }, { text: printable(text) }]);
}

function natTexts({ nat }: ExplainedPath): readonly string[] {
	return nat.map(({ at, kind, from, to, by }) => {
		const who = formatOrigin(by);
		return `${at} ${kind} ${from} → ${to}${who === "" ? "" : ` [${who}]`}`;
	});
}

function conntrackTexts({ conntrack }: ExplainedPath): readonly string[] {
	return conntrack.map(
		({ at, protocol, original, reply }) => `${at} ${protocol} ${tuple(original)}, reply ${tuple(reply)}`,
	);
}

function tuple({ src, sport, dst, dport }: ExplainedTuple): string {
	return `${endpoint(src, sport)} > ${endpoint(dst, dport)}`;
}

function securityGroupTexts({ securityGroups }: ExplainedPath): readonly string[] {
	return securityGroups.map(
		({ interface: card, group, direction, decision, state, rule }) =>
			`${card} ${direction} (${state}): ${decision} by ${group}, ${rule}`,
	);
}

function serviceAddressText({ serviceAddressSeenAt }: ExplainedPath): string {
	if (serviceAddressSeenAt.length === 0) return "";
	return `seen at ${groupByPlace(serviceAddressSeenAt).join("; ")}`;
}

function groupByPlace(links: ExplainedPath["serviceAddressSeenAt"]): readonly string[] {
	const places = new Map<string, string[]>();
	for (const { at, device } of links) {
		const devices = places.get(at) ?? [];
		places.set(at, devices);
		if (device !== undefined) devices.push(device);
	}
	return [...places].map(([at, devices]) => [at, devices.join(", ")].join(" ").trimEnd());
}

function clientAddressText({ clientAddress }: ExplainedPath): string {
	if (clientAddress === null) return "";
	const { preserved, seen, lostAt, by } = clientAddress;
	if (preserved) return `kept: the server sees ${seen}`;
	const where = lostAt === undefined ? "" : ` at ${lostAt}`;
	return `lost${where}${by === undefined ? "" : ` (${by})`}: the server sees ${seen}`;
}

/** One of several places where the same packet shows. */
interface Sight {
	readonly at: string;
	readonly src: string;
	readonly dst: string;
	readonly devices: string[];
	readonly command: string;
}

function captureLines(captures: readonly ExplainedCapture[], layout: Layout): readonly string[] {
	if (captures.length === 0) return [];
	const { paint, indent, verbose } = layout;
	const sights = sightsOf(captures);
	// A pod's own view is that of its host end, and its command is long: the host end is enough unless all is asked for.
	const onNodes = sights.filter(({ at }) => !at.startsWith("pod/"));
	const shown = verbose || onNodes.length === 0 ? sights : onNodes;
	return [
		"",
		paint("heading", "Captures"),
		...shown.flatMap(({ at, src, dst, devices, command }) => [
			`${indent}${printable(`${at} ${devices.join(", ")}: ${src} > ${dst}`)}`,
			`${indent}  ${paint("faint", printable(command))}`,
		]),
	];
}

function sightsOf(captures: readonly ExplainedCapture[]): readonly Sight[] {
	const sights = new Map<string, Sight>();
	for (const { at, device, src, dst, command } of captures) {
		const key = JSON.stringify([at, src, dst]);
		const sight = sights.get(key);
		if (sight === undefined) sights.set(key, { at, src, dst, devices: [device], command });
		else if (!sight.devices.includes(device)) sight.devices.push(device);
	}
	return [...sights.values()];
}
