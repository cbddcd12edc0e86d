/** A backend whose work the agent does. Everything that reaches it is checked here first. */
import { phrase, type Said } from "@podpath/core";
import type { Backend, BackendKind, LabProgramStart, ProgramSaid, ProgramTalk, StepOutput } from "../backend.ts";
import type { Feature, LabNamespace, LabStep } from "../lab-plan.ts";
import type { CapturedFrame, Listener, Observation, Probe } from "../observation.ts";
import type { AgentProcess, Refusal } from "./agent-process.ts";
import { LabError } from "./lab-error.ts";

/** A namespace's name is a file's name and a word on command lines. */
const NAMESPACE_NAME = /^[a-z][a-z0-9-]{0,31}$/;
const LARGEST_PAYLOAD = 65_000;

export interface AgentBackendParts {
	readonly kind: BackendKind;
	readonly kernel: string;
	readonly features: ReadonlySet<Feature>;
	readonly agent: AgentProcess;
	/** Takes away what is outside the kernel. */
	readonly cleanUp: () => Promise<void>;
}

export class AgentBackend implements Backend {
	readonly kind: BackendKind;
	readonly kernel: string;
	readonly features: ReadonlySet<Feature>;
	readonly #agent: AgentProcess;
	readonly #cleaned: Promise<void>;

	constructor(parts: AgentBackendParts) {
		this.kind = parts.kind;
		this.kernel = parts.kernel;
		this.features = parts.features;
		this.#agent = parts.agent;
		this.#cleaned = parts.agent.ended.then(parts.cleanUp);
	}

	async addNamespaces(namespaces: readonly Pick<LabNamespace, "name">[]): Promise<void> {
		await this.#ask({ op: "add", names: namespaces.map(({ name }) => checkedName(name)) });
	}

	async removeNamespaces(names: readonly string[]): Promise<void> {
		await this.#ask({ op: "remove", names: names.map(checkedName) });
	}

	async run(steps: readonly LabStep[]): Promise<readonly StepOutput[]> {
		for (const step of steps) checkStep(step);
		const answer = await this.#agent.request({ op: "run", steps });
		if (answer.kind === "value") return answer.value as readonly StepOutput[];
		const { error, step, output, absent } = answer.refusal;
		const failed = step === undefined ? undefined : steps[step];
		if (failed === undefined) throw new LabError(error);
		throw new LabError(
			phrase("step-failed", {
				step: describe(failed),
				why: absent === undefined ? whyOf(error, output) : phrase("no-program-in", absent),
			}),
		);
	}

	async start(program: LabProgramStart): Promise<number> {
		const { namespace, argv } = program;
		checkStep({ kind: "run", namespace, argv });
		return (await this.#ask({ op: "start", ...program })) as number;
	}

	async talk(talk: ProgramTalk): Promise<ProgramSaid> {
		return (await this.#ask({ op: "talk", ...talk })) as ProgramSaid;
	}

	async capture(names: readonly string[]): Promise<void> {
		await this.#ask({ op: "capture", names: names.map(checkedName) });
	}

	async drain(): Promise<readonly CapturedFrame[]> {
		return (await this.#ask({ op: "drain" })) as readonly CapturedFrame[];
	}

	async listen(listeners: readonly Listener[]): Promise<void> {
		for (const { namespace, port } of listeners) {
			checkedName(namespace);
			checkPort(port);
		}
		const answer = await this.#agent.request({ op: "listen", listeners });
		if (answer.kind === "value") return;
		const { error, listener } = answer.refusal;
		if (listener === undefined) throw new LabError(error);
		const { namespace, protocol, address, port } = listener;
		throw new LabError(phrase("listen-failed", { namespace, protocol, address, port, why: error }));
	}

	async probe(probe: Probe): Promise<Observation> {
		const [observation] = await this.probes([probe]);
		if (observation === undefined) throw new LabError("the lab's agent observed nothing");
		return observation;
	}

	async probes(probes: readonly Probe[]): Promise<readonly Observation[]> {
		for (const probe of probes) checkProbe(probe);
		const waiting = probes.reduce((sum, probe) => sum + probe.timeoutMs, 0);
		return (await this.#ask({ op: "probes", probes }, waiting)) as readonly Observation[];
	}

	/** Safe to call twice, and after a crash. */
	async close(): Promise<void> {
		this.#agent.kill("the lab is closed");
		await this.#cleaned;
	}

	async #ask(operation: Readonly<Record<string, unknown>>, moreMs = 0): Promise<unknown> {
		const answer = await this.#agent.request(operation, moreMs);
		if (answer.kind === "value") return answer.value;
		throw new LabError(answer.refusal.error);
	}
}

function checkedName(name: string): string {
	if (!NAMESPACE_NAME.test(name)) throw new LabError(`${JSON.stringify(name)} cannot be a namespace's name`);
	return name;
}

function checkPort(port: number): void {
	if (!Number.isInteger(port) || port < 1 || port > 0xffff) throw new LabError(`${port} is not a port`);
}

function checkStep(step: LabStep): void {
	if (step.namespace !== undefined) checkedName(step.namespace);
	switch (step.kind) {
		case "run":
		case "daemon":
			if (step.argv.length === 0) throw new LabError("a step without a program");
			// A NUL ends a word for the kernel: what follows would be lost without a word.
			if (step.argv.some((word) => word.includes("\0"))) throw new LabError("a program's argument has a NUL in it");
			return;
		case "end":
			return;
		case "sysctl":
			for (const [path] of step.settings)
				if (!path.startsWith("net/") || path.split("/").includes(".."))
					throw new LabError(`${JSON.stringify(path)} is not a sysctl of a network namespace`);
			return;
	}
}

function checkProbe(probe: Probe): void {
	checkedName(probe.namespace);
	for (const name of probe.conntrackOf ?? []) checkedName(name);
	if (probe.sourcePort !== undefined) checkPort(probe.sourcePort);
	if (probe.protocol !== "icmp") checkPort(probe.port ?? 0);
	const size = probe.size ?? 0;
	if (!Number.isInteger(size) || size < 0 || size > LARGEST_PAYLOAD)
		throw new LabError(`a payload of ${size} bytes: 0 to ${LARGEST_PAYLOAD} can be sent`);
	// A connection is answered when its question has been read; with no question there is nothing to answer.
	if (size === 0 && probe.size !== undefined && (probe.protocol === "tcp" || probe.protocol === "sctp"))
		throw new LabError(`a ${probe.protocol} probe needs a payload of at least one byte`);
	if (!Number.isFinite(probe.timeoutMs) || probe.timeoutMs < 0)
		throw new LabError(`${probe.timeoutMs} ms is not a time to wait`);
}

function describe(step: LabStep): Said {
	const { namespace } = step;
	const done = doneIn(step);
	return namespace === undefined ? done : phrase("step-in-namespace", { step: done, namespace });
}

function doneIn(step: LabStep): Said {
	switch (step.kind) {
		case "run":
		case "daemon":
			return step.argv.join(" ");
		case "end":
			return phrase("ending-programs");
		case "sysctl":
			return phrase("setting-sysctls");
	}
}

/** What a tool printed is quoted; without a tool it is the kernel that says why. */
function whyOf(error: string, output: Refusal["output"]): Said {
	if (output === undefined) return error;
	const { status } = output;
	const said = [output.stderr.trim(), output.stdout.trim()].find((text) => text !== "");
	return said === undefined
		? phrase("ended-with-status", { status })
		: phrase("ended-with-status-saying", { status, said });
}
