/** What the gallery of the atlas says, loaded with it. */
import type { Language } from "@podpath/core";
import { counted } from "./counted.ts";

const EN = {
	title: "Atlas",
	parts: { gallery: "Scenarios", compare: "Compare modes", choose: "Choose a mode" },
	what: "podpath computes every step of a packet in a Kubernetes network, there and back, and says why it is lost.",
	intro:
		"Networks as they are built in the field: a cluster for each mode, questions about it, and what the answers have to be.",
	search: "Search scenarios",
	searchHint: "mode, words of a title, verdict, source",
	count: (shown: number, all: number): string =>
		shown === all ? counted(all, "scenario") : `${shown} of ${counted(all, "scenario")}`,
	near: (n: number): string =>
		`No scenario holds all of these words; ${counted(n, "scenario")} ${n === 1 ? "holds" : "hold"} the most of them.`,
	nothing: "No scenario fits.",
	hint: "Try what a packet meets (service, node-port, policy, masquerade, ipvs), the name of a mode, or fewer words.",
	showAll: "Show all scenarios",
	modes: "Modes",
	all: "All modes",
	measured: "expectation measured",
	measuredHint: "An expectation was read off a run on a real kernel; docs/measurements.md tells of each.",
	sources: "Expectations from",
	note: "Note",
	open: "See the path",
	verdict: "Expected",
	check: "Check all here",
	checking: (done: number, of: number): string => `Checked ${done} of ${of}`,
	agrees: "engine agrees",
	differs: "engine differs",
};

export type AtlasTexts = typeof EN;

const ZH: AtlasTexts = {
	title: "图集",
	parts: { gallery: "场景", compare: "模式对比", choose: "选择模式" },
	what: "podpath 推算报文在 Kubernetes 网络中往返的每一步，并说明它为何丢失。",
	intro: "实际部署中的网络：每种模式一个集群，若干关于它的问题，以及答案应当是什么。",
	search: "搜索场景",
	searchHint: "模式、标题中的词、结论、出处",
	count: (shown, all) => (shown === all ? `${all} 个场景` : `${all} 个场景中的 ${shown} 个`),
	near: (n) => `没有场景同时包含这些词；下面 ${n} 个包含得最多。`,
	nothing: "没有符合的场景。",
	hint: "可以试试报文会遇到的东西（service、node-port、policy、masquerade、ipvs）、模式的名称，或少用几个词。",
	showAll: "显示所有场景",
	modes: "模式",
	all: "所有模式",
	measured: "期望来自实测",
	measuredHint: "有一项期望取自在真实内核上的运行；docs/measurements.md 逐一记载。",
	sources: "期望的出处",
	note: "说明",
	open: "查看路径",
	verdict: "期望",
	check: "检查这里的全部",
	checking: (done, of) => `已检查 ${done} / ${of}`,
	agrees: "引擎一致",
	differs: "引擎不一致",
};

export const ATLAS: Readonly<Record<Language, AtlasTexts>> = { en: EN, zh: ZH };
