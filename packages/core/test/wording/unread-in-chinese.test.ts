/** Why a line was not understood is told in Chinese too. */
import { expect, test } from "vitest";
import { parseIpsetSave } from "../../src/netfilter/ipset/save.ts";
import { parseNftRuleset } from "../../src/netfilter/nftables/parse.ts";
import { parseXtablesSave } from "../../src/netfilter/xtables/save.ts";
import { CHINESE_OF_RULES } from "../../src/wording/chinese-of-rules.ts";
import { worded } from "../../src/wording/phrase.ts";
import { englishIn } from "../support/no-english.ts";

const file = "dump";

test.each([
	['*filter\n:INPUT DROP [0:0]\n-A INPUT -m comment --comment "open\nCOMMIT', "行在引号中结束"],
	["*strange", "没有这个表"],
	["*nat", "表没有 COMMIT：这份输出可能被截断了"],
])("of iptables-save: %j", (text, why) => {
	const { unread } = parseXtablesSave(text, { family: 4, file });
	expect(unread.map((line) => worded(line.why, "zh"))).toContain(why);
});

test("of ipset save", () => {
	const [line] = parseIpsetSave("add b 1.2.3.4", { file }).unread;
	expect(line && worded(line.why, "zh")).toBe("在它之前没有创建集合“b”");
});

test.each([
	["frobnicate 3", "“frobnicate”未知"],
	["jump", "末尾缺少一个词"],
])("of nft: %s", (rule, why) => {
	const { unread } = parseNftRuleset(`table ip t {\n\tchain c {\n\t\t${rule}\n\t}\n}`, { file });
	expect(unread.map((line) => worded(line.why, "zh"))).toContain(why);
});

test("no sentence is left in English", () => {
	expect(Object.values(CHINESE_OF_RULES).flatMap(englishIn)).toEqual([]);
});
