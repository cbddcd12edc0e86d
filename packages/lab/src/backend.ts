/** A kernel that a lab lives on. One agent process there owns all sockets and captures; requests are answered in order. */
import type { Feature, LabNamespace, LabStep } from "./lab-plan.ts";
import type { CapturedFrame, Listener, Observation, Probe } from "./observation.ts";

export type BackendKind = "userns" | "netns" | "uml" | "qemu";

export interface StepOutput {
	readonly stdout: string;
	readonly stderr: string;
	readonly status: number;
}

/** What `start` starts: no shell, the words of one command. */
export interface LabProgramStart {
	readonly namespace: string;
	readonly argv: readonly string[];
	/** It gets a terminal of its own instead of pipes. `kind`: as in TERM. */
	readonly terminal?: { readonly rows: number; readonly columns: number; readonly kind: string };
}

export interface ProgramTalk {
	readonly program: number;
	/** In base64. */
	readonly input?: string;
	/** Nothing more comes. */
	readonly end?: boolean;
	/** A signal's number, for it and what it has started. */
	readonly signal?: number;
}

export interface ProgramSaid {
	/** Standard output and standard error, or the terminal alone, in base64. */
	readonly output: readonly string[];
	/** How many bytes of its input it has not taken yet. */
	readonly waiting: number;
	/** Once it has ended and everything is read: its status, or below zero the signal that ended it. */
	readonly status: number | null;
}

export interface Backend {
	readonly kind: BackendKind;
	/** `uname -r` of the kernel. */
	readonly kernel: string;
	readonly features: ReadonlySet<Feature>;
	/** Makes network namespaces, with their loopback down. */
	addNamespaces(namespaces: readonly Pick<LabNamespace, "name">[]): Promise<void>;
	removeNamespaces(names: readonly string[]): Promise<void>;
	/** Runs the steps in order; a LabError names the step that failed and what its tool said. */
	run(steps: readonly LabStep[]): Promise<readonly StepOutput[]>;
	/** Starts a program that is talked to; gives the number by which it is known. */
	start(program: LabProgramStart): Promise<number>;
	/** Gives input and signals to a program, and takes what it has written since. */
	talk(talk: ProgramTalk): Promise<ProgramSaid>;
	/** Captures on all devices of these namespaces from now on, instead of those before. */
	capture(names: readonly string[]): Promise<void>;
	/** Frames since the last probe or drain. */
	drain(): Promise<readonly CapturedFrame[]>;
	/** These listeners instead of those before. */
	listen(listeners: readonly Listener[]): Promise<void>;
	probe(probe: Probe): Promise<Observation>;
	/** Many probes in one exchange; for the fuzzer. */
	probes(probes: readonly Probe[]): Promise<readonly Observation[]>;
	/** Ends the kernel or the namespaces, and every process in them. */
	close(): Promise<void>;
}
