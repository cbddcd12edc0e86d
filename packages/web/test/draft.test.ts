/** What somebody types in the What if view is not lost, and is told apart from what was there. */
import { editOf } from "@podpath/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { draftOf, hunksOf, typedFrom, withStretch } from "../src/views/what-if/draft.ts";

const A = { name: "a.yaml", text: "kind: Pod" };
const B = { name: "b.yaml", text: "kind: Service" };

describe("a draft", () => {
	test("is the files with what was typed; those that nobody changed are the same", () => {
		const draft = draftOf([A, B], withStretch({}, "b.yaml", editOf(B, "kind: Node")));
		expect(draft).toEqual([A, { name: "b.yaml", text: "kind: Node" }]);
		expect(draft[0]).toBe(A);
	});

	test("typed back to what it was is no change", () => {
		expect(withStretch(withStretch({}, "a.yaml", editOf(A, "kind: Pods")), "a.yaml", null)).toEqual({});
	});

	test("comes back from the browser as it was typed", () => {
		fc.assert(
			fc.property(fc.string(), fc.string({ unit: "binary" }), (was, text) => {
				fc.pre(was !== text);
				const file = { name: "a.yaml", text: was };
				const typed = withStretch({}, "a.yaml", editOf(file, text));
				expect(typedFrom(JSON.stringify(hunksOf([file], typed)), [file])).toEqual(typed);
			}),
		);
	});

	test("of a file that is another one now is no draft of it", () => {
		const kept = JSON.stringify(hunksOf([A], withStretch({}, "a.yaml", editOf(A, "kind: Node"))));
		expect(typedFrom(kept, [{ ...A, text: "kind: Pot" }])).toBeNull();
		expect(typedFrom(kept, [B])).toBeNull();
	});

	test.each(["", "{", "{}", "null", "7", '[{"a":1}]', '[["a.yaml",0,0,0,"x"]]'])(
		"%j in the browser's memory is no draft",
		(kept) => {
			expect(typedFrom(kept, [A])).toBeNull();
		},
	);
});
