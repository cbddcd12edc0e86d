/** What is wrong with the form of a request. */
import type { z } from "@hono/zod-openapi";
import type { Language } from "@podpath/core";

type Issue = z.core.$ZodIssue;

/** The first thing, with the field that it is about. */
export function malformed(issue: Issue | undefined, language: Language): string {
	const said = issue === undefined ? UNCLEAR[language] : language === "zh" ? inChinese(issue) : issue.message;
	if (issue === undefined || issue.path.length === 0) return said;
	const field = issue.path.join(".");
	return language === "zh" ? `“${field}”：${said}` : `"${field}": ${said}`;
}

const UNCLEAR: Readonly<Record<Language, string>> = { en: "not understood", zh: "无法理解" };

/** zod has its sentences for one language at a time, and requests come in two. */
function inChinese(issue: Issue): string {
	switch (issue.code) {
		case "invalid_type":
			return `应为 ${issue.expected} 类型`;
		case "invalid_value":
			return `应为其中之一：${issue.values.map(String).join("、")}`;
		case "unrecognized_keys":
			return `没有这样的字段：${issue.keys.join("、")}`;
		case "too_big":
			return `最大为 ${issue.maximum}`;
		case "too_small":
			return `最小为 ${issue.minimum}`;
		case "invalid_format":
			return "格式不对";
		case "invalid_union":
			return "与允许的任何一种形式都不符";
		case "not_multiple_of":
		case "invalid_key":
		case "invalid_element":
		case "custom":
			return UNCLEAR.zh;
	}
}
