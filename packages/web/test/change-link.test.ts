/** A link to What if holds the change, and no link changes manifests that it was not made of. */
import { editOf, type ManifestFile } from "@podpath/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linkOf, MOST_LINK, typedIn } from "../src/views/what-if/change-link.ts";
import { type Typed, withStretch } from "../src/views/what-if/draft.ts";

const A = { name: "a.yaml", text: "kind: Service\nspec: { externalTrafficPolicy: Local }\n" };
const B = { name: "b.yaml", text: "kind: Pod\n" };

/** Typed over the whole file. */
const withText = (typed: Typed, file: ManifestFile, text: string): Typed =>
	withStretch(typed, file.name, text === file.text ? null : editOf(file, text));

describe("a link", () => {
	test("gives back what was typed, whatever it is", async () => {
		await fc.assert(
			fc.asyncProperty(fc.string({ unit: "binary" }), fc.string(), async (a, b) => {
				const typed = withText(withText({}, A, a), B, b);
				expect(await typedIn((await linkOf([A, B], typed)) ?? "", [A, B])).toEqual(typed);
			}),
		);
	});

	test("holds what differs and not the file", async () => {
		const long = {
			name: "a.yaml",
			text: `${crypto.randomUUID().repeat(500)}
Local`,
		};
		const link = await linkOf([long], withText({}, long, long.text.replace("Local", "Cluster")));
		expect(link?.length).toBeLessThan(100);
	});

	test("stands in an address as it is", async () => {
		expect(await linkOf([A], withText({}, A, "%&=?#/+ 中文"))).toMatch(/^[\w-]+$/);
	});

	test("is none where it would be too long", async () => {
		const random = Array.from({ length: MOST_LINK / 10 }, () => crypto.randomUUID()).join("");
		expect(await linkOf([A], withText({}, A, random))).toBeNull();
	});

	test.each(["", "x", "!!", "AAAA", "y0zPzs"])("that is no change (%j) changes nothing", async (link) => {
		expect(await typedIn(link, [A])).toBeNull();
	});

	test("to manifests that are not those any more changes nothing", async () => {
		const link = (await linkOf([A], withText({}, A, "kind: Pod"))) ?? "";
		expect(await typedIn(link, [{ ...A, text: `${A.text}# later` }])).toBeNull();
		expect(await typedIn(link, [B])).toBeNull();
	});
});
