/** Files stay small enough to read in one go, and are named after what is in them. */
import { expect, test } from "vitest";
import { filesUnder, readSource } from "./sources.ts";

const MOST_LINES = 400;

/** Files that may be longer, each with the reason. */
const LONG_FILES: Readonly<Record<string, string>> = {
	"packages/core/test/support/kubernetes-flow-cases.ts":
		"a table: the cases of kubernetes' own tests, one after the other",
	"packages/core/test/support/explanations.ts": "data: whole answers, written out as a renderer gets them",
};

/** Words that say nothing about what a file holds. */
const EMPTY_NAMES = /^(utils?|helpers?|common|misc|shared|stuff)$/;

const FOLDERS = ["packages", "bench", "scripts", "test"];

test("no file has more lines than can be kept in the head", () => {
	const long = FOLDERS.flatMap((folder) => filesUnder(folder, ".ts", ".tsx", ".css"))
		.filter((path) => !path.includes("/fixtures/") && !(path in LONG_FILES))
		.map((path) => ({ path, lines: readSource(path).trimEnd().split("\n").length }))
		.filter(({ lines }) => lines > MOST_LINES)
		.map(({ path, lines }) => `${path}: ${lines} lines`);
	expect(long).toEqual([]);
});

test("the list of longer files holds only files that are", () => {
	const needless = Object.keys(LONG_FILES).filter(
		(path) => readSource(path).trimEnd().split("\n").length <= MOST_LINES,
	);
	expect(needless).toEqual([]);
});

test("every file and folder is named after what it holds", () => {
	const vague = FOLDERS.flatMap((folder) => filesUnder(folder, ".ts", ".tsx", ".css")).filter((path) =>
		path.split("/").some((part) => EMPTY_NAMES.test(part.replace(/(\.test)?\.(tsx?|css)$/, ""))),
	);
	expect(vague).toEqual([]);
});
