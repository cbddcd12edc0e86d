/** The fuzzer: random networks, each with many questions, on one kernel; what engine and kernel answer differently is shrunk. */
import { InputError, type Said, type Verdict, worded, wordedFact } from "@podpath/core";
import type { Backend, BackendKind } from "../backend.ts";
import { LabError } from "../backends/lab-error.ts";
import { openBackend } from "../backends/open.ts";
import { probeFeatures } from "../backends/probe.ts";
import type { Comparison, Difference, Disagreement } from "../compare/comparison.ts";
import type { Feature } from "../lab-plan.ts";
import { type Answer, HASTY, PATIENT, type Patience, Standing } from "./ask.ts";
import { drawCase } from "./generate/network.ts";
import { type Found, shrink } from "./shrink.ts";
import { type AskedQuestion, type Sketch, SketchError } from "./sketch.ts";

export interface FuzzOptions {
	readonly seed: number;
	/** Networks. */
	readonly runs: number;
	/** The first network's number: `--from 17 --runs 1` is the eighteenth of a seed. */
	readonly from: number;
	readonly questions: number;
	readonly kind: BackendKind;
	/** Ends the run at that time, in milliseconds since 1970, at the next network. */
	readonly until?: number;
	/** Goes on after a disagreement. */
	readonly keepGoing: boolean;
	readonly onDisagreement: (found: Confirmed) => void;
	readonly onProgress?: (counts: Counts, run: number) => void;
	readonly signal?: AbortSignal;
}

/** A disagreement that was there again, on a network of its own and with all the time in the world. */
export interface Confirmed extends Found {
	/** Which network of the seed. */
	readonly run: number;
	readonly comparison: Disagreement;
	readonly kernel: string;
}

/** A question whose first answer was another than the second. */
export interface NotRepeated {
	readonly run: number;
	/** Which question to that network, from 0. */
	readonly number: number;
	readonly question: AskedQuestion;
	readonly difference: Difference | undefined;
}

export interface Counts {
	networks: number;
	questions: number;
	/** By what was predicted, of those that were compared. */
	readonly verdicts: Partial<Record<Verdict, number>>;
	/** Nothing could be said or compared, by why. */
	readonly notCompared: Map<string, number>;
	disagreements: number;
	/** Differed at first and not when asked again by themselves. */
	readonly notRepeated: NotRepeated[];
	/** Networks that the kernel refused to build, with what it said. */
	readonly refused: { readonly run: number; readonly why: string }[];
}

/** Rejects with a LabError where no kernel of the kind can be opened. */
export async function fuzz(options: FuzzOptions): Promise<Counts> {
	const counts: Counts = {
		networks: 0,
		questions: 0,
		verdicts: {},
		notCompared: new Map(),
		disagreements: 0,
		notRepeated: [],
		refused: [],
	};
	const kernel = await Kernel.open(options.kind, options.signal);
	try {
		for (let run = options.from; run < options.from + options.runs; run++) {
			if (options.signal?.aborted === true || Date.now() > (options.until ?? Number.POSITIVE_INFINITY)) break;
			const isFine = await oneNetwork(kernel, run, options, counts);
			options.onProgress?.(counts, run);
			if (!isFine && !options.keepGoing) break;
		}
	} finally {
		await kernel.close();
	}
	return counts;
}

/** False where engine and kernel differ. */
async function oneNetwork(kernel: Kernel, run: number, options: FuzzOptions, counts: Counts): Promise<boolean> {
	const { sketch, questions } = drawCase(options.seed, run, kernel.features, options.questions);
	const answers = await kernel.answers(sketch, questions, HASTY);
	if (typeof answers === "string") {
		counts.refused.push({ run, why: answers });
		return true;
	}
	counts.networks++;
	for (const answer of answers) count(answer, counts);
	let isFine = true;
	for (const [number, { question, comparison }] of answers.entries()) {
		if (comparison.kind !== "differs") continue;
		if ((await kernel.difference({ sketch, question })) === null) {
			counts.notRepeated.push({ run, number, question, difference: comparison.differences[0] });
			continue;
		}
		counts.disagreements++;
		isFine = false;
		const first = await kernel.difference({ sketch, question });
		const smallest = await shrink({ sketch, question }, async (each) => isLike(await kernel.difference(each), first));
		const shown = (await kernel.difference(smallest)) ?? comparison;
		options.onDisagreement({ ...smallest, run, comparison: shown, kernel: kernel.release });
		// The others of this network are likely to be the same.
		break;
	}
	return isFine;
}

/** Shrinking must not end with another error than it began with. */
function isLike(one: Disagreement | null, other: Disagreement | null): boolean {
	return one !== null && other !== null && one.verdict === other.verdict && sortOf(one) === sortOf(other);
}

/** What differs first, wherever: `forward, destination`, `connections`; and whether a side has it at all. */
function sortOf({ differences: [first] }: Disagreement): string {
	const about = first?.about.replace(/ hop \d+ \(.*\)/, "").replace(/^connections of .*/, "connections");
	return [about, isNoPacket(first?.predicted), isNoPacket(first?.observed)].join(" ");
}

function isNoPacket(side: Said | undefined): boolean {
	return typeof side === "object" && side.phrase === "no-packet";
}

function count({ ways, comparison }: Answer, counts: Counts): void {
	counts.questions++;
	if (comparison.kind === "not-compared") {
		const code =
			ways[0]?.verdict === "unknown"
				? `unknown: ${wordedFact(ways[0].facts.what ?? ways[0].code, "en")}`
				: worded(comparison.why);
		counts.notCompared.set(code, (counts.notCompared.get(code) ?? 0) + 1);
	} else counts.verdicts[comparison.verdict] = (counts.verdicts[comparison.verdict] ?? 0) + 1;
}

/** A kernel on which one network after the other is built; another one is opened where building failed half-way. */
export class Kernel {
	readonly features: ReadonlySet<Feature>;
	readonly #kind: BackendKind;
	readonly #signal: AbortSignal | undefined;
	#backend: Backend | null = null;
	release = "";

	private constructor(kind: BackendKind, features: ReadonlySet<Feature>, signal: AbortSignal | undefined) {
		this.#kind = kind;
		this.features = features;
		this.#signal = signal;
	}

	static async open(kind: BackendKind, signal?: AbortSignal): Promise<Kernel> {
		const { features } = await probeFeatures({ kind, ...(signal && { signal }) });
		const kernel = new Kernel(kind, features, signal);
		await kernel.#opened();
		return kernel;
	}

	/** A text where the network cannot be built: why not. */
	async answers(
		sketch: Sketch,
		questions: readonly AskedQuestion[],
		patience: Patience,
	): Promise<readonly Answer[] | string> {
		try {
			const standing = await Standing.build(sketch, await this.#opened());
			const [omitted] = standing.omitted;
			const answers = omitted === undefined ? await standing.ask(questions, patience) : worded(omitted);
			await standing.clear();
			return answers;
		} catch (error) {
			if (!(error instanceof LabError)) throw error;
			await this.close();
			return error.message;
		}
	}

	/** What differs on a network of its own, with patience; null: nothing, or it cannot be built. */
	async difference(found: Found): Promise<Disagreement | null> {
		try {
			const comparison = await this.comparison(found);
			return comparison.kind === "differs" ? comparison : null;
		} catch (error) {
			// What shrinking leaves may be no network: a real server without its virtual one.
			if (error instanceof SketchError || error instanceof LabError || error instanceof InputError) return null;
			throw error;
		}
	}

	/** The comparison of one question on a network of its own. Rejects with a LabError where it cannot be built. */
	async comparison({ sketch, question }: Found): Promise<Comparison> {
		const answers = await this.answers(sketch, [question], PATIENT);
		if (typeof answers === "string") throw new LabError(answers);
		const [answer] = answers;
		if (answer === undefined) throw new LabError("nothing was asked");
		return answer.comparison;
	}

	async close(): Promise<void> {
		await this.#backend?.close();
		this.#backend = null;
	}

	async #opened(): Promise<Backend> {
		// Modules are loaded for all that may come.
		const needs = new Set([...this.features].filter((feature) => feature !== "bird"));
		this.#backend ??= await openBackend({ kind: this.#kind, needs, ...(this.#signal && { signal: this.#signal }) });
		this.release = this.#backend.kernel;
		return this.#backend;
	}
}
