import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layered } from "../../src/state/layered-map.ts";

const layer = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.option(fc.nat(9), { nil: undefined }));

describe("layered maps", () => {
	it("are what copying the later layers first and the earlier ones over them would give", () => {
		fc.assert(
			fc.property(fc.array(layer, { maxLength: 4 }), (dictionaries) => {
				const maps = dictionaries.map((each) => new Map(Object.entries(each)));
				const view = layered(maps);
				const copied = new Map([...maps].reverse().flatMap((each) => [...each]));
				expect(new Map(view)).toEqual(copied);
				expect(view.size).toBe(copied.size);
				for (const key of ["a", "b", "c", "d", "e"]) {
					expect(view.get(key)).toBe(copied.get(key));
					expect(view.has(key)).toBe(copied.has(key));
				}
				const visited = new Map<string, number | undefined>();
				view.forEach((value, key) => {
					visited.set(key, value);
				});
				expect(visited).toEqual(copied);
				expect([...view.values()]).toHaveLength(copied.size);
			}),
		);
	});

	it("are the layer itself where there is only one", () => {
		const only = new Map([["a", 1]]);
		expect(layered([only])).toBe(only);
	});
});
