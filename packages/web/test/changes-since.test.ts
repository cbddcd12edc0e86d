/** What the editor tells of a change is the change, wherever in the file it was typed, and leads back to it. */
import { ChangeSet, Text } from "@codemirror/state";
import { withEdit } from "@podpath/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChangesSince } from "../src/views/what-if/changes-since.ts";

/** As CodeMirror holds it: without the characters that end its lines. */
const held = (text: string): Text => Text.of(text.split(/\r\n?|\n/));

/** Types each text at a place of what is there, over some of it. */
function typed(
	file: { readonly name: string; readonly text: string },
	keys: readonly (readonly [number, number, string])[],
) {
	let now = held(file.text);
	const changes = new ChangesSince(file, now);
	for (const [at, over, insert] of keys) {
		const from = at % (now.length + 1);
		const change = ChangeSet.of({ from, to: Math.min(now.length, from + over), insert }, now.length);
		now = change.apply(now);
		changes.add(change, now);
	}
	return { changes, now };
}

const line = fc.constantFrom("kind: Pod", "a: 1", "", "# 中文");
const breaks = fc.constantFrom("\n", "\r\n");
const file = fc.tuple(fc.array(line), breaks).map(([lines, end]) => ({ name: "a.yaml", text: lines.join(end) }));
const key = fc.tuple(fc.nat(60), fc.nat(9), fc.constantFrom("", "x", "a\nb", "Pod"));

describe("changes since the beginning", () => {
	test("are one stretch, with which the file is the text as it is", () => {
		fc.assert(
			fc.property(file, fc.array(key), (begun, keys) => {
				const { changes, now } = typed(begun, keys);
				const stretch = changes.stretch();
				const text = stretch === null ? begun.text : withEdit(begun, stretch)?.text;
				expect(held(text ?? "").toString()).toBe(now.toString());
			}),
		);
	});

	test("lead from any of them to any other, and back to none", () => {
		fc.assert(
			fc.property(file, fc.array(key), fc.array(key), (begun, some, others) => {
				const { changes, now } = typed(begun, some);
				const wanted = typed(begun, others);
				const way = changes.towards(wanted.changes.stretch());
				expect((way?.apply(now) ?? now).toString()).toBe(wanted.now.toString());
				expect((changes.towards(null)?.apply(now) ?? now).toString()).toBe(held(begun.text).toString());
			}),
		);
	});

	test("typed back to what it was are none", () => {
		const begun = { name: "a.yaml", text: "kind: Pod\n" };
		expect(typed(begun, [[9, 0, "s"]]).changes.stretch()).toEqual({
			name: "a.yaml",
			text: "s",
			instead: { from: 9, removed: 0 },
		});
		expect(
			typed(begun, [
				[9, 0, "s"],
				[9, 1, ""],
			]).changes.stretch(),
		).toBeNull();
	});
});
