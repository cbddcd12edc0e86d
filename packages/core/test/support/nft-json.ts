/** kube-proxy's nftables table as input of `nft -j -f -` (libnftables-json(5)). */
import type { NftElement, ProxyNftSet, ProxyNftTable } from "../../src/service/nftables/table.ts";

type Json = Readonly<Record<string, unknown>>;

/** The commands that make the table in an empty kernel: first the names, then what refers to them. */
export function nftJson(table: ProxyNftTable): string {
	const { family, name } = table;
	const place = { family, table: name };
	const chains = [...table.chains.values()];
	const sets = [...table.sets.values()];
	const objects: Json[] = [
		{ table: { family, name } },
		...chains.map(({ name: chain, base, comment }) => ({
			chain: {
				...place,
				name: chain,
				...(comment === undefined ? {} : { comment }),
				...(base === undefined ? {} : { type: base.type, hook: base.hook, prio: base.priority, policy: "accept" }),
			},
		})),
		...sets.map((set) => setJson(place, set)),
		...sets
			.filter(({ elements }) => elements.length > 0)
			.map((set) => ({ element: { ...place, name: set.name, elem: set.elements.map(elementJson) } })),
		...chains.flatMap(({ name: chain, rules }) =>
			rules.map(({ statements, comment }) => ({
				rule: { ...place, chain, expr: statements, ...(comment === undefined ? {} : { comment }) },
			})),
		),
	];
	return JSON.stringify({ nftables: objects.map((object) => ({ add: object })) });
}

function setJson(place: Json, { name, types, verdicts, comment, timeout }: ProxyNftSet): Json {
	const type = types.length === 1 ? types[0] : types;
	const described = comment === undefined ? {} : { comment };
	// The JSON has no word for the flag `dynamic`; the kernel gives it to a set that a rule adds to.
	const lasting = timeout === undefined ? {} : { flags: ["timeout"], timeout };
	const common = { ...place, name, type, ...described, ...lasting };
	return verdicts ? { map: { ...common, map: "verdict" } } : { set: common };
}

function elementJson({ key, verdict, comment }: NftElement): unknown {
	const value = comment === undefined ? key : { elem: { val: key, comment } };
	return verdict === undefined ? value : [value, verdict];
}
