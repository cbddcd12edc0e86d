import { describe, expect, test } from "vitest";
import { renderJson, stringifyJson } from "../../src/render/json.ts";
import { explanationSchema, jsonSchema, questionSchema } from "../../src/render/schema.ts";
import { BALANCED, CLUSTER_IP, HOSTILE_NAMES, hostile, REFUSED, VXLAN } from "../support/explanations.ts";

describe("the schema of answers", () => {
	test.each(Object.entries({ BALANCED, CLUSTER_IP, REFUSED, VXLAN }))("takes %s as it is", (_, explanation) => {
		expect(explanationSchema.parse(explanation)).toEqual(explanation);
	});

	test("refuses a verdict that is none", () => {
		expect(explanationSchema.safeParse({ ...CLUSTER_IP, verdict: "fine" }).success).toBe(false);
	});

	test("is published as JSON Schema with the contract's members", () => {
		expect(jsonSchema(explanationSchema, "output")).toMatchObject({
			title: "Explanation",
			required: ["apiVersion", "kind", "question", "verdict", "paths", "findings"],
			additionalProperties: false,
		});
	});
});

describe("the schema of questions", () => {
	test("takes a question without a protocol for tcp", () => {
		expect(questionSchema.parse({ from: "pod/a/b", to: "10.0.0.1" })).toEqual({
			from: "pod/a/b",
			to: "10.0.0.1",
			protocol: "tcp",
		});
	});

	test.each([
		{ from: "pod/a/b" },
		{ from: "pod/a/b", to: 5 },
		{ from: "pod/a/b", to: "10.0.0.1", protocol: "gre" },
		{ from: "pod/a/b", to: "10.0.0.1", sourcePort: 70000 },
		{ from: "pod/a/b", to: "10.0.0.1", other: true },
	])("refuses %j", (question) => {
		expect(questionSchema.safeParse(question).success).toBe(false);
	});
});

describe("JSON", () => {
	test("has the contract's order of members, two spaces, and a line feed at its end", () => {
		const { from, to, via, protocol } = CLUSTER_IP.question;
		const json = renderJson({ ...CLUSTER_IP, question: { ...(via && { via }), protocol, to, from } });
		expect(json).toMatch(
			/^\{\n {2}"apiVersion": "podpath\.dev\/v1alpha1",\n {2}"kind": "Explanation",\n {2}"question": \{\n {4}"from"/,
		);
		expect(json.endsWith("}\n")).toBe(true);
		expect(JSON.parse(json)).toEqual(CLUSTER_IP);
	});

	test("fits a line of JSON lines", () => {
		const json = renderJson(CLUSTER_IP, { compact: true });
		expect(json.indexOf("\n")).toBe(json.length - 1);
	});

	test.each(HOSTILE_NAMES)("holds %j unchanged without anything that a terminal obeys", (name) => {
		const json = renderJson(hostile(name));
		expect(JSON.parse(json)).toEqual(hostile(name));
		// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
		expect(json).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/);
	});

	test("escapes the characters that JSON.stringify leaves alone", () => {
		expect(stringifyJson("\u202e\u009b\ufeff", { compact: true })).toBe('"\\u202e\\u009b\\ufeff"\n');
	});
});
