/** A change of a file is short where the change is, and gives back what was typed. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editOf, withEdit } from "../../src/api/edited-file.ts";

const file = { name: "a.yaml", text: `# ${"long ".repeat(1000)}\nexternalTrafficPolicy: Local\nkind: Service\n` };

describe("an edited file", () => {
	test("gives back what was typed, whatever it was made of", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (was, text) => {
				expect(withEdit({ name: "a", text: was }, editOf({ name: "a", text: was }, text))?.text).toBe(text);
			}),
		);
	});

	test("holds what differs and not the file", () => {
		const edit = editOf(file, file.text.replace("Local", "Cluster"));
		expect(edit).toEqual({
			name: "a.yaml",
			text: "Cluster",
			instead: { from: file.text.indexOf("Local"), removed: "Local".length },
		});
	});

	test("may be the whole file", () => {
		expect(withEdit(file, { name: "a.yaml", text: "kind: Pod" })).toEqual({ name: "a.yaml", text: "kind: Pod" });
	});

	test("does not fit another file than this", () => {
		const edit = editOf(file, `${file.text}# more`);
		expect(withEdit({ name: "a.yaml", text: "kind: Pod" }, edit)).toBeUndefined();
	});
});
