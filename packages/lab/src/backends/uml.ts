/**
 * User-Mode Linux as an ordinary user. Its root is the host's, read-only, so that the host's tools run in it.
 *
 * When only UML's main process dies, ptrace lets go of the guest's processes, and they go on as native processes of the
 * host. As PID 1 of a PID namespace of its own its death takes all of them down, so it never runs without one.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LaunchOptions } from "./agent-process.ts";
import { contained, guestAgent, requestFile, requireFiles, startGuest } from "./guest.ts";
import type { Kernel, Running } from "./kernel.ts";

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

export const USER_MODE_LINUX: Kernel = {
	kind: "uml",
	ownModules: true,
	identity: () => [],
	files: ["/usr/bin/linux.uml", ...moduleIndexes()],
	start,
};

async function start(options: LaunchOptions): Promise<Running> {
	requireFiles(PROGRAMS);
	return startGuest(
		(folder) => ({
			argv: commandLine(folder),
			env: { HOME: folder, TMPDIR: sharedMemoryRuns() ? "/dev/shm" : "/tmp" },
			line: "serial",
			longRequests: { file: requestFile(folder), above: LONGEST_ON_THE_LINE },
			startLimitMs: START_LIMIT_MS,
			// The guest then spins for ever.
			fatal: /Kernel panic.*(?=\r?\n)/,
		}),
		options,
	);
}

function commandLine(folder: string): readonly [string, ...string[]] {
	const { consoles, machine } = kernelParameters(folder);
	// On one CPU the tracer and the traced hand over without waking another: five times as fast.
	const pinned = ["taskset", "-c", nextCpu(), "/usr/bin/linux.uml"];
	// This kernel's nf_tables has neither ip nor inet: `iptables` can only be the legacy one.
	const [program, ...words] = guestAgent(folder, { line: "/dev/ttyS0", modules: MODULES, iptables: "legacy" });
	return contained([...pinned, ...machine, ...consoles, `init=${program}`, "--", ...words]);
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
