/** What a stack looked at of a packet's inputs, in the order of the choices between which it did. */
import type { Address } from "../../address/address.ts";
import { prefixOf } from "../../address/prefix.ts";
import { type Looks, type Prefixes, WHOLE } from "../../address/watched.ts";
import type { Choices } from "../choices.ts";
import type { Inputs } from "./inputs.ts";

/** One thing that a stack may ask of the inputs. Packets to whose tests the answers are the same fare the same. */
export type Test =
	/** The first bits of an address. */
	| { readonly of: "bits"; readonly address: number; readonly bits: number }
	/** Which of some prefixes is the longest that holds an address. */
	| { readonly of: "prefix"; readonly address: number; readonly among: Prefixes }
	/** Whether two addresses are the same. */
	| { readonly of: "same"; readonly one: number; readonly other: number }
	| { readonly of: "mac"; readonly mac: number }
	/** Which port of its bridge it came in by. */
	| { readonly of: "port" };

export type Answer = number | string | boolean | undefined;

export function answerOf(test: Exclude<Test, { readonly of: "bits" }>, inputs: Inputs): Answer {
	switch (test.of) {
		case "prefix":
			return test.among.longestPrefix(inputs.addresses[test.address] as Address);
		case "same":
			return inputs.addresses[test.one]?.text === inputs.addresses[test.other]?.text;
		case "mac":
			return inputs.macs[test.mac] as string;
		case "port":
			return inputs.port;
	}
}

/** The first bits of an address, as a key of a map. */
export function leadingBits(address: Address, bits: number): Answer {
	if (bits === 0) return 0;
	if (bits === WHOLE) return address.family === 4 ? address.words[0] : address.text;
	return address.family === 4 ? (address.words[0] as number) >>> (32 - bits) : prefixOf(address, bits).text;
}

/** Whether asking `known` answers `asked` too. */
export function covers(known: Test, asked: Test): boolean {
	switch (asked.of) {
		case "bits":
			return known.of === "bits" && known.address === asked.address && known.bits >= asked.bits;
		case "prefix":
			if (known.of === "bits") return known.address === asked.address && known.bits === WHOLE;
			return known.of === "prefix" && known.address === asked.address && known.among === asked.among;
		case "same":
			return known.of === "same" && known.one === asked.one && known.other === asked.other;
		case "mac":
			return known.of === "mac" && known.mac === asked.mac;
		case "port":
			return known.of === "port";
	}
}

function bitsOf(test: Test): number {
	return test.of === "bits" ? test.bits : 0;
}

/** Notes down the tests of one packet's way through a stack. */
export class Notes implements Looks {
	readonly #choices: Choices;
	readonly #before: number;
	/** Tests before the first choice, between the first and the second, and so on. */
	readonly #tests: Test[][] = [];
	/** How many bits of each address were seen. */
	readonly #seen: number[] = [];

	constructor(choices: Choices) {
		this.#choices = choices;
		this.#before = choices.made.length;
	}

	/** How many choices were made meanwhile. */
	get choices(): number {
		return this.#choices.made.length - this.#before;
	}

	/**
	 * The tests up to the choice of this number, counted from 0, and after the one before it. Those that tell fewest packets
	 * apart come first.
	 */
	testsBefore(choice: number): readonly Test[] {
		return (this.#tests[choice] ?? []).sort((a, b) => bitsOf(a) - bitsOf(b));
	}

	sawBits(address: number, bits: number): void {
		if (bits <= (this.#seen[address] ?? 0)) return;
		this.#seen[address] = bits;
		this.#note({ of: "bits", address, bits });
	}

	lookedUp(address: number, among: Prefixes): void {
		this.#note({ of: "prefix", address, among });
	}

	compared(one: number, other: number): void {
		this.#note({ of: "same", one, other });
	}

	sawMac(mac: number): void {
		this.#note({ of: "mac", mac });
	}

	sawPort(): void {
		this.#note({ of: "port" });
	}

	#note(test: Test): void {
		if (this.#tests.some((tests) => tests.some((known) => covers(known, test)))) return;
		// What tells more takes the place of what told less.
		const tests = (this.#tests[this.choices] ?? []).filter((known) => !covers(test, known));
		tests.push(test);
		this.#tests[this.choices] = tests;
	}
}
