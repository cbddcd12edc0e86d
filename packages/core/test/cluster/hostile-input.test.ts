/** Whatever the text: a cluster, or an InputError in one printable line. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { firstJsonError } from "../../src/cluster/input/json-error.ts";
import { itemStarts, placeOf, valueEnd } from "../../src/cluster/input/json-text.ts";
import { errorOf, nodeYaml, ownYaml, podYaml, serviceYaml } from "../support/manifests.ts";

const OBJECTS: readonly unknown[] = [
	podYaml("a", "10.244.0.1"),
	nodeYaml("a", "10.0.0.1", "10.244.0.0/24"),
	serviceYaml("s", "clusterIP: 10.96.0.1, selector: { app: web }, ports: [{ name: a, port: 80, targetPort: http }]"),
	ownYaml(
		"VPC",
		"cidrs: [10.0.0.0/8], vSwitches: [{ id: v, cidr: 10.0.0.0/24 }], routes: [{ destination: 0.0.0.0/0, nextHop: a }]",
	),
	ownYaml("Cluster", "mode: flannel-vpc, podCIDRs: [10.244.0.0/16], kubeProxy: { nodePortAddresses: [primary] }"),
	ownYaml("Host", "addresses: [10.0.0.9], routes: [{ destination: 0.0.0.0/0, via: 10.0.0.1 }]"),
	ownYaml("LoadBalancer", "service: default/s, backends: [{ node: a, listenerPort: 80, port: 30000 }]"),
].map((text) => parse(text));

function expectAnswer(text: string, name: string): void {
	const message = errorOf(text, name);
	expect(message).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
}

/** The object with the n-th of its parts, counted from the outside in, replaced. */
function replacePart(value: unknown, at: { left: number }, replacement: unknown): unknown {
	if (at.left-- === 0) return replacement;
	if (Array.isArray(value)) return value.map((each) => replacePart(each, at, replacement));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replacePart(each, at, replacement)]));
}

describe("hostile input", () => {
	test("arbitrary text", () => {
		fc.assert(fc.property(fc.string({ unit: "binary" }), fc.constantFrom("a.yaml", "a.json", "-"), expectAnswer));
	});

	test("text of YAML's and JSON's own characters", () => {
		const unit = fc.constantFrom(..."{}[]:,\"'\\&*!|>-#%@`?~ \n\t0a.", "apiVersion: v1", "kind: ", "Pod", "List", "<<");
		const text = fc.array(unit, { maxLength: 60 }).map((parts) => parts.join(""));
		fc.assert(fc.property(text, fc.constantFrom("a.yaml", "a.json", "-"), expectAnswer), { numRuns: 1000 });
	});

	test("objects with a part that is something else", () => {
		const property = fc.property(
			fc.subarray([...OBJECTS], { minLength: 1 }),
			fc.nat(60),
			fc.oneof(fc.jsonValue(), fc.constantFrom("10.0.0.1", "10.0.0.0/8", "::/0", -1, 1e9, "__proto__", "\u001b[2J")),
			fc.boolean(),
			(objects, left, replacement, json) => {
				const broken = replacePart(objects, { left }, replacement);
				expectAnswer(json ? JSON.stringify(broken, null, 1) : stringify(broken), json ? "a.json" : "a.yaml");
			},
		);
		fc.assert(property, { numRuns: 1000 });
	});

	test("text that is cut off or has a character changed", () => {
		const whole = { yaml: stringify(OBJECTS), json: JSON.stringify(OBJECTS) };
		const property = fc.property(
			fc.nat(3000),
			fc.string({ maxLength: 2 }),
			fc.boolean(),
			fc.constantFrom("yaml", "json"),
			(at, char, cut, format) => {
				const text = whole[format as "yaml" | "json"];
				expectAnswer(cut ? text.slice(0, at) : text.slice(0, at) + char + text.slice(at + 1), `a.${format}`);
			},
		);
		fc.assert(property, { numRuns: 500 });
	});
});

describe("places in JSON text", () => {
	const layouts = fc.constantFrom(undefined, 1, 4, "\t");

	test("a value ends where JSON.parse says it does, and its items are where they are", () => {
		fc.assert(
			fc.property(fc.array(fc.jsonValue()), layouts, (items, indent) => {
				const text = JSON.stringify({ before: 1, items, after: [] }, null, indent);
				expect(valueEnd(text, 0)).toBe(text.length);
				const starts = itemStarts(text, placeOf(text, 0, ["items"], "value"));
				expect(starts.map((start) => JSON.parse(text.slice(start, valueEnd(text, start))))).toEqual(
					JSON.parse(JSON.stringify(items)),
				);
			}),
		);
	});

	test("the checker finds an error exactly where JSON.parse does not accept the text", () => {
		const json = fc.jsonValue().map((value) => JSON.stringify(value, null, 1));
		const broken = fc
			.tuple(json, fc.nat(), fc.constantFrom("", ",", "}", '"', "0", "\\", "\n", "e"))
			.map(([text, at, char]) => {
				const position = at % (text.length + 1);
				return text.slice(0, position) + char + text.slice(position + 1);
			});
		fc.assert(
			fc.property(fc.oneof(json, broken), (text) => {
				const error = firstJsonError(text, 0);
				const accepted = "end" in error && error.end === text.length;
				expect(accepted).toBe(isJson(text));
			}),
			{ numRuns: 1000 },
		);
	});

	function isJson(text: string): boolean {
		try {
			JSON.parse(text);
			return true;
		} catch {
			return false;
		}
	}
});
