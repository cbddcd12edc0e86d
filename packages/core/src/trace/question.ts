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

/** A question of these parts, in the order of the contract; what is undefined is left out. */
export function questionOf(parts: QuestionParts): Question {
	const { from, to, protocol, via, sourcePort, node, at } = parts;
	return {
		from,
		to,
		protocol,
		...(via === undefined ? {} : { via }),
		...(sourcePort === undefined ? {} : { sourcePort }),
		...(node === undefined ? {} : { node }),
		...(at === undefined ? {} : { at }),
	};
}

type QuestionParts = Pick<Question, "from" | "to" | "protocol"> & {
	readonly [Part in "via" | "sourcePort" | "node" | "at"]?: Question[Part] | undefined;
};
