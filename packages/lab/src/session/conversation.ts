/** A program that runs in a lab: what it writes as it comes, its input, and signals. */
import { setTimeout as pause } from "node:timers/promises";
import type { Backend, ProgramTalk } from "../backend.ts";

/** The agent is asked again and again: soon where something was said, less often of one that is silent. */
const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 50;
/** So much input may wait for the program before more is taken from whoever gives it. */
const MOST_WAITING = 1 << 18;

export class Conversation {
	readonly #backend: Backend;
	readonly #program: number;
	#waiting = 0;
	#unsent: Buffer[] = [];
	#ending = false;
	#signals: number[] = [];
	#taken: (() => void) | undefined;

	constructor(backend: Backend, program: number) {
		this.#backend = backend;
		this.#program = program;
	}

	/** Input for the program; resolves when there is room for more. */
	async write(input: Uint8Array): Promise<void> {
		this.#unsent.push(Buffer.from(input));
		this.#waiting += input.length;
		if (this.#waiting > MOST_WAITING) await new Promise<void>((resolve) => (this.#taken = resolve));
	}

	/** There is no more input. */
	end(): void {
		this.#ending = true;
	}

	/** A signal's number; the program gets it soon. */
	signal(signal: number): void {
		this.#signals.push(signal);
	}

	/**
	 * Tells what the program writes until it has ended. Resolves with its status, as a shell says it: 128 and more where a signal
	 * ended it. Rejects with a LabError when the lab has ended.
	 */
	async listen(onOutput: (output: Uint8Array, stream: "stdout" | "stderr") => void): Promise<number> {
		let wait = SHORTEST_PAUSE_MS;
		for (;;) {
			const input = Buffer.concat(this.#unsent.splice(0));
			const signal = this.#signals.shift();
			const talk: ProgramTalk = {
				program: this.#program,
				...(input.length > 0 && { input: input.toString("base64") }),
				...(this.#ending && { end: true }),
				...(signal !== undefined && { signal }),
			};
			const { output, waiting, status } = await this.#backend.talk(talk);
			for (const [i, text] of output.entries())
				if (text !== "") onOutput(Buffer.from(text, "base64"), i === 0 ? "stdout" : "stderr");
			if (status !== null) return status < 0 ? 128 - status : status;
			this.#waiting = waiting + this.#unsent.reduce((sum, { length }) => sum + length, 0);
			if (this.#waiting <= MOST_WAITING) this.#taken?.();
			const isQuiet = input.length === 0 && output.every((text) => text === "");
			wait = isQuiet ? Math.min(LONGEST_PAUSE_MS, wait * 1.5) : SHORTEST_PAUSE_MS;
			await pause(wait);
		}
	}
}
