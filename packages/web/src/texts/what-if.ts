/** What the What if view says, loaded with it. */
import type { Language } from "@podpath/core";

const EN = {
	title: "What if",
	about: "Change the cluster of",
	begin: "Choose a scenario: its manifests can be changed here, and the path is drawn again as you type.",
	manifests: "Manifests",
	outcome: "What becomes of the path",
	editor: (file: string): string => `Manifests in ${file}`,
	file: "File",
	changed: "changed",
	reset: "Undo all changes",
	returned: (files: string): string => `What you changed here before is still there, in ${files}.`,
	returnedBroken: (files: string): string =>
		`What you changed here before is still there, in ${files}, and cannot be read.`,
	unkept: "The browser has no room to keep what you typed: a reload of the page would lose it.",
	linkTooLong: "The change is too long for a link: the address of this page does not hold it.",
	linkUnreadable:
		"The change in the address was made of other manifests than these, or was cut off: they are shown without it.",
	readable: "The manifests can be read.",
	unreadable: "What is typed cannot be read yet: the path is that of before.",
	more: (n: number): string => `and ${n} more`,
	before: "before",
	after: "now",
	/** The editor's own words, by what it calls them in English. */
	phrases: {} as Readonly<Record<string, string>>,
};

type WhatIfTexts = typeof EN;

const ZH: WhatIfTexts = {
	title: "假如",
	about: "修改这个场景的集群",
	begin: "请选择一个场景：可以在这里修改它的清单，路径会随着输入重新绘制。",
	manifests: "清单",
	outcome: "路径会怎样",
	editor: (file) => `${file} 中的清单`,
	file: "文件",
	changed: "已修改",
	reset: "撤销所有修改",
	returned: (files) => `您之前在这里的修改仍然保留，在 ${files} 中。`,
	returnedBroken: (files) => `您之前在这里的修改仍然保留，在 ${files} 中，并且无法读取。`,
	unkept: "浏览器没有空间保存你输入的内容：重新加载页面会丢失它们。",
	linkTooLong: "修改太长，放不进链接：本页的地址没有记下它。",
	linkUnreadable: "地址中的修改不是针对这些清单的，或已被截断：这里显示没有修改的清单。",
	readable: "清单可以读取。",
	unreadable: "当前输入的内容还不能读取：这里显示的是之前的路径。",
	more: (n) => `还有 ${n} 条`,
	before: "之前",
	after: "现在",
	phrases: {
		Find: "查找",
		Replace: "替换为",
		next: "下一个",
		previous: "上一个",
		all: "全部选中",
		"match case": "区分大小写",
		"by word": "全词",
		regexp: "正则表达式",
		replace: "替换",
		"replace all": "全部替换",
		close: "关闭",
		"Go to line": "转到行",
		go: "转到",
		"current match": "当前匹配",
		"on line": "在行",
		"replaced $ matches": "替换了 $ 处",
		"replaced match on line $": "替换了第 $ 行的匹配",
		"folded code": "已折叠",
		unfold: "展开",
		"Fold line": "折叠",
		"Unfold line": "展开",
		Diagnostics: "问题",
		"No diagnostics": "没有问题",
	},
};

export const WHAT_IF: Readonly<Record<Language, WhatIfTexts>> = { en: EN, zh: ZH };
