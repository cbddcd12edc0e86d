/** `podpath serve` and `podpath site`: run them. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { InputError, loadClusterInTurns, printable } from "@podpath/core";
import { kernelLab, listen, type NamedInput, SERVER_TURNS, type ServedMode, writeSite } from "@podpath/server";
import { readAtlas, readFaults } from "../atlas/atlas-folder.ts";
import { proofsOf, readProofs } from "../atlas/proofs.ts";
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { type Loaded, loadSubject, printWarnings } from "../explain/subject.ts";
import { version } from "../version.ts";
import { hasBrowser, openBrowser } from "./browser.ts";
import type { ServeFlags } from "./command.ts";

export async function runServe(cli: CliProcess, flags: ServeFlags): Promise<ExitStatus> {
	const input = inputOf(cli, flags);
	const served = { version: version(), atlas: atlasModes(), input, lab: kernelLab() };
	const listening = await listen(served, { port: flags.port, address: flags.listen });
	const interrupted = new Promise<void>((resolve) => void cli.onInterrupt?.(resolve));
	try {
		cli.stdout.write(`${listening.url}\n`);
		if (flags.open ?? hasBrowser(cli)) openBrowser(listening.url);
		await Promise.race([interrupted, failure(input)]);
		return EXIT.yes;
	} finally {
		await listening.stop();
	}
}

/** Never settles unless the input cannot be used. */
async function failure(input: NamedInput | null): Promise<void> {
	await input?.subject;
	await new Promise<never>(() => {});
}

function inputOf(cli: CliProcess, { file = [], snapshot }: ServeFlags): NamedInput | null {
	if (file.length === 0 && snapshot === undefined) return null;
	const load = async (): Promise<Loaded> => {
		// The page is there first: reading a large input keeps this thread busy for seconds.
		await new Promise((resolve) => setTimeout(resolve, 50));
		const flags = { file, ...(snapshot === undefined ? {} : { snapshot }) };
		const loaded = await loadSubject(flags, cli.stdin, (files) => loadClusterInTurns(files, SERVER_TURNS));
		printWarnings(loaded.subject, cli.stderr);
		return loaded;
	};
	const name = [...(snapshot === undefined ? [] : [snapshot]), ...file].join(" ");
	const loaded = load();
	const subject = loaded.then((parts) => parts.subject);
	const manifests = loaded.then((parts) => parts.manifests);
	// Whoever waits for it hears of its failure; before somebody does, it is no crash.
	for (const part of [subject, manifests]) part.catch(() => {});
	return { kind: snapshot === undefined ? "manifests" : "snapshot", name, subject, manifests };
}

function atlasModes(): readonly ServedMode[] {
	const record = readProofs();
	return readAtlas().map((each) => {
		const { mode, cluster, file, scenarios } = each;
		return {
			files: { mode, cluster, scenarios: file, proofs: Object.fromEntries(proofsOf(each, record)) },
			scenarios,
			faults: readFaults(mode),
		};
	});
}

export async function runSite({ stdout }: CliProcess, folder: string): Promise<ExitStatus> {
	if (existsSync(folder) && !isOwn(folder)) {
		throw new InputError({
			code: "folder-in-use",
			message: `"${folder}" holds other things than a site of podpath`,
			hint: "name a new or an empty folder",
		});
	}
	const written = writeSite(folder, atlasModes(), version());
	stdout.write(`${written.length} files in ${printable(folder)}: any web server can host them\n`);
	return EXIT.yes;
}

/** Empty, or written by an earlier run. */
function isOwn(folder: string): boolean {
	if (!statSync(folder).isDirectory()) return false;
	const entries = readdirSync(folder);
	return entries.length === 0 || (entries.includes("api") && entries.includes("engine-worker.js"));
}
