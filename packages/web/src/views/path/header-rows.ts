/** Packet headers as rows of a table, from the outermost in. */
import { type ExplainedPacket, endpoint } from "@podpath/core";

export interface HeaderRow {
	readonly layer: "frame" | "outer" | "inner";
	/** The field's own name, in every language. */
	readonly field: string;
	readonly before: string;
	readonly after: string;
	readonly changed: boolean;
	/** What would have been right. */
	readonly expected?: string;
}

/** Only fields that one of the two has. Where there is no `before`, nothing counts as changed. */
export function headerRows(
	before: ExplainedPacket | null,
	after: ExplainedPacket,
	expectedSource?: string,
): readonly HeaderRow[] {
	return FIELDS.flatMap(({ layer, field, of }) => {
		const [old, now] = [before === null ? "" : of(before), of(after)];
		if (old === "" && now === "") return [];
		const row = { layer, field, before: old, after: now, changed: before !== null && old !== now };
		const isSource = layer === "inner" && field === "src";
		return [isSource && expectedSource !== undefined ? { ...row, expected: expectedSource } : row];
	});
}

interface Field {
	readonly layer: HeaderRow["layer"];
	readonly field: string;
	readonly of: (packet: ExplainedPacket) => string;
}

const FIELDS: readonly Field[] = [
	{
		layer: "frame",
		field: "MAC",
		of: ({ ethernet }) => (ethernet === undefined ? "" : `${ethernet.src} → ${ethernet.dst}`),
	},
	{ layer: "frame", field: "VLAN", of: ({ vlan }) => (vlan === null ? "" : String(vlan)) },
	{ layer: "outer", field: "tunnel", of: ({ outer }) => (outer === null ? "" : tunnel(outer)) },
	{ layer: "outer", field: "src", of: ({ outer }) => outer?.src ?? "" },
	{ layer: "outer", field: "dst", of: ({ outer }) => outer?.dst ?? "" },
	{ layer: "inner", field: "protocol", of: ({ protocol }) => protocol },
	{ layer: "inner", field: "src", of: ({ src, sport }) => endpoint(src, sport) },
	{ layer: "inner", field: "dst", of: ({ dst, dport }) => endpoint(dst, dport) },
	{ layer: "inner", field: "icmp", of: ({ icmp }) => (icmp === undefined ? "" : `${icmp.type}/${icmp.code}`) },
	{ layer: "inner", field: "ttl", of: ({ ttl }) => String(ttl) },
	{ layer: "inner", field: "mark", of: ({ mark }) => (mark === 0 ? "" : `0x${mark.toString(16)}`) },
];

function tunnel({ kind, vni, dport }: NonNullable<ExplainedPacket["outer"]>): string {
	return [kind, vni === undefined ? "" : `vni ${vni}`, dport === undefined ? "" : `udp ${dport}`]
		.filter((part) => part !== "")
		.join(" ");
}
