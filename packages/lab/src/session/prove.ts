/** Many networks, each with its questions, proven on as few kernels as will do. */
import { availableParallelism } from "node:os";
import { InputError, type Network, type Place, type Question, type Said, type Subject } from "@podpath/core";
import type { Backend, BackendKind } from "../backend.ts";
import { LabError } from "../backends/lab-error.ts";
import { AUTOMATIC_KINDS, openBackend } from "../backends/open.ts";
import { probeFeatures } from "../backends/probe.ts";
import type { Feature, LabPlan } from "../lab-plan.ts";
import { realize } from "../realize/realize.ts";
import type { LabAnswer } from "./answer.ts";
import { Lab, type RaiseOptions } from "./lab.ts";

/** A network to build once, and what to ask of it. */
export interface Case<Id> {
	readonly network: Network;
	readonly places: readonly Place[];
	readonly questions: readonly { readonly id: Id; readonly subject: Subject; readonly question: Question }[];
}

export type Proof<Id> =
	| { readonly kind: "asked"; readonly id: Id; readonly answer: LabAnswer; readonly omitted: readonly Said[] }
	/** No kernel here has what the network needs. */
	| { readonly kind: "no-kernel"; readonly id: Id; readonly why: string }
	/** The question cannot be sent: its client has no address, say. */
	| { readonly kind: "not-asked"; readonly id: Id; readonly why: string }
	/** The kernel did not take the network that was predicted, or failed while it was asked. */
	| { readonly kind: "not-built"; readonly id: Id; readonly why: string };

export interface ProveOptions extends Omit<RaiseOptions, "onProgress"> {
	/** How many kernels work side by side. Default: one a CPU, at most four. */
	readonly workers?: number;
}

const MOST_WORKERS = 4;

interface Planned<Id> {
	readonly plan: LabPlan;
	readonly of: Case<Id>;
}

/**
 * Builds each network and asks its questions; `onProof` hears of each as it comes, in no order. A network that no kernel
 * here can build is told as such, and an error of one ends neither the others nor the run.
 */
export async function proveAll<Id>(
	cases: readonly Case<Id>[],
	onProof: (proof: Proof<Id>) => void,
	options: ProveOptions = {},
): Promise<void> {
	const queues = new Map<BackendKind, Planned<Id>[]>();
	for (const of of cases) {
		const each: Planned<Id> = { of, plan: realize(of.network, of.places) };
		const kind = await kindFor(each.plan.needs, options);
		if (kind === null) tellUnbuilt(each, await whyNot(each.plan.needs, options), onProof);
		else queues.set(kind, [...(queues.get(kind) ?? []), each]);
	}
	for (const queue of queues.values()) queue.sort((a, b) => b.plan.steps.length - a.plan.steps.length);
	const workers = options.workers ?? Math.min(MOST_WORKERS, availableParallelism());
	const slow = [...queues].filter(([kind]) => kind === SLOWEST);
	const others = [...queues].filter(([kind]) => kind !== SLOWEST);
	// A virtual machine takes long to start, so that there is one, from the beginning; then its worker helps the others.
	await Promise.all(
		Array.from({ length: workers }, (_, i) => work(i === 0 ? [...slow, ...others] : others, onProof, options)),
	);
}

const SLOWEST: BackendKind = "qemu";

/** The first kind of kernel that has it all; null: none has. */
async function kindFor(needs: ReadonlySet<Feature>, { kind, signal }: ProveOptions): Promise<BackendKind | null> {
	for (const candidate of kind === undefined ? AUTOMATIC_KINDS : [kind]) {
		try {
			const { features } = await probeFeatures({ kind: candidate, ...(signal && { signal }) });
			if ([...needs].every((feature) => features.has(feature))) return candidate;
		} catch (error) {
			if (!(error instanceof LabError)) throw error;
		}
	}
	return null;
}

/** What openBackend says of it: it names the features that are missing, and what brings them. */
async function whyNot(needs: ReadonlySet<Feature>, { kind, signal }: ProveOptions): Promise<string> {
	try {
		const backend = await openBackend({ needs, ...(kind && { kind }), ...(signal && { signal }) });
		await backend.close();
		return "the kernel's features changed while they were looked at";
	} catch (error) {
		if (error instanceof LabError) return error.message;
		throw error;
	}
}

/** One worker: kernels of its own, one a kind, for whatever network is next. */
async function work<Id>(
	queues: readonly (readonly [kind: BackendKind, queue: Planned<Id>[]])[],
	onProof: (proof: Proof<Id>) => void,
	options: ProveOptions,
): Promise<void> {
	for (const [kind, queue] of queues) {
		const needs = new Set(queue.flatMap(({ plan }) => [...plan.needs]));
		const kernel: { backend: Backend | null } = { backend: null };
		const open = async (): Promise<Backend> => (kernel.backend ??= await openBackend({ ...options, kind, needs }));
		try {
			for (let next = queue.shift(); next !== undefined && options.signal?.aborted !== true; next = queue.shift()) {
				if (await proveOne(next, open, onProof, options.signal)) continue;
				// What is left of a network that failed half-way must not be in the way of the next.
				await kernel.backend?.close();
				kernel.backend = null;
			}
		} finally {
			await kernel.backend?.close();
		}
	}
}

/** Tells of every question; false where the kernel, or what is built on it, failed. */
async function proveOne<Id>(
	{ of, plan }: Planned<Id>,
	open: () => Promise<Backend>,
	onProof: (proof: Proof<Id>) => void,
	signal: AbortSignal | undefined,
): Promise<boolean> {
	const left = new Set(of.questions);
	try {
		const lab = await Lab.build(plan, await open());
		for (const asked of of.questions) {
			onProof(await proofOf(lab, asked));
			left.delete(asked);
		}
		await lab.clear();
		return true;
	} catch (error) {
		if (!(error instanceof LabError)) throw error;
		// Whoever ends the run has not disproven what was being asked.
		if (signal?.aborted === true) return false;
		for (const { id } of left) onProof({ kind: "not-built", id, why: error.message });
		return false;
	}
}

async function proofOf<Id>(lab: Lab, { id, subject, question }: Case<Id>["questions"][number]): Promise<Proof<Id>> {
	try {
		return { kind: "asked", id, answer: await lab.ask(subject, question), omitted: lab.plan.omitted };
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return { kind: "not-asked", id, why: error.message };
	}
}

function tellUnbuilt<Id>({ of }: Planned<Id>, why: string, onProof: (proof: Proof<Id>) => void): void {
	for (const { id } of of.questions) onProof({ kind: "no-kernel", id, why });
}
