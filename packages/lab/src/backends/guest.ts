/** What guests (User-Mode Linux, QEMU) have in common: the host's files as their root, read-only, and the agent as their first process. */

import { chownSync, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { phrase } from "@podpath/core";
import { AgentProcess, type Launch, type LaunchOptions } from "./agent-process.ts";
import type { Running } from "./kernel.ts";
import { LabError } from "./lab-error.ts";
import { AGENT_FOLDER, PYTHON } from "./python.ts";
import { ScratchFolder } from "./scratch-folder.ts";

/** Debian's `nobody` and `nogroup`: root's guest could write to all of the host's files. */
const NOBODY = 65_534;

/** How the agent finds its way in a guest. */
export interface GuestAgent {
	/** The device by which it talks to us. */
	readonly line: string;
	/** The folder that has the kernel's modules, one folder a release. */
	readonly modules: string;
	/** What `iptables` is: the kernel's own nf_tables may have too little for anything but `legacy`. */
	readonly iptables: "legacy" | "default";
}

/** Throws a LabError that names what is missing, and what brings it. */
export function requireFiles(files: readonly { readonly path: string; readonly comes: string }[]): void {
	const missing = files.filter(({ path }) => !existsSync(path));
	if (missing.length > 0)
		throw new LabError(
			phrase("lab-not-installed", { missing: missing.map((each) => phrase("file-comes-with", each)) }),
		);
}

/** Starts a guest over a folder of its own, which holds the agent and goes with it. */
export async function startGuest(launch: (folder: string) => Launch, options: LaunchOptions): Promise<Running> {
	const folder = new ScratchFolder(scratchParent());
	try {
		fill(folder.path);
		const { agent, kernel } = await AgentProcess.start(launch(folder.path), options);
		return { agent, kernel, cleanUp: () => folder.remove() };
	} catch (error) {
		await folder.remove();
		throw error;
	}
}

/** The first process of the guest. */
export function guestAgent(folder: string, { line, modules, iptables }: GuestAgent): readonly [string, ...string[]] {
	const [python = "", ...flags] = PYTHON;
	return [python, ...flags, join(folder, "agent"), "guest", line, modules, iptables];
}

/** The guest reads long requests from here: its line may not carry them. */
export function requestFile(folder: string): string {
	return join(folder, "request.json");
}

/** This command as nobody's or the user's own, in a PID namespace that ends with it, and with us. */
export function contained(command: readonly string[]): readonly [string, ...string[]] {
	const unprivileged =
		process.getuid?.() === 0
			? // Becoming somebody else clears the wish to die with the parent, hence once more.
				["unshare", "-pf", "--kill-child=KILL", "setpriv", "--pdeathsig", "KILL", ...asNobody()]
			: ["unshare", "-Upf", "--map-current-user", "--kill-child=KILL"];
	return ["setpriv", "--pdeathsig", "KILL", ...unprivileged, ...command];
}

function asNobody(): readonly string[] {
	return ["--reuid", String(NOBODY), "--regid", String(NOBODY), "--clear-groups"];
}

/** Root's own temporary folder may be closed to nobody; and the path becomes a word of a kernel's command line. */
function scratchParent(): string {
	return process.getuid?.() !== 0 && /^[\w./-]+$/.test(tmpdir()) ? tmpdir() : "/tmp";
}

/** What the guest reads from the host: the agent, and long requests. All of it belongs to the user who runs the guest. */
function fill(folder: string): void {
	const agent = join(folder, "agent");
	mkdirSync(agent);
	const sources = readdirSync(AGENT_FOLDER).filter((name) => name.endsWith(".py"));
	for (const name of sources) copyFileSync(join(AGENT_FOLDER, name), join(agent, name));
	writeFileSync(requestFile(folder), "");
	if (process.getuid?.() !== 0) return;
	for (const path of [folder, agent, requestFile(folder), ...sources.map((name) => join(agent, name))])
		chownSync(path, NOBODY, NOBODY);
}
