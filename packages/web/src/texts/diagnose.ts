/** What the Diagnose view says, loaded with it. */
import type { Language } from "@podpath/core";
import { counted } from "./counted.ts";

const EN = {
	title: "Diagnose",
	intro:
		"Finds why a packet does not arrive: the entry that is missing, wrong or in the way, whose it is, and what puts it right.",
	scope: "What is looked at",
	one: "One packet",
	all: "The whole cluster",
	examples: "Example faults",
	examplesIntro:
		"Networks with one thing broken in each, as it happens in the field. Choose one to see what is found, and the broken path beside the healthy one.",
	search: "Search faults",
	searchHint: "words of a title, a mode, a code, a verdict",
	count: (shown: number, all: number): string =>
		shown === all ? counted(all, "fault") : `${shown} of ${counted(all, "fault")}`,
	nothing: "No fault holds all of these words.",
	fault: "Fault",
	looking: "Looking…",
	progress: (asked: number, of: number, findings: number): string =>
		`${asked.toLocaleString("en")} of ${counted(of, "question")} asked, ${counted(findings, "finding")}`,
	stop: "Stop",
	stopped: "Stopped: this is what was found until then.",
	again: "Look again",
	clean: "Nothing is wrong.",
	found: (n: number): string => (n === 1 ? "One cause found." : `${n} findings.`),
	surveyed: (questions: number, places: number): string =>
		`${counted(questions, "question")} about ${counted(places, "place")}`,
	isNow: "now:",
	should: "should be:",
	minor: (n: number): string => `Noted, without effect on this (${n})`,
	expected: "expected",
	actual: "found",
	owner: "owner",
	ownerFor: (owner: string, object: string): string => `${owner}, for ${object}`,
	fix: "fix",
	confirm: "confirm",
	proof: "proof",
	asked: "asked",
	meaning: "What this means",
	usually: (owner: string): string => `Usually written by: ${owner}`,
	inState: "in the state",
	inHealthy: "in the healthy state",
	seePath: "The path that meets it",
	questions: (n: number): string => `decides ${counted(n, "question")}`,
	broken: "With the fault",
	healthy: "Healthy",
	besideTitle: "The broken path beside the healthy one",
};

type DiagnoseTexts = typeof EN;

const ZH: DiagnoseTexts = {
	title: "诊断",
	intro: "找出报文为何到不了：哪一条缺失、有误或碍事，归谁所有，怎样修复。",
	scope: "检查范围",
	one: "一个报文",
	all: "整个集群",
	examples: "故障示例",
	examplesIntro:
		"每个示例是一个坏了一处的网络，都是现场会发生的。选择一个，查看诊断结果，以及故障路径与健康路径的对照。",
	search: "搜索故障",
	searchHint: "标题中的词、模式、代码、结论",
	count: (shown, all) => (shown === all ? `${all} 个故障` : `${all} 个故障中的 ${shown} 个`),
	nothing: "没有故障同时包含这些词。",
	fault: "故障",
	looking: "正在检查…",
	progress: (asked, of, findings) => `已问 ${asked} / ${of} 个问题，${findings} 条发现`,
	stop: "停止",
	stopped: "已停止：以下是到那时为止的发现。",
	again: "重新检查",
	clean: "没有发现问题。",
	found: (n) => `${n} 条发现。`,
	surveyed: (questions, places) => `${questions} 个问题，涉及 ${places} 个位置`,
	isNow: "现在：",
	should: "应当：",
	minor: (n) => `顺带记录，对此没有影响（${n}）`,
	expected: "应有",
	actual: "实有",
	owner: "归属",
	ownerFor: (owner, object) => `${owner}，为 ${object}`,
	fix: "修复",
	confirm: "确认",
	proof: "证明",
	asked: "问题",
	meaning: "这是什么意思",
	usually: (owner) => `通常的写入者：${owner}`,
	inState: "查看状态",
	inHealthy: "查看健康时的状态",
	seePath: "遇到它的路径",
	questions: (n) => `决定 ${n} 个问题`,
	broken: "有故障",
	healthy: "健康",
	besideTitle: "故障路径与健康路径对照",
};

export const DIAGNOSE: Readonly<Record<Language, DiagnoseTexts>> = { en: EN, zh: ZH };
