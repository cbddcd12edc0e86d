/** What is asked: the `question` object of contract (docs/contract.md), as people and scripts write it. */

export type QuestionProtocol = "tcp" | "udp" | "sctp" | "icmp";

/** How a Service is addressed. */
export type Via = "cluster-ip" | "external-ip" | "load-balancer" | "node-port";

export const VIAS: readonly Via[] = ["cluster-ip", "external-ip", "load-balancer", "node-port"];
export const QUESTION_PROTOCOLS: readonly QuestionProtocol[] = ["tcp", "udp", "sctp", "icmp"];

export interface Question {
	/** `pod/NS/NAME`, `node/NAME`, `host/NAME`, `internet/ADDRESS`, `service/NS/NAME[:PORT]`, or `ADDRESS[:PORT]`. */
	readonly from: string;
	readonly to: string;
	readonly protocol: QuestionProtocol;
	readonly via?: Via;
	readonly sourcePort?: number;
	/** With `via: node-port`: whose address is used. */
	readonly node?: string;
	/** Where a packet of no known place starts: `node/NAME` or `node/NAME:DEVICE`. */
	readonly at?: string;
}
