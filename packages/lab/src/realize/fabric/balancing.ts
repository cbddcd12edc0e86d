/** Load balancers as rules of the router before their backends: the destination is rewritten, the client's address stays. */
import { type BalancerListener, type Family, formatEndpoint } from "@podpath/core";
import { UPLINK } from "./port.ts";
import type { Surroundings } from "./router.ts";
import type { FabricRules } from "./tables.ts";

/** The `nat` and `filter` rules of the router before these load balancers' backends. */
export function balancingRules({ balancers, internet }: Surroundings): Pick<FabricRules, "nat" | "filter"> {
	// Connections from outside come by a load balancer or not at all; what machines opened is answered.
	const only = `-A FORWARD -i ${UPLINK} -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP`;
	const guard = internet ? [only] : [];
	const nat: Record<Family, string[]> = { 4: [], 6: [] };
	const filter: Record<Family, string[]> = { 4: [...guard], 6: [...guard] };
	for (const { addresses, listeners } of balancers) {
		for (const { family, text } of addresses) {
			for (const listener of listeners) nat[family].push(...listening(listener, family, text));
			// No listener, or no backend: the packet was not rewritten, and ends here without a word.
			filter[family].push(`-A FORWARD -d ${text} -j DROP`);
		}
	}
	return { nat, filter };
}

/** Rules for each source that the listener lets in; others' packets are not rewritten. */
function listening(listener: BalancerListener, family: Family, address: string): readonly string[] {
	const { acl, protocol, port } = listener;
	const to = `-d ${address} -p ${protocol} -m ${protocol} --dport ${port}`;
	const listed = (acl?.prefixes ?? []).filter((each) => each.family === family).map(({ text }) => ` -s ${text}`);
	const refused = acl?.kind === "black" ? listed.map((from) => `-A PREROUTING${from} ${to} -j RETURN`) : [];
	const admitted = acl?.kind === "white" ? listed : [""];
	return [...refused, ...admitted.flatMap((from) => rewriting(listener, family, `-A PREROUTING${from} ${to}`))];
}

/** One rule for each backend, with the chance that it has when those before it were not chosen. */
function rewriting({ backends }: BalancerListener, family: Family, matching: string): readonly string[] {
	const used = backends.filter((each) => each.weight > 0 && each.address.family === family);
	let left = used.reduce((sum, { weight }) => sum + weight, 0);
	return used.map((backend) => {
		const chance = backend.weight / left;
		left -= backend.weight;
		const statistic = chance === 1 ? "" : ` -m statistic --mode random --probability ${chance.toFixed(11)}`;
		const to = formatEndpoint(backend.address, backend.port);
		return `${matching}${statistic} -j DNAT --to-destination ${to}`;
	});
}
