/**
 * A chain that all Services share, as KUBE-SERVICES: thousands of rules, made for the ports that a packet asks for, and all
 * together only for whoever goes through them.
 */
import {
	onlyDestination,
	onlyDestinationPort,
	type Places,
	type RuleIndex,
} from "../../netfilter/xtables/rule-index.ts";
import type { XtChain, XtRule } from "../../netfilter/xtables/table.ts";
import type { ProxyServicePort } from "../service-port.ts";
import type { ServicePorts } from "../service-ports.ts";

/** More rules than a port has in one chain: what the places of two ports are apart. */
const STRIDE = 1 << 20;

export class SharedChain implements XtChain {
	readonly name: string;
	readonly policy = null;
	readonly #index: PortIndex;

	/** `rulesOf` gives each port's rules, the same ones each time; `last` come after those of all ports. */
	constructor(
		name: string,
		ports: ServicePorts,
		rulesOf: (port: ProxyServicePort) => readonly XtRule[],
		last: readonly XtRule[],
	) {
		this.name = name;
		this.#index = new PortIndex(ports, rulesOf, last);
	}

	get rules(): readonly XtRule[] {
		return this.#index.rules;
	}

	get index(): RuleIndex {
		return this.#index;
	}
}

class PortIndex implements RuleIndex {
	readonly rest: Places;
	readonly #ports: ServicePorts;
	readonly #rulesOf: (port: ProxyServicePort) => readonly XtRule[];
	readonly #last: readonly XtRule[];
	readonly #byDestination = new Map<string, Places>();
	readonly #byDestinationPort = new Map<number, Places>();
	/** How many rules come before those of each port, as far as somebody asked. */
	readonly #before: number[] = [0];
	#rules: readonly XtRule[] | undefined;

	constructor(ports: ServicePorts, rulesOf: (port: ProxyServicePort) => readonly XtRule[], last: readonly XtRule[]) {
		this.#ports = ports;
		this.#rulesOf = rulesOf;
		this.#last = last;
		this.rest = last.map((_, i) => ports.count * STRIDE + i);
	}

	get rules(): readonly XtRule[] {
		this.#rules ??= [...this.#ports.all.flatMap(this.#rulesOf), ...this.#last];
		return this.#rules;
	}

	byDestination(address: string): Places | undefined {
		let places = this.#byDestination.get(address);
		if (places === undefined) {
			const ports = this.#ports.atAddress(address);
			// Most addresses are pods', and too many to be kept.
			if (ports === undefined) return undefined;
			places = this.#keptFor(address, ports);
		}
		return places.length === 0 ? undefined : places;
	}

	byDestinationPort(number: number): Places | undefined {
		let places = this.#byDestinationPort.get(number);
		if (places === undefined) {
			const ports = this.#ports.onNodePort(number);
			if (ports === undefined) return undefined;
			places = this.#keptForPort(number, ports);
		}
		return places.length === 0 ? undefined : places;
	}

	// Apart from the look-ups, which every packet makes: a function with a closure costs memory even where it is not made.
	#keptFor(address: string, ports: readonly ProxyServicePort[]): Places {
		const places = this.#places(ports, (rule) => onlyDestination(rule) === address);
		this.#byDestination.set(address, places);
		return places;
	}

	#keptForPort(number: number, ports: readonly ProxyServicePort[]): Places {
		const asks = (rule: XtRule): boolean => onlyDestination(rule) === undefined && onlyDestinationPort(rule) === number;
		const places = this.#places(ports, asks);
		this.#byDestinationPort.set(number, places);
		return places;
	}

	rule(place: number): XtRule {
		const port = this.#ports.at(Math.floor(place / STRIDE));
		return (port === undefined ? this.#last : this.#rulesOf(port))[place % STRIDE] as XtRule;
	}

	position(place: number): number {
		const port = Math.floor(place / STRIDE);
		for (let last = this.#before.length - 1; last < port; last++) {
			const rules = this.#rulesOf(this.#ports.at(last) as ProxyServicePort).length;
			this.#before.push((this.#before[last] as number) + rules);
		}
		return (this.#before[port] as number) + (place % STRIDE) + 1;
	}

	#places(ports: readonly ProxyServicePort[], asks: (rule: XtRule) => boolean): Places {
		return ports.flatMap((port) =>
			this.#rulesOf(port).flatMap((rule, i) => (asks(rule) ? [port.index * STRIDE + i] : [])),
		);
	}
}
