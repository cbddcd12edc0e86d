/** Lab runs that pages ask for: one at a time, each ended before the server is. */
import { InputError, type LabReport, type Language, phrase, type Question, type Subject } from "@podpath/core";
import type { KernelLab, LabWatch } from "./served.ts";

export class LabRuns {
	readonly #lab: KernelLab;
	#running: { readonly ending: AbortController; readonly done: Promise<unknown> } | null = null;

	constructor(lab: KernelLab) {
		this.#lab = lab;
	}

	offer(language: Language): ReturnType<KernelLab["offer"]> {
		return this.#lab.offer(language);
	}

	/** Rejects with an InputError where somebody else is asking; `subject` is not made then. */
	async ask(subject: () => Promise<Subject>, question: Question, watch: LabWatch): Promise<LabReport> {
		const { signal } = watch;
		if (this.#running !== null) throw busy();
		const ending = new AbortController();
		const end = (): void => ending.abort();
		signal.addEventListener("abort", end);
		if (signal.aborted) end();
		const asking = subject().then((known) => this.#lab.ask(known, question, { ...watch, signal: ending.signal }));
		const running = { ending, done: asking.catch(() => {}) };
		this.#running = running;
		try {
			return await asking;
		} finally {
			signal.removeEventListener("abort", end);
			this.#running = null;
		}
	}

	/** Ends the run of the moment; nothing of it is left when this resolves. */
	async stop(): Promise<void> {
		this.#running?.ending.abort();
		await this.#running?.done;
	}
}

function busy(): InputError {
	return new InputError({
		code: "lab-busy",
		message: phrase("lab-busy"),
		hint: phrase("one-at-a-time"),
	});
}
