/** `diagnose --all`: the causes of everything that does not go as it should, each found once. */
import { InputError } from "../diagnostic/diagnostic.ts";
import { clusterNetwork } from "../modes/network.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import type { Question } from "../trace/question.ts";
import type { Subject } from "../trace/subject.ts";
import type { Language } from "../wording/language.ts";
import { phrase } from "../wording/phrase.ts";
import { causesAmong } from "./causes.ts";
import { compareNetworks } from "./compare.ts";
import { decisionFindings } from "./decisions.ts";
import { causeFindings, HEAD, shortened, sizeFindings } from "./diagnose.ts";
import { type Difference, repairsOf } from "./difference.ts";
import { duplicateAddresses, withDuplicates } from "./duplicates.ts";
import { type Fate, fateOf, isAlike, isSameWay } from "./fate.ts";
import type { Diagnosis } from "./finding.ts";
import { type DiagnosisFound, diagnosisFindingIn, sayingOf } from "./found.ts";
import { foundDifference } from "./found-difference.ts";
import { withKnownPrograms } from "./programs.ts";
import { repairedNetwork } from "./repaired.ts";
import { surveyQuestions } from "./survey-questions.ts";

/** How far a survey is, and what it would say if it were ended here. */
export interface SurveyProgress {
	readonly asked: number;
	readonly of: number;
	readonly findings: number;
	readonly soFar: () => Diagnosis;
}

/**
 * Asks the questions that stand for all. Yields after each, so that whoever runs it may stop it. Findings are told in
 * `language`.
 * @throws {InputError} Where the input names nobody who could be asked about.
 */
export function* survey(subject: Subject, language: Language = "en"): Generator<SurveyProgress, Diagnosis> {
	const { nodes, pods } = subject.cluster;
	if (nodes.length === 0 && pods.length === 0) {
		throw new InputError({
			code: "nothing-known",
			message: phrase("nothing-known"),
			hint: phrase("give-objects"),
		});
	}
	const run = subject.fromSnapshot
		? new SnapshotSurvey(subject, clusterNetwork(subject.cluster), language)
		: new DesignSurvey(subject, language);
	return yield* run.run();
}

abstract class Survey {
	protected readonly findings: DiagnosisFound[] = [];
	protected readonly seen = new Set<string>();
	readonly #language: Language;

	constructor(language: Language) {
		this.#language = language;
	}

	protected abstract questions(): readonly Question[];
	protected abstract ask(question: Question): void;
	protected abstract places(): number;
	protected abstract rest(): readonly DiagnosisFound[];

	*run(): Generator<SurveyProgress, Diagnosis> {
		const questions = this.questions();
		for (const [i, question] of questions.entries()) {
			try {
				this.ask(question);
			} catch (error) {
				// A pod that the input does not describe cannot be asked about.
				if (!(error instanceof InputError)) throw error;
			}
			const soFar = (): Diagnosis => this.#result(i + 1, i + 1 < questions.length);
			yield { asked: i + 1, of: questions.length, findings: this.findings.length, soFar };
		}
		return this.#result(questions.length, false);
	}

	protected tell(found: DiagnosisFound): void {
		const saying = sayingOf(found);
		if (this.seen.has(saying)) return;
		this.seen.add(saying);
		this.findings.push(found);
	}

	#result(questions: number, interrupted: boolean): Diagnosis {
		const order = { error: 0, warning: 1, info: 2 } as const;
		const sorted = [...this.findings].sort((a, b) => order[a.severity] - order[b.severity]);
		const findings = [...sorted, ...this.rest()].map((each) => diagnosisFindingIn(each, this.#language));
		const asked = { questions, places: this.places(), interrupted };
		return { ...HEAD, question: null, verdict: null, expected: null, findings, asked };
	}
}

class SnapshotSurvey extends Survey {
	readonly #subject: Subject;
	readonly #expected: Network;
	readonly #planned: Subject;
	readonly #differences: readonly Difference[];
	readonly #put: Difference[] = [];
	/** The real network with every cause that was found put right: what is lost still is lost by something else. */
	#current: Subject;
	/** Ends that no difference explains, so that one stands for all like it. */
	readonly #unexplained = new Set<string>();
	/** Ways that are not the expected ones, and that no difference explains. */
	#detours = 0;

	constructor(subject: Subject, expected: Network, language: Language) {
		super(language);
		const network = withKnownPrograms(subject.network, expected);
		this.#subject = { ...subject, network };
		this.#current = this.#subject;
		this.#expected = expected;
		this.#planned = { cluster: subject.cluster, network: expected, fromSnapshot: false };
		const { cluster } = subject;
		const addresses = [
			...cluster.pods.flatMap(({ podIPs }) => podIPs),
			...cluster.nodes.flatMap(({ internalIPs }) => internalIPs),
		];
		const duplicates = duplicateAddresses(network, expected, new Set(addresses.map(({ text }) => text)));
		this.#differences = withDuplicates(compareNetworks(expected, network), duplicates);
		for (const each of duplicates) this.tell(foundDifference(each, "warning"));
	}

	protected questions(): readonly Question[] {
		const places = new Set<Place>(this.#differences.flatMap(repairsOf).map(({ place }) => place));
		const everywhere = this.#differences.some(({ part }) => part === "fabric");
		const held = (place: Place): boolean => this.#subject.network.namespace(place) !== undefined;
		return surveyQuestions(this.#subject.cluster, (place) => held(place) && (everywhere || places.has(place)));
	}

	protected places(): number {
		return this.#subject.network.places().length;
	}

	protected ask(question: Question): void {
		const [quick, planned] = [fateOf(this.#current, question, false), fateOf(this.#planned, question, false)];
		if (!isAlike(quick, planned)) this.#explain(question);
		else if (this.#detours < MOST_DETOURS && !isSameWay(quick, planned)) this.#detour(question);
		else if (this.#differences.some(({ code }) => code === "mtu-wrong")) this.#size(question);
	}

	#explain(question: Question): void {
		const [now, goal] = [fateOf(this.#current, question), fateOf(this.#planned, question)];
		const met = new Set([...goal.met, ...now.met]);
		const candidates = this.#differences.filter(
			(each) => !this.#put.includes(each) && repairsOf(each).some(({ place }) => met.has(place)),
		);
		const key = now.courses.map(({ outcome }) => outcome).join("; ");
		if (this.#unexplained.has(key)) return;
		const trial = { actual: this.#current, expected: this.#expected, question };
		const causes = causesAmong(trial, candidates, now, goal);
		if (causes === null) {
			this.#unexplained.add(key);
			this.#decide(question, now);
			return;
		}
		for (const finding of causeFindings(causes, [now, goal])) this.tell({ ...finding, question });
		this.#put.push(...causes.causes);
		const network = repairedNetwork(this.#subject.network, this.#expected, this.#put);
		this.#current = { ...this.#subject, network };
	}

	/** A device that has another name than was predicted looks like a detour: after some that nothing explains, no more are asked. */
	#detour(question: Question): void {
		const before = this.findings.length;
		this.#explain(question);
		if (this.findings.length === before) this.#detours++;
	}

	#decide(question: Question, now: Fate): void {
		if (now.verdict === "delivered") return;
		const [first] = decisionFindings(this.#current, question, now);
		if (first !== undefined) this.tell({ ...first, question });
	}

	#size(question: Question): void {
		const fates = [fateOf(this.#current, question), fateOf(this.#planned, question)] as const;
		const mtus = this.#differences.filter(({ code }) => code === "mtu-wrong");
		for (const finding of sizeFindings(this.#current.network, this.#expected, mtus, fates)) {
			this.tell({ ...finding, question });
		}
	}

	protected rest(): readonly DiagnosisFound[] {
		const left = this.#differences
			.filter((each) => !this.#put.includes(each))
			.map((each) => foundDifference(each, "info"));
		return shortened(left.filter((each) => !this.seen.has(sayingOf(each))));
	}
}

const MOST_DETOURS = 20;

class DesignSurvey extends Survey {
	readonly #subject: Subject;

	constructor(subject: Subject, language: Language) {
		super(language);
		this.#subject = subject;
	}

	protected questions(): readonly Question[] {
		return surveyQuestions(this.#subject.cluster, () => true);
	}

	protected places(): number {
		return this.#subject.network.places().length;
	}

	protected ask(question: Question): void {
		if (fateOf(this.#subject, question, false).verdict === "delivered") return;
		const [first] = decisionFindings(this.#subject, question, fateOf(this.#subject, question));
		if (first === undefined) return;
		// Nobody says that everybody should reach everybody: what a policy refuses is meant so.
		const meant = first.code === "blocked-by-policy";
		this.tell({ ...first, ...(meant && { severity: "info" as const }), question });
	}

	protected rest(): readonly DiagnosisFound[] {
		return [];
	}
}
