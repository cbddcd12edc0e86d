/** A kernel that a lab lives on. One agent process there owns all sockets and captures; requests are answered in order. */
import type { Feature, LabNamespace, LabStep } from "./lab-plan.ts";
import type { CapturedFrame, Listener, Observation, Probe } from "./observation.ts";

export type BackendKind = "userns" | "netns" | "uml" | "qemu";

export interface StepOutput {
	readonly stdout: string;
	readonly stderr: string;
	readonly status: number;
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
