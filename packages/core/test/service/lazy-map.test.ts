/** A thousand nodes have tens of thousands of chains each: whoever looks for one thing must not make them all. */
import { expect, test } from "vitest";
import { address } from "../../src/address/address.ts";
import { chain, dnat, jump, rule } from "../../src/netfilter/xtables/rules.ts";
import type { XtChain } from "../../src/netfilter/xtables/table.ts";
import { usesConntrack } from "../../src/netfilter/xtables/uses.ts";
import { LazyMap } from "../../src/service/lazy-map.ts";
import { layered } from "../../src/state/layered-map.ts";

const NAMES = ["first", "asks", "third", "fourth"];
const ORIGIN = { component: "test" };

function chains(made: string[]): ReadonlyMap<string, XtChain> {
	return new LazyMap(
		() => NAMES,
		(name) => {
			if (!NAMES.includes(name)) return undefined;
			made.push(name);
			const target = name === "asks" ? dnat(address("10.0.0.1"), 80) : jump("fourth");
			return chain(name, [rule(ORIGIN, [], target)]);
		},
	);
}

test("values are made once, when they are asked for", () => {
	const made: string[] = [];
	const map = chains(made);
	expect(map.get("third")?.name).toBe("third");
	expect(map.get("third")).toBe(map.get("third"));
	expect(map.has("fifth")).toBe(false);
	expect(made).toEqual(["third"]);
	expect([...map.keys()]).toEqual(NAMES);
	expect(map.size).toBe(4);
	expect([...map.values()].map(({ name }) => name)).toEqual(NAMES);
	expect([...made].sort()).toEqual([...NAMES].sort());
});

test("whether a table asks for connection tracking is known at the first rule that does, whatever chains come after it", () => {
	const made: string[] = [];
	const table = { family: 4, name: "nat", backend: "legacy", chains: layered([new Map(), chains(made)]) } as const;
	expect(usesConntrack(table)).toBe(true);
	expect(made).toEqual(["first", "asks"]);
});
