/** A kernel that can be started for a lab. */
import type { BackendKind } from "../backend.ts";
import type { AgentProcess, LaunchOptions } from "./agent-process.ts";

/** A kernel with the agent at work in it. */
export interface Running {
	readonly agent: AgentProcess;
	/** `uname -r`. */
	readonly kernel: string;
	/** Takes away what is outside the kernel, once its processes are gone. */
	readonly cleanUp: () => Promise<void>;
}

export interface Kernel {
	readonly kind: BackendKind;
	/** Whether it loads modules of its own, so that asking for one changes nobody's machine. */
	readonly ownModules: boolean;
	/** What its features hang on, besides the tools: texts, and files whose time and size count. */
	identity(): readonly string[];
	readonly files: readonly string[];
	/** Rejects with a LabError that says why it cannot run here. */
	start(options: LaunchOptions): Promise<Running>;
}
