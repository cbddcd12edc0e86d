/** A network that stands on a real kernel: questions are asked of it as they are of the engine. */
import {
	type Network,
	type Phrase,
	type Place,
	type PredictedWay,
	phrase,
	predict,
	type Question,
	type Subject,
} from "@podpath/core";
import type { Backend, BackendKind, LabProgramStart, StepOutput } from "../backend.ts";
import { LabError } from "../backends/lab-error.ts";
import { type OpenOptions, openBackend } from "../backends/open.ts";
import { exchange } from "../bgp/exchange.ts";
import { compareWays, whyNotCompared } from "../compare/compare.ts";
import { type Tally, tally } from "../compare/tally.ts";
import type { LabPlan, LabTranslation } from "../lab-plan.ts";
import type { Observation } from "../observation.ts";
import { realize } from "../realize/realize.ts";
import { trafficControl } from "../realize/steps.ts";
import type { LabAnswer, ProbedOnce } from "./answer.ts";
import { Conversation } from "./conversation.ts";
import { listenersFor } from "./listeners.ts";
import { MOST_PROBES, probeFor } from "./probes.ts";

/** From here on, one source port a probe: an earlier probe's connection must not decide a later one. */
const FIRST_SOURCE_PORT = 40_000;
const LAST_SOURCE_PORT = 60_000;
/** Ways that end in silence take their time; those that were not seen by then are told as such. */
const LONGEST_ASKING_MS = 20_000;

/** While a program is run to its end the lab can do nothing else. */
const RUN_SECONDS = 60;

export interface RaiseOptions extends Pick<OpenOptions, "onLog" | "signal"> {
	readonly kind?: BackendKind;
	/** Is told what is being done, in a few words. */
	readonly onProgress?: (doing: Phrase) => void;
}

/** Opens a kernel that has what the network needs, and builds it there. Rejects with a LabError. */
export async function raiseLab(network: Network, places: readonly Place[], options: RaiseOptions = {}): Promise<Lab> {
	const plan = realize(network, places);
	options.onProgress?.(phrase("lab-opening"));
	const backend = await openBackend({ ...options, needs: plan.needs });
	try {
		const { kind, kernel } = backend;
		options.onProgress?.(phrase("lab-building", { n: plan.namespaces.length, kind, kernel }));
		return await Lab.build(plan, backend);
	} catch (error) {
		await backend.close();
		throw error;
	}
}

export class Lab {
	readonly plan: LabPlan;
	readonly backend: Backend;
	readonly #names: ReadonlyMap<Place, string>;
	#nextPort = FIRST_SOURCE_PORT;

	private constructor(plan: LabPlan, backend: Backend) {
		this.plan = plan;
		this.backend = backend;
		this.#names = new Map(plan.namespaces.map(({ name, place }) => [place, name]));
	}

	/** Builds the plan's network on this kernel, which from then on is the lab's until it is taken down. */
	static async build(plan: LabPlan, backend: Backend): Promise<Lab> {
		await backend.addNamespaces(plan.namespaces);
		await backend.run(plan.steps);
		if (plan.bgp !== undefined) await exchange(backend, plan.bgp);
		await backend.capture(plan.namespaces.map(({ name }) => name));
		return new Lab(plan, backend);
	}

	/** The namespace that stands for a place. Throws a LabError, where the lab has none such. */
	nameOf(place: Place): string {
		const name = this.#names.get(place);
		if (name === undefined) throw new LabError(`the lab has no ${place}`);
		return name;
	}

	/**
	 * Asks the engine and the kernel the same. Where the network may choose, probes are sent until every predicted way was
	 * seen, `MOST_PROBES` have gone, or the time is up.
	 */
	async ask(subject: Subject, question: Question): Promise<LabAnswer> {
		const probed: ProbedOnce[] = [];
		let ways = predict(subject, question);
		const translations = this.#translationsFor(ways);
		await this.#trafficControl(translations, "add");
		let seen: Tally = tally(ways, []);
		const until = performance.now() + LONGEST_ASKING_MS;
		for (let sent = 0; sent < MOST_PROBES; sent++) {
			ways = predict(subject, { ...question, sourcePort: this.#sourcePort(question) });
			const once = await this.#probe(ways);
			probed.push(once);
			seen = tally(
				ways,
				probed.map(({ comparison }) => comparison),
			);
			// One that cannot be compared leaves the whole open, so no other is waited for.
			if (once.comparison.kind !== "agrees" || seen.neverSeen.length === 0) break;
			// The same source port would be the same connection, and take the same way.
			if (question.sourcePort !== undefined || performance.now() > until) break;
		}
		await this.#trafficControl(translations, "remove");
		return { question, kernel: this.backend.kernel, backend: this.backend.kind, ways, probed, tally: seen };
	}

	/** Waits until what was built has come to rest; the first probe would wait for it otherwise. */
	async settle(): Promise<void> {
		await this.backend.probes([]);
	}

	/** A lab that was built before, by whoever holds its kernel. */
	static over(plan: LabPlan, backend: Backend): Lab {
		return new Lab(plan, backend);
	}

	/** Runs a program in the namespace of a place, without a shell, input or much time, and gives all that it said. */
	async run(place: Place, argv: readonly string[]): Promise<StepOutput> {
		const limited = ["timeout", "--kill-after=1", String(RUN_SECONDS), ...argv];
		const [output] = await this.backend.run([
			{ kind: "run", namespace: this.nameOf(place), argv: limited, mayFail: true },
		]);
		if (output === undefined) throw new LabError("the lab's agent ran nothing");
		return output;
	}

	/** Starts a program in the namespace of a place, without a shell: a `Conversation` with it. */
	async start(
		place: Place,
		argv: readonly string[],
		terminal?: NonNullable<LabProgramStart["terminal"]>,
	): Promise<Conversation> {
		const namespace = this.nameOf(place);
		const program = await this.backend.start({ namespace, argv, ...(terminal && { terminal }) });
		return new Conversation(this.backend, program);
	}

	/** Takes the network down and leaves the kernel for another one. */
	async clear(): Promise<void> {
		await this.backend.listen([]);
		await this.backend.removeNamespaces(this.plan.namespaces.map(({ name }) => name));
	}

	async close(): Promise<void> {
		await this.backend.close();
	}

	async #probe(ways: readonly PredictedWay[]): Promise<ProbedOnce> {
		const probe = probeFor(ways, this.#names);
		if (probe === null || ways.every((way) => whyNotCompared(way, this.plan) !== null)) {
			// Nothing is sent where nothing could be compared.
			return { observation: null, comparison: compareWays(ways, NOTHING_SEEN, this.plan) };
		}
		await this.backend.listen(listenersFor(ways, this.#names));
		const observation = await this.backend.probe(probe);
		return { observation, comparison: compareWays(ways, observation, this.plan) };
	}

	/** What stands in for eBPF programs where the Service that is asked for is translated. */
	#translationsFor(ways: readonly PredictedWay[]): readonly LabTranslation[] {
		return this.plan.translations.filter(({ virtual: { protocol, address, port } }) =>
			ways.some(({ sent }) => sent.protocol === protocol && sent.dst.text === address && sent.dport === port),
		);
	}

	async #trafficControl(translations: readonly LabTranslation[], part: "add" | "remove"): Promise<void> {
		if (translations.length === 0) return;
		await this.backend.run(translations.map((each) => trafficControl(each.namespace, each[part])));
	}

	#sourcePort({ sourcePort }: Question): number {
		if (sourcePort !== undefined) return sourcePort;
		const port = this.#nextPort++;
		if (this.#nextPort > LAST_SOURCE_PORT) this.#nextPort = FIRST_SOURCE_PORT;
		return port;
	}
}

const NOTHING_SEEN: Observation = { result: { kind: "timeout" }, accepted: [], frames: [], conntrack: {} };
