/** Why a line was not understood is told in Chinese too. */
import { expect, test } from "vitest";
import { formatDiagnostic, InputError } from "../../src/diagnostic/diagnostic.ts";
import { parseIpsetSave } from "../../src/netfilter/ipset/save.ts";
import { parseNftRuleset } from "../../src/netfilter/nftables/parse.ts";
import { parseXtablesSave } from "../../src/netfilter/xtables/save.ts";
import { parseIpNeigh } from "../../src/parse/ip-neigh.ts";
import { CHINESE_OF_DUMPS } from "../../src/wording/chinese-of-dumps.ts";
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

test.each([
	["frobnicate", "a:1:1: 不是“ip neigh”的输出：“frobnicate”（邻居应以地址开头）"],
	[
		"[{]",
		"a:1:3: JSON 格式不对：有一个条目的格式不对（应为对象的数组，如工具的 -j 选项所输出的；纯文本应放在 .txt 文件中）",
	],
])("of ip neigh, of which nothing was understood: %s", (text, said) => {
	try {
		parseIpNeigh(text, "a");
		expect.unreachable();
	} catch (error) {
		expect(error instanceof InputError && formatDiagnostic(error.diagnostic, "zh")).toBe(said);
	}
});

test("of ip neigh", () => {
	const { notUnderstood } = parseIpNeigh("10.0.0.1 dev eth0\n10.0.0.2\n10.0.0.3 dev eth0 what", "a");
	expect(notUnderstood.map(({ why }) => worded(why, "zh"))).toEqual(["邻居应在某个设备上", "无法理解“what”"]);
});

test("no sentence is left in English", () => {
	expect(Object.values({ ...CHINESE_OF_DUMPS, ...CHINESE_OF_RULES }).flatMap(englishIn)).toEqual([]);
});
