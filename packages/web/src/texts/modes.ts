/** What the comparison of modes and the choice of one say, loaded with them. */
import type { Language } from "@podpath/core";
import { counted } from "./counted.ts";

const EN = {
	comparisonIntro:
		"What each network mode is, found by asking a small cluster of it. Marked is what is otherwise than in the mode that one compares with.",
	picked: (shown: number, all: number): string => (shown === all ? "All modes" : `${shown} of ${counted(all, "mode")}`),
	pickAll: "Show all",
	base: "Compared with",
	onlyDifferences: "Only what differs",
	differing: (n: number, all: number): string => `${n} of ${all} rows differ`,
	table: "Network modes side by side",
	criterion: "Criterion",
	otherThan: (mode: string): string => `other than ${mode}:`,
	meanings: "What the rows tell",
	scenarios: "scenarios",
	scenariosOf: (n: number): string => counted(n, "scenario"),
	chooserIntro:
		"Say what is there and what is wanted; what you leave open does not matter. The address of this page holds your answers.",
	answers: { yes: "yes", no: "no", any: "does not matter" },
	forget: "Forget all answers",
	ranking: "Modes, the best first",
	fitting: (n: number, all: number): string => `${n} of ${counted(all, "mode")} ${n === 1 ? "fits" : "fit"}.`,
	best: (mode: string): string => `Best: ${mode}.`,
	compareBest: (n: number): string => `Compare the first ${n}`,
	excluded: "Do not fit",
	unfit: "does not fit",
	noReason: "Nothing of what was said speaks for or against it.",
	pro: "for it:",
	con: "against it:",
};

type ModesTexts = typeof EN;

const ZH: ModesTexts = {
	comparisonIntro: "每种网络模式是什么样的，由对它的一个小集群提问得出。标出的是与所比模式不同之处。",
	picked: (shown, all) => (shown === all ? "所有模式" : `${all} 种模式中的 ${shown} 种`),
	pickAll: "显示全部",
	base: "与之对比",
	onlyDifferences: "只看不同之处",
	differing: (n, all) => `${all} 行中有 ${n} 行不同`,
	table: "网络模式对照表",
	criterion: "比较项",
	otherThan: (mode) => `与 ${mode} 不同：`,
	meanings: "各行的含义",
	scenarios: "场景",
	scenariosOf: (n) => `${n} 个场景`,
	chooserIntro: "请说明有什么、要什么；不作回答的就无所谓。本页的地址会记下你的回答。",
	answers: { yes: "是", no: "否", any: "无所谓" },
	forget: "清除所有回答",
	ranking: "模式，最合适的在前",
	fitting: (n, all) => `${all} 种模式中有 ${n} 种合适。`,
	best: (mode) => `最合适：${mode}。`,
	compareBest: (n) => `对比前 ${n} 种`,
	excluded: "不合适的",
	unfit: "不合适",
	noReason: "已作的回答对它没有利弊之分。",
	pro: "有利：",
	con: "不利：",
};

export const MODES: Readonly<Record<Language, ModesTexts>> = { en: EN, zh: ZH };
