/** Every link of a Markdown file leads to a file that exists, and to a heading that exists where it names one. */
import { existsSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { filesUnder, ROOT, readSource } from "./sources.ts";

/** The anchor that code hosts make of a heading. */
function anchorOf(heading: string): string {
	return heading
		.toLowerCase()
		.replace(/[`*_]/g, "")
		.replace(/[^\p{L}\p{N}\s-]/gu, "")
		.trim()
		.replace(/\s/g, "-");
}

function anchorsOf(path: string): ReadonlySet<string> {
	return new Set([...readSource(path).matchAll(/^#{1,6}\s+(.+)$/gm)].map((match) => anchorOf(match[1] ?? "")));
}

/** What stands in code blocks is no link. */
function withoutCode(text: string): string {
	return text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "").replace(/`[^`\n]*`/g, "");
}

function brokenLinks(path: string): readonly string[] {
	const links = [...withoutCode(readSource(path)).matchAll(/\[[^\]]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)];
	return links
		.map((match) => match[1] ?? "")
		.filter((link) => !/^[a-z]+:/.test(link))
		.filter((link) => {
			const [file = "", anchor] = link.split("#");
			const to = file === "" ? path : posix.normalize(posix.join(posix.dirname(path), file));
			if (!existsSync(join(ROOT, to))) return true;
			return anchor !== undefined && statSync(join(ROOT, to)).isFile() && !anchorsOf(to).has(anchor);
		})
		.map((link) => `${path}: ${link}`);
}

describe("links of Markdown files", () => {
	test.each(filesUnder(".", ".md"))("%s", (path) => {
		expect(brokenLinks(path)).toEqual([]);
	});
});
