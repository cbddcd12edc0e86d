import { execFileSync } from "node:child_process";
import { symlinkSync, truncateSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readManifests } from "../src/manifests.ts";
import { folderWith } from "./temporary-folder.ts";

async function* stream(...chunks: readonly string[]): AsyncGenerator<string> {
	yield* chunks;
}

describe("manifests", () => {
	test("of a folder are all YAML and JSON files below it, in the order of their names", async () => {
		const folder = folderWith({
			"b.yml": "2",
			"a/x.yaml": "1",
			"c.json": "3",
			"readme.md": "no",
			".hidden.yaml": "no",
		});
		const files = await readManifests([folder]);
		expect(files).toEqual([
			{ name: join(folder, "a/x.yaml"), text: "1" },
			{ name: join(folder, "b.yml"), text: "2" },
			{ name: join(folder, "c.json"), text: "3" },
		]);
	});

	test("of a file are read whatever its ending, once", async () => {
		const folder = folderWith({ dump: "x" });
		expect(await readManifests([join(folder, "dump"), join(folder, "dump")])).toHaveLength(1);
	});

	test("come from standard input where the path is -", async () => {
		expect(await readManifests(["-"], stream("kind: ", "Pod"))).toEqual([{ name: "stdin", text: "kind: Pod" }]);
	});

	test("come from a pipe that is named, as a shell's <(…) is", async () => {
		const pipe = join(folderWith({}), "pipe");
		execFileSync("mkfifo", [pipe]);
		const [read] = await Promise.all([readManifests([pipe]), writeFile(pipe, "kind: Pod")]);
		expect(read).toEqual([{ name: pipe, text: "kind: Pod" }]);
	});

	test("are not looked for in a circle of links", async () => {
		const folder = folderWith({ "a/x.yaml": "1" });
		symlinkSync(folder, join(folder, "a/round"));
		expect(await readManifests([folder])).toHaveLength(1);
	});

	test("lose a byte order mark", async () => {
		const folder = folderWith({ "x.yaml": "\ufeffkind: Pod" });
		expect((await readManifests([folder]))[0]?.text).toBe("kind: Pod");
	});
});

describe("what cannot be read is refused in one line that says what would be right", () => {
	test.each([
		["UTF-16", Uint8Array.of(0xff, 0xfe, 0x6b, 0x00), /is UTF-16 \(save it as UTF-8\)$/],
		["big-endian UTF-16", Uint8Array.of(0xfe, 0xff, 0x00, 0x6b), /is UTF-16/],
		["a program", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0x00), /is a binary file \(give YAML, JSON/],
		["Latin-1", Uint8Array.of(0x6b, 0xe4, 0x73, 0x65), /is not UTF-8/],
	])("%s", async (_, bytes, message) => {
		const folder = folderWith({ "x.yaml": bytes });
		await expect(readManifests([folder])).rejects.toMatchObject({
			name: "InputError",
			message: expect.stringMatching(message),
		});
	});

	test("a path that is not there", async () => {
		await expect(readManifests(["/no/such/file"])).rejects.toThrow('"/no/such/file" does not exist');
	});

	test("a link round in a circle", async () => {
		const folder = folderWith({});
		symlinkSync(join(folder, "x.yaml"), join(folder, "x.yaml"));
		await expect(readManifests([join(folder, "x.yaml")])).rejects.toThrow("leads round in a circle");
	});

	test("a folder without manifests", async () => {
		const folder = folderWith({ "readme.md": "" });
		await expect(readManifests([folder])).rejects.toThrow(
			/holds no manifests \(files that end in \.yaml, \.yml, \.json\)/,
		);
	});

	test("a device without end", async () => {
		await expect(readManifests(["/dev/zero"])).rejects.toThrow(/"\/dev\/zero" has 537 MB or more/);
	});

	test("a pipe in a folder, which would be waited for", async () => {
		const folder = folderWith({});
		execFileSync("mkfifo", [join(folder, "x.yaml")]);
		await expect(readManifests([folder])).rejects.toThrow(/x\.yaml" is a pipe or device, no file/);
	});

	test("a file that is bigger than one string can be, without reading it", async () => {
		const folder = folderWith({ "x.json": "" });
		truncateSync(join(folder, "x.json"), 600_000_000);
		await expect(readManifests([folder])).rejects.toThrow(/has 600 MB or more, but one file can have 537 MB.*split/);
	});

	test("a name that would move the cursor of a terminal", async () => {
		await expect(readManifests(["\u001b[2J.yaml"])).rejects.toThrow('"\\u001b[2J.yaml" does not exist');
	});
});
