/** The URL holds the view, the question and where one looks; nothing of it is lost on the way. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatRoute, parseRoute } from "../src/route.ts";
import { sideOf, withSide } from "../src/views/compare/sides.ts";
import { inputOf, questionIn, routeOf } from "../src/views/path/asked.ts";

const ATLAS = { kind: "atlas", name: "", podpath: "0", summary: null } as const;

describe("a route", () => {
	test("is readable where a fragment allows it", () => {
		const params = { in: "flannel-vpc/001-2.2", to: "service/default/nginx:80", step: "3" };
		expect(formatRoute({ view: "path", params })).toBe(
			"#/path?in=flannel-vpc/001-2.2&to=service/default/nginx:80&step=3",
		);
	});

	test("comes back as it was, whatever is in it", () => {
		const word = fc.string({ minLength: 1, unit: "grapheme" });
		const route = fc.record({
			view: fc.constantFrom("path", "atlas"),
			params: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), word),
		});
		fc.assert(
			fc.property(route, (each) => {
				const parsed = parseRoute(formatRoute(each));
				expect(parsed).toEqual({ view: each.view, params: { ...each.params } });
			}),
		);
	});

	test.each(["", "#", "#/", "nonsense", "#?x"])("%j names no view that there is, and breaks nothing", (hash) => {
		expect(["", "nonsense"]).toContain(parseRoute(hash).view);
	});
});

describe("the question of a route", () => {
	const question = {
		from: "pod/default/a",
		to: "service/default/b:80",
		protocol: "udp",
		via: "node-port",
		sourcePort: 1234,
		node: "n1",
	} as const;

	test("comes back from the URL as it was asked", () => {
		const route = parseRoute(formatRoute(routeOf({ kind: "scenario", name: "m/1" }, question)));
		expect(inputOf(route, ATLAS)).toEqual({ kind: "scenario", name: "m/1" });
		expect(questionIn(route, undefined)).toEqual(question);
	});

	test("is none while half of it is missing", () => {
		expect(questionIn({ view: "path", params: { from: "pod/default/a" } }, undefined)).toBeNull();
	});

	test("takes words that it does not know for words left out", () => {
		const params = { from: "a", to: "b", protocol: "carrier-pigeon", via: "x", sourcePort: "many" };
		expect(questionIn({ view: "path", params }, undefined)).toEqual({ from: "a", to: "b", protocol: "tcp" });
	});
});

describe("the two sides of a comparison", () => {
	const left = { view: "path", params: { in: "m/1", from: "a", to: "b" } };
	const right = { view: "path", params: { in: "m/2", from: "c", to: "d", via: "external-ip" } };

	test("stand in one URL and come back apart", () => {
		const both = withSide(withSide({ view: "compare", params: {} }, "", left), "2", right);
		const read = parseRoute(formatRoute(both));
		expect(sideOf(read, "")).toEqual(left);
		expect(sideOf(read, "2")).toEqual(right);
	});
});
