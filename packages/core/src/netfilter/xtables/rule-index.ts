/** A chain's rules by what they ask for: KUBE-SERVICES has thousands for one address each, and a packet should meet its own. */
import { addressBits } from "../../address/address.ts";
import type { XtRule } from "./table.ts";

/** Places of rules in the order of their chain. Only their index knows which rules they are. */
export type Places = readonly number[];

/** Each rule is in one of its lists, which are the same objects each time. */
export interface RuleIndex {
	/** Those that ask for this destination address alone. */
	byDestination(address: string): Places | undefined;
	/** Of the others those that ask for this destination port alone. */
	byDestinationPort(port: number): Places | undefined;
	readonly rest: Places;
	rule(place: number): XtRule;
	/** Which rule of the chain it is, from 1. */
	position(place: number): number;
}

/** The index of rules that are there already: their places are their positions. */
export function indexOf(rules: readonly XtRule[]): RuleIndex {
	const byDestination = new Map<string, number[]>();
	const byDestinationPort = new Map<number, number[]>();
	const rest: number[] = [];
	let position = 0;
	for (const rule of rules) {
		position += 1;
		const address = onlyDestination(rule);
		const port = address === undefined ? onlyDestinationPort(rule) : undefined;
		if (address !== undefined) add(byDestination, address, position);
		else if (port !== undefined) add(byDestinationPort, port, position);
		else rest.push(position);
	}
	return {
		byDestination: (address) => byDestination.get(address),
		byDestinationPort: (port) => byDestinationPort.get(port),
		rest,
		rule: (place) => rules[place - 1] as XtRule,
		position: (place) => place,
	};
}

function add<Key>(lists: Map<Key, number[]>, key: Key, position: number): void {
	const list = lists.get(key);
	if (list === undefined) lists.set(key, [position]);
	else list.push(position);
}

/** The one destination address that the rule asks for. */
export function onlyDestination(rule: XtRule): string | undefined {
	for (const match of rule.matches) {
		if (match.kind !== "destination" || match.negated) continue;
		const { prefix } = match;
		if (prefix.length === addressBits(prefix.family)) return prefix.address.text;
	}
	return undefined;
}

/** The one destination port that the rule asks for. */
export function onlyDestinationPort(rule: XtRule): number | undefined {
	for (const match of rule.matches) {
		if (match.kind !== "tcp" && match.kind !== "udp" && match.kind !== "sctp") continue;
		const port = match.destinationPort;
		if (port !== undefined && !port.negated && port.from === port.to) return port.from;
	}
	return undefined;
}
