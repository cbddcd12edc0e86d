/** What a lab saw: the frames on all devices for one probe, and what the two ends said. Plain data, made by the agent. */

/** An observed frame. Times are nanoseconds after the first frame of the probe. */
export interface CapturedFrame {
	readonly time: number;
	/** The namespace's name in the lab. */
	readonly namespace: string;
	readonly device: string;
	readonly direction: "in" | "out";
	/** True where the frame begins with an Ethernet header; else with an IP header (ipip, tun). */
	readonly ethernet: boolean;
	/** A VLAN tag that the kernel keeps beside the frame (PACKET_AUXDATA). */
	readonly vlan: number | null;
	/** The frame's bytes in base64, at most 2,048 of them. */
	readonly bytes: string;
	/** Length on the wire. */
	readonly length: number;
}

/** What the probe's sender met. */
export type ProbeResult =
	/**
	 * An answer came: a connection was made and its question answered, a datagram or echo came back. `by` is the name of
	 * the namespace whose listener answered; for an echo, which the kernel answers, the address that it came from.
	 */
	| { readonly kind: "answered"; readonly by: string }
	/** An error of the socket: `ECONNREFUSED`, `EHOSTUNREACH`, `ENETUNREACH`, `EMSGSIZE` … */
	| { readonly kind: "error"; readonly code: string; readonly connected?: true }
	/** `connected`: the connection was made, and its question not answered. */
	| { readonly kind: "timeout"; readonly connected?: true };

/** A connection or datagram that a listener took. */
export interface Accepted {
	readonly namespace: string;
	readonly address: string;
	readonly port: number;
	/** The client as the server sees it. */
	readonly peer: { readonly address: string; readonly port: number };
}

export interface Observation {
	readonly result: ProbeResult;
	readonly accepted: readonly Accepted[];
	readonly frames: readonly CapturedFrame[];
	/** `conntrack -L`-like dumps by namespace name, where asked for. */
	readonly conntrack: Readonly<Record<string, string>>;
}

/** A packet to send. */
export interface Probe {
	readonly namespace: string;
	readonly protocol: "tcp" | "udp" | "sctp" | "icmp";
	/** Absent: the kernel chooses. */
	readonly source?: string;
	/** For an echo its identifier. */
	readonly sourcePort?: number;
	readonly destination: string;
	readonly port?: number;
	/** Payload bytes (MTU questions); 8 when absent. The answer of a listener is its namespace's name, however long the question. */
	readonly size?: number;
	/** Don't fragment (IP_MTU_DISCOVER, IPV6_DONTFRAG); absent: the kernel's default. */
	readonly df?: boolean;
	/** How long to wait for an answer or an error; what comes earlier ends the wait. */
	readonly timeoutMs: number;
	/** All namespaces forget the neighbours that they learned: those of an earlier probe must not decide. */
	readonly forgetNeighbours?: true;
	/** Namespaces whose connection tracking table is read back. */
	readonly conntrackOf?: readonly string[];
}

/** A socket that answers: `*` in all its namespace's addresses of both families. */
export interface Listener {
	readonly namespace: string;
	readonly protocol: "tcp" | "udp" | "sctp";
	readonly address?: string;
	readonly port: number;
}
