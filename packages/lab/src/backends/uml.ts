/**
 * User-Mode Linux as an ordinary user. Its root is the host's, read-only, so that the host's tools run in it.
 *
 * When only UML's main process dies, ptrace lets go of the guest's processes, and they go on as native processes of the
 * host. As PID 1 of a PID namespace of its own its death takes all of them down, so it never runs without one.
 */
import { chownSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AgentProcess, type LaunchOptions } from "./agent-process.ts";
import type { Kernel, Running } from "./kernel.ts";
import { LabError } from "./lab-error.ts";
import { AGENT_FOLDER, PYTHON } from "./python.ts";
import { ScratchFolder } from "./scratch-folder.ts";

const MODULES = "/usr/lib/uml/modules";
const PROGRAMS = [
	{ path: "/usr/bin/linux.uml", comes: "Debian package user-mode-linux" },
	{ path: "/usr/bin/python3", comes: "Debian package python3" },
	{ path: "/sbin/modprobe", comes: "Debian package kmod" },
];
const MEMORY = "256M";
const START_LIMIT_MS = 20_000;
/** The guest's tty stops for good when some 4,000 bytes are unread in it; longer requests go through a file. */
const LONGEST_ON_THE_LINE = 2_000;
/** Debian's `nobody` and `nogroup`: root's guest could write to all of the host's files. */
const NOBODY = 65_534;

export const USER_MODE_LINUX: Kernel = {
	kind: "uml",
	ownModules: true,
	identity: () => [],
	files: ["/usr/bin/linux.uml", ...moduleIndexes()],
	start,
};

async function start(options: LaunchOptions): Promise<Running> {
	const missing = PROGRAMS.filter(({ path }) => !existsSync(path));
	if (missing.length > 0)
		throw new LabError(`not installed: ${missing.map(({ path, comes }) => `${path} (${comes})`).join(", ")}`);
	const folder = new ScratchFolder(scratchParent());
	try {
		fill(folder.path);
		const { agent, kernel } = await AgentProcess.start(
			{
				argv: commandLine(folder.path),
				env: { HOME: folder.path, TMPDIR: sharedMemoryRuns() ? "/dev/shm" : "/tmp" },
				line: "serial",
				longRequests: { file: requestFile(folder.path), above: LONGEST_ON_THE_LINE },
				startLimitMs: START_LIMIT_MS,
				// The guest then spins for ever.
				fatal: /Kernel panic.*(?=\r?\n)/,
			},
			options,
		);
		return { agent, kernel, cleanUp: () => folder.remove() };
	} catch (error) {
		await folder.remove();
		throw error;
	}
}

/** Root's own temporary folder may be closed to nobody; and the path becomes a word of a kernel's command line. */
function scratchParent(): string {
	return process.getuid?.() !== 0 && /^[\w./-]+$/.test(tmpdir()) ? tmpdir() : "/tmp";
}

/** What the guest reads from the host: the agent, and long requests. All of it belongs to the user who runs UML. */
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

function requestFile(folder: string): string {
	return join(folder, "request.json");
}

function commandLine(folder: string): readonly [string, ...string[]] {
	const unprivileged =
		process.getuid?.() === 0
			? // Becoming somebody else clears the wish to die with the parent, hence once more.
				["unshare", "-pf", "--kill-child=KILL", "setpriv", "--pdeathsig", "KILL", ...asNobody()]
			: ["unshare", "-Upf", "--map-current-user", "--kill-child=KILL"];
	const { consoles, machine } = kernelParameters(folder);
	// On one CPU the tracer and the traced hand over without waking another: five times as fast.
	const pinned = ["taskset", "-c", nextCpu(), "/usr/bin/linux.uml"];
	const init = [`init=${PYTHON[0]}`, "--", ...PYTHON.slice(1), join(folder, "agent"), "guest"];
	return ["setpriv", "--pdeathsig", "KILL", ...unprivileged, ...pinned, ...machine, ...consoles, ...init];
}

function kernelParameters(folder: string): {
	readonly machine: readonly string[];
	readonly consoles: readonly string[];
} {
	const root = ["root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro"];
	// RAID's benchmarks are most of the time that booting takes.
	const fast = ["quiet", "loglevel=1", "initcall_blacklist=raid6_select_algo"];
	return {
		machine: [`mem=${MEMORY}`, `uml_dir=${folder}`, "umid=lab", ...root, ...fast],
		// The kernel's messages on our standard output, the agent's line on descriptor 3.
		consoles: ["con=null", "con0=null,fd:1", "ssl=null", "ssl0=fd:3"],
	};
}

function asNobody(): readonly string[] {
	return ["--reuid", String(NOBODY), "--regid", String(NOBODY), "--clear-groups"];
}

let started = process.pid;

/** Takes turns among the CPUs that we may use. */
function nextCpu(): string {
	const list = /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
	const cpus = list.split(",").flatMap((range) => {
		const [first = 0, last = first] = range.split("-").map(Number);
		return Array.from({ length: last - first + 1 }, (_, index) => first + index);
	});
	started++;
	return String(cpus[started % cpus.length] ?? 0);
}

/** UML keeps the guest's memory in a file that it maps for execution, best on a tmpfs. */
function sharedMemoryRuns(): boolean {
	const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
	const options = mounts.map((line) => line.split(" ")).find(([, target]) => target === "/dev/shm")?.[3];
	return options !== undefined && !options.split(",").includes("noexec");
}

function moduleIndexes(): readonly string[] {
	if (!existsSync(MODULES)) return [];
	return readdirSync(MODULES).map((release) => join(MODULES, release, "modules.dep"));
}
