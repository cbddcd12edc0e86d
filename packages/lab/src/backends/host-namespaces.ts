/** Namespaces of the host's own kernel: `userns` as any user, `netns` as root where user namespaces are forbidden. */

import { readFileSync } from "node:fs";
import { release, version } from "node:os";
import { join } from "node:path";
import { phrase } from "@podpath/core";
import { AgentProcess, type LaunchOptions } from "./agent-process.ts";
import { cacheFolder } from "./feature-cache.ts";
import type { Kernel, Running } from "./kernel.ts";
import { LabError } from "./lab-error.ts";
import { AGENT_FOLDER, PYTHON } from "./python.ts";

const START_LIMIT_MS = 10_000;

export function hostNamespaces(kind: "userns" | "netns"): Kernel {
	return {
		kind,
		ownModules: false,
		identity: () => [release(), version(), loadedModules()],
		files: [`/lib/modules/${release()}/modules.dep`],
		start: (options) => start(kind, options),
	};
}

async function start(kind: "userns" | "netns", options: LaunchOptions): Promise<Running> {
	if (kind === "netns" && process.getuid?.() !== 0) throw new LabError(phrase("lab-needs-root"));
	// When we die the kernel ends unshare, that its child, and that, being PID 1 there, all processes of the lab.
	const unshare = [
		"--pdeathsig",
		"KILL",
		"unshare",
		...(kind === "userns" ? ["-Ur"] : []),
		"-nmpf",
		"--kill-child=KILL",
	];
	// The agent's sources are compiled once.
	const python = [...PYTHON, "-X", `pycache_prefix=${join(cacheFolder(), "agent")}`];
	const { agent, kernel } = await AgentProcess.start(
		{
			argv: ["setpriv", ...unshare, ...python, AGENT_FOLDER, "namespaces"],
			line: "stdio",
			startLimitMs: START_LIMIT_MS,
		},
		options,
	);
	return { agent, kernel, cleanUp: async () => {} };
}

/** The names of loaded modules: when root loads one, a feature may be there that was not. */
function loadedModules(): string {
	try {
		const lines = readFileSync("/proc/modules", "utf8").split("\n");
		const names = lines.map((line) => line.slice(0, line.indexOf(" ")));
		return names.sort().join(" ");
	} catch {
		return "";
	}
}
