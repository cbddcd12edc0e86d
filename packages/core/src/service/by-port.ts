/** Values kept for Service ports: thousands, and asked for with every chain, so they are found by the port's place. */
import type { ProxyServicePort } from "./service-port.ts";

export class ByPort<Value> {
	readonly #values: (Value | undefined)[] = [];

	/** The value of this port, made where there is none yet. All ports must be of one list. */
	get(port: ProxyServicePort, make: () => Value): Value {
		const known = this.#values[port.index];
		if (known !== undefined) return known;
		const made = make();
		this.#values[port.index] = made;
		return made;
	}
}
