/** Packet headers in short, and what changed from one hop to the next. */
import type { ExplainedPacket, OuterHeader } from "../trace/explanation.ts";

/** `ADDRESS:PORT`, with brackets round IPv6; the address alone where the protocol has no ports. */
export function endpoint(address: string, port: number): string {
	if (port === 0) return address;
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `tcp 10.0.0.1:40000 > 10.0.0.2:80`, with what is wrapped around it. */
export function formatHeader(packet: ExplainedPacket): string {
	const { outer, vlan, mark } = packet;
	const parts = [
		...(vlan === null ? [] : [`vlan ${vlan}`]),
		...(outer === null ? [] : [formatOuter(outer)]),
		formatInner(packet),
		...(mark === 0 ? [] : [formatMark(mark)]),
	];
	return parts.join(", ");
}

function formatInner({ protocol, src, dst, sport, dport, icmp }: ExplainedPacket): string {
	if (icmp !== undefined) return `${protocol} ${icmp.type}/${icmp.code} ${src} > ${dst}`;
	return `${protocol} ${endpoint(src, sport)} > ${endpoint(dst, dport)}`;
}

function formatOuter({ kind, vni, src, dst }: OuterHeader): string {
	return `${kind}${vni === undefined ? "" : ` ${vni}`} ${src} > ${dst}`;
}

function formatMark(mark: number): string {
	return mark === 0 ? "no mark" : `mark 0x${mark.toString(16)}`;
}

/** What the packet has now that it had not before, each part on its own: `dst 10.0.0.2:80`, `mark 0x4000`. */
export function headerChanges(before: ExplainedPacket, after: ExplainedPacket): readonly string[] {
	const changes: string[] = [];
	const other = before.protocol !== after.protocol || formatIcmp(before) !== formatIcmp(after);
	if (other) changes.push(formatInner(after));
	else {
		if (before.src !== after.src || before.sport !== after.sport)
			changes.push(`src ${endpoint(after.src, after.sport)}`);
		if (before.dst !== after.dst || before.dport !== after.dport)
			changes.push(`dst ${endpoint(after.dst, after.dport)}`);
	}
	const [outerBefore, outerAfter] = [before.outer, after.outer].map((outer) =>
		outer === null ? "" : formatOuter(outer),
	);
	if (outerBefore !== outerAfter) changes.push(outerAfter === "" ? "unwrapped" : (outerAfter ?? ""));
	if (before.vlan !== after.vlan) changes.push(after.vlan === null ? "no vlan tag" : `vlan ${after.vlan}`);
	if (before.mark !== after.mark) changes.push(formatMark(after.mark));
	return changes;
}

function formatIcmp({ icmp }: ExplainedPacket): string {
	return icmp === undefined ? "" : `${icmp.type}/${icmp.code}`;
}
