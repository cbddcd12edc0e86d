/** The tcpdump command that shows a packet on a device. */
import type { Crossing } from "../kernel/walk.ts";
import { type Place, placeKind } from "../state/place.ts";
import type { ExplainedCapture, ExplainedPacket } from "./explanation.ts";
import { insideOf, outerOf } from "./packet-report.ts";

/** What a capture is to show: a packet as an answer tells of it. */
export interface Sought extends Pick<ExplainedPacket, "protocol" | "src" | "dst" | "outer"> {
	/** The server's, which a packet of either direction has: the destination's on the way there, the source's of an answer. */
	readonly port: number;
}

/**
 * Ready to paste on the machine: in the pod's namespace for a pod, on the node itself otherwise. `bridged`: the device is a
 * bridge that passes the packet on, which it shows in promiscuous mode alone.
 */
export function captureCommand(at: Place, device: string, sought: Sought, bridged: boolean): string {
	const tcpdump = `tcpdump -${bridged ? "" : "p"}nnei ${quote(device)} '${filterFor(sought)}'`;
	if (placeKind(at) !== "pod") return tcpdump;
	const [, namespace = "", name = ""] = at.split("/");
	const labels = `--label io.kubernetes.pod.namespace=${namespace} --label io.kubernetes.pod.name=${name}`;
	const pid = `$(crictl inspect -o go-template --template '{{.info.pid}}' $(crictl ps -q ${labels} | head -n1))`;
	return `nsenter -n -t ${pid} ${tcpdump}`;
}

/** What captures show on the way, device by device. */
export function capturesOf(crossings: readonly Crossing[]): readonly ExplainedCapture[] {
	const captures: ExplainedCapture[] = [];
	for (const { at, device, direction, packet, bridged } of crossings) {
		if (device === null) continue;
		const inside = insideOf(packet);
		const [src, dst] = [inside.src.text, inside.dst.text];
		const sought = { protocol: inside.protocol, src, dst, outer: outerOf(packet), port: inside.dport };
		captures.push({ at, device, direction, src, dst, command: captureCommand(at, device, sought, bridged === true) });
	}
	return captures;
}

/** A capture filter (pcap-filter(7)) for the packet and its answers: words and blanks, no quotes. */
function filterFor({ protocol, src, dst, outer, port }: Sought): string {
	switch (outer?.kind) {
		case "ipip":
			return `ip proto 4 and ${hosts(outer)}`;
		case "vxlan":
			return `udp port ${outer.dport} and ${hosts(outer)}`;
		default:
			break;
	}
	switch (protocol) {
		case "tcp":
		case "udp":
		case "sctp":
			return `${protocol} and ${hosts({ src, dst })} and port ${port}`;
		case "icmpv6":
			return `icmp6 and ${hosts({ src, dst })}`;
		default:
			return `${protocol} and ${hosts({ src, dst })}`;
	}
}

function hosts({ src, dst }: { readonly src: string; readonly dst: string }): string {
	return `host ${src} and host ${dst}`;
}

/** Quotes a word for a shell, unless it needs none. */
function quote(word: string): string {
	return /^[\w.:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
