import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { closest, suggest } from "../../src/diagnostic/closest.ts";

describe("the name that was probably meant", () => {
	test.each([
		["Servce", ["Pod", "Service", "Node"], "Service"],
		["hostnetwork", ["hostNetwork", "nodeName"], "hostNetwork"],
		["deafult/nginx", ["default/nginx", "kube-system/dns"], "default/nginx"],
		["nginx", ["nginx1", "nginx2"], "nginx1"],
	])("%s", (name, candidates, meant) => {
		expect(closest(name, candidates)).toBe(meant);
	});

	test("nothing where all are too far", () => {
		expect(closest("zookeeper", ["nginx", "redis"])).toBeUndefined();
		expect(suggest("x", [])).toBeUndefined();
	});

	test("a name of hostile length is not compared", () => {
		expect(suggest("x".repeat(1_000_000), ["x".repeat(999_999)])).toBeUndefined();
	});

	test("a name that is there is its own closest", () => {
		fc.assert(
			fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (names) => {
				const [first = ""] = names;
				expect(closest(first, names)?.toLowerCase()).toBe(first.toLowerCase());
			}),
		);
	});
});
