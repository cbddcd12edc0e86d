/** `bridge vlan`: text and JSON (iproute2 bridge/vlan.c), and putting it into the links that it is about. */
import type { BridgePort, Link, PortVlan } from "../state/link.ts";
import { DEFAULT_BRIDGE_PORT } from "../state/link.ts";
import { phrase } from "../wording/phrase.ts";
import { DumpReader, decimal, dumpLines, type Line, type Parsed } from "./dump.ts";
import { isJson, jsonRows, numberField, objectsField, stringField, stringsField } from "./json-rows.ts";

/** The VLANs of one port, or of a bridge itself. */
export interface PortVlans {
	readonly device: string;
	readonly vlans: readonly PortVlan[];
}

/** The ports of a dump with their VLANs. Throws InputError for what is no such dump. */
export function parseBridgeVlan(text: string, file: string): Parsed<PortVlans> {
	return isJson(text, file) ? parseJson(text, file) : parseText(text, file);
}

/** The links with their VLANs. A port that the dump does not name carries none: the kernel lists every port that has any. */
export function withPortVlans(links: readonly Link[], ports: readonly PortVlans[]): Link[] {
	const byDevice = new Map(ports.map((port) => [port.device, port.vlans]));
	const filtering = new Set(
		links.filter((link) => link.kind === "bridge" && link.vlanFiltering).map((link) => link.name),
	);
	return links.map((link): Link => {
		const vlans = byDevice.get(link.name);
		if (link.kind === "bridge") return vlans === undefined ? link : { ...link, vlans };
		if (vlans === undefined && !filtering.has(link.master ?? "")) return link;
		const bridgePort: BridgePort = { ...(link.bridgePort ?? DEFAULT_BRIDGE_PORT), vlans: vlans ?? [] };
		return { ...link, bridgePort };
	});
}

type PortDraft = { readonly device: string; readonly vlans: PortVlan[] };

const HIGHEST_VLAN = 4094;

function parseJson(text: string, file: string): Parsed<PortVlans> {
	const dump = new DumpReader<PortDraft>("bridge-vlan", file, "bridge vlan");
	for (const row of jsonRows(text, file)) {
		const device = stringField(row.value, "ifname");
		if (device === undefined) {
			dump.keep(row, phrase("entry-of-port"));
			continue;
		}
		const vlans = objectsField(row.value, "vlans").flatMap((each) => {
			const from = numberField(each, "vlan") ?? 0;
			return rangeOf(from, numberField(each, "vlanEnd") ?? from, stringsField(each, "flags").join(" "));
		});
		dump.entries.push({ device, vlans });
	}
	return dump.finish();
}

function parseText(text: string, file: string): Parsed<PortVlans> {
	const dump = new DumpReader<PortDraft>("bridge-vlan", file, "bridge vlan");
	let header = false;
	for (const line of dumpLines(text)) {
		if (/^port\s+vlan[- ]ids?/.test(line.text)) header = true;
		else readLine(line, dump);
	}
	return dump.finish(header || dump.entries.length > 0);
}

/** `PORT VLAN FLAGS`, or only `VLAN FLAGS` for one more VLAN of the port above. */
function readLine(line: Line, dump: DumpReader<PortDraft>): void {
	const [, device, rest = ""] = /^(\S+)?\s*(.*)$/.exec(line.text) ?? [];
	if (device !== undefined) dump.entries.push({ device, vlans: [] });
	const port = dump.entries.at(-1);
	// `bridge -d` adds lines on spanning tree and multicast; old versions say `None` for no VLAN.
	if (rest === "None" || /^(state|mcast_router|neigh_suppress|tunnel)/.test(rest)) return;
	const [, fromText, toText, flags = ""] = /^(\d+)(?:-(\d+))?(?:\s+(.*))?$/.exec(rest) ?? [];
	const from = decimal(fromText);
	if (port === undefined || from === undefined) {
		if (device !== undefined) dump.entries.pop();
		dump.keep(line, phrase("line-of-vlan"));
		return;
	}
	port.vlans.push(...rangeOf(from, decimal(toText) ?? from, flags));
}

function rangeOf(from: number, to: number, flags: string): PortVlan[] {
	const vlans: PortVlan[] = [];
	for (let id = from; id <= Math.min(to, HIGHEST_VLAN); id++) {
		vlans.push({ id, pvid: flags.includes("PVID"), untagged: flags.includes("Egress Untagged") });
	}
	return vlans;
}
