/** The tcpdump command that shows a packet on a device. */
import type { Packet } from "../packet/packet.ts";
import { type Place, placeKind } from "../state/place.ts";

/** Ready to paste on the machine: in the pod's namespace for a pod, on the node itself otherwise. */
export function captureCommand(at: Place, device: string, packet: Packet, bridged: boolean): string {
	const tcpdump = `tcpdump -${bridged ? "" : "p"}nnei ${quote(device)} '${filterFor(packet)}'`;
	if (placeKind(at) !== "pod") return tcpdump;
	const [, namespace = "", name = ""] = at.split("/");
	const labels = `--label io.kubernetes.pod.namespace=${namespace} --label io.kubernetes.pod.name=${name}`;
	const pid = `$(crictl inspect -o go-template --template '{{.info.pid}}' $(crictl ps -q ${labels} | head -n1))`;
	return `nsenter -n -t ${pid} ${tcpdump}`;
}

/** A capture filter (pcap-filter(7)) for the packet and its answers: words and blanks, no quotes. */
function filterFor(packet: Packet): string {
	const hosts = `host ${packet.src.text} and host ${packet.dst.text}`;
	switch (packet.payload?.kind) {
		case "ipip":
			return `ip proto 4 and ${hosts}`;
		case "vxlan":
			return `udp port ${packet.dport} and ${hosts}`;
		default:
			break;
	}
	switch (packet.protocol) {
		case "tcp":
		case "udp":
		case "sctp":
			return `${packet.protocol} and ${hosts} and port ${packet.dport}`;
		case "icmpv6":
			return `icmp6 and ${hosts}`;
		default:
			return `${packet.protocol} and ${hosts}`;
	}
}

/** Quotes a word for a shell, unless it needs none. */
function quote(word: string): string {
	return /^[\w.:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
