/** What somebody types in the What if view is not lost, and is told apart from what was there. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { draftOf, parseTyped, withText } from "../src/views/what-if/draft.ts";

const A = { name: "a.yaml", text: "kind: Pod" };
const B = { name: "b.yaml", text: "kind: Service" };

describe("a draft", () => {
	test("is the files with what was typed", () => {
		const typed = withText({}, B, "kind: Node");
		expect(draftOf([A, B], typed)).toEqual([A, { name: "b.yaml", text: "kind: Node" }]);
	});

	test("typed back to what it was is no change", () => {
		expect(withText(withText({}, A, "kind: Pods"), A, A.text)).toEqual({});
	});

	test("comes back from the browser as it was typed", () => {
		const typed = fc.dictionary(fc.string(), fc.string());
		fc.assert(
			fc.property(typed, (each) => {
				expect(parseTyped(JSON.stringify(each))).toEqual({ ...each });
			}),
		);
	});

	test.each([null, "", "{", "[]", "null", "7", '{"a":1}'])("%j in the browser's memory is no draft", (kept) => {
		expect(parseTyped(kept)).toEqual({});
	});
});
