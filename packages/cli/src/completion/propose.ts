/** Proposes how a command line may go on: commands, flags and their words, and the names in the input that it gives. */

import { STDIN } from "@podpath/collect";
import { type Cluster, knownPlaces, printable, scenarioName } from "@podpath/core";
import { proposeCompletions } from "@stricli/core";
import { readAtlas } from "../atlas/atlas-folder.ts";
import type { Context } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { loadSubject } from "../explain/subject.ts";

/** Prints one proposal a line. `words` are those after `podpath`; the last is being typed, and may be empty. */
export async function printProposals(context: Context, words: readonly string[]): Promise<ExitStatus> {
	const typed = words.at(-1) ?? "";
	const found = [...(await staticProposals(context, words)), ...(await names(words))];
	const proposals = [...new Set(found)].filter((each) => each.startsWith(typed) && each === printable(each));
	for (const proposal of proposals) context.cli.stdout.write(`${proposal}\n`);
	return EXIT.yes;
}

async function staticProposals(context: Context, words: readonly string[]): Promise<readonly string[]> {
	const process = { stdout: { write: () => {} }, stderr: { write: () => {} }, env: context.cli.env };
	const proposals = await proposeCompletions(context.application, words, { ...context, process });
	return proposals.map(({ completion }) => completion);
}

/** Names are proposed where a place or a scenario is expected; a broken input proposes nothing and breaks nothing. */
async function names(words: readonly string[]): Promise<readonly string[]> {
	const [command, ...rest] = words;
	const before = rest.at(-2) ?? "";
	try {
		if (command === "atlas" || before === "--scenario") return scenarioNames(words);
		if (command !== "explain") return [];
		if (before === "--node") return nodeNames(await clusterOf(rest)).map((name) => name.slice("node/".length));
		if (before === "--at") return nodeNames(await clusterOf(rest));
		if (before.startsWith("-") && !["--verbose", "-v"].includes(before)) return [];
		return knownPlaces(await clusterOf(rest)).map(({ name }) => name);
	} catch {
		return [];
	}
}

function scenarioNames([command, sub]: readonly string[]): readonly string[] {
	if (command === "atlas" && sub !== "show" && sub !== "check") return [];
	const modes = readAtlas();
	const all = modes.flatMap(({ scenarios }) => scenarios.map(scenarioName));
	return sub === "check" ? [...modes.map(({ mode }) => mode), ...all] : all;
}

/** The cluster of the input that the words give so far. Standard input belongs to the shell here. */
async function clusterOf(words: readonly string[]): Promise<Cluster> {
	const values = (...flags: readonly string[]): readonly string[] =>
		words.flatMap((word, position) => (flags.includes(word) ? [words[position + 1] ?? ""] : []));
	const snapshot = values("--snapshot").at(-1);
	const scenario = values("--scenario").at(-1);
	const file = values("-f", "--file").filter((path) => path !== STDIN);
	const flags = {
		file,
		...(snapshot === undefined ? {} : { snapshot }),
		...(scenario === undefined ? {} : { scenario }),
	};
	const { subject } = await loadSubject(flags, nothing());
	return subject.cluster;
}

async function* nothing(): AsyncGenerator<string> {}

function nodeNames({ nodes }: Cluster): readonly string[] {
	return nodes.map(({ name }) => `node/${name}`);
}
