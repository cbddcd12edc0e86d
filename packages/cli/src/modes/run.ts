/** `podpath modes` and `podpath choose`: run them. */
import { createInterface } from "node:readline/promises";
import { Readable, Writable } from "node:stream";
import {
	type Choice,
	choose,
	columns,
	InputError,
	type ModeProfile,
	modeProfiles,
	NEED_QUESTIONS,
	type Need,
	type Needs,
	needsFrom,
	needText,
	paintFor,
	reasonText,
	stringifyJson,
} from "@podpath/core";
import stringWidth from "string-width";
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import type { ChooseFlags, ModesFlags } from "./command.ts";

const API_VERSION = "podpath.dev/v1alpha1";

export async function runModes({ stdout }: CliProcess, { output }: ModesFlags): Promise<ExitStatus> {
	const modes = modeProfiles();
	stdout.write(output === "json" ? stringifyJson({ apiVersion: API_VERSION, kind: "Modes", modes }) : table(modes));
	return EXIT.yes;
}

const HEADER = [
	"MODE",
	"SCENARIO",
	"STACK",
	"TECHNOLOGY",
	"MECHANISM",
	"ATTACHMENT",
	"FIXED IP",
	"POOL",
	"EXIT",
	"POLICY",
	"STACKS",
	"OVERHEAD",
];

function table(modes: readonly ModeProfile[]): string {
	const rows = modes.map((mode) => [
		mode.mode,
		mode.scenario,
		mode.families.map((family) => `IPv${family}`).join("/"),
		mode.technology,
		mode.mechanism,
		mode.attachment,
		mode.fixedAddress === null ? "no" : "yes",
		mode.pool,
		mode.exit.join("/"),
		mode.networkPolicy ? "yes" : "no",
		String(mode.stacks),
		String(mode.overhead),
	]);
	const cells = [HEADER, ...rows].map((row) => row.map((text) => ({ text })));
	const lines = columns(cells, { width: undefined, paint: paintFor(false), measure: stringWidth, indent: "" }).flat();
	return `${lines.join("\n")}\n`;
}

export async function runChoose(cli: CliProcess, flags: ChooseFlags): Promise<ExitStatus> {
	const { output, ...said } = flags;
	const asksNothing = Object.values(said).every((value) => value === undefined);
	const needs = asksNothing && cli.stdin.isTTY === true ? await asked(cli) : needsOf(flags);
	const choices = choose(modeProfiles(), needs);
	cli.stdout.write(output === "json" ? choicesJson(needs, choices) : choices.map(choiceText).join("\n"));
	return choices.some(({ fits }) => fits) ? EXIT.yes : EXIT.no;
}

function choicesJson(needs: Needs, choices: readonly Choice[]): string {
	const modes = choices.map(({ mode, fits, for: pros, against }) => ({
		mode,
		fits,
		for: pros.map((why) => reasonText(why)),
		against: against.map((why) => reasonText(why)),
	}));
	return stringifyJson({ apiVersion: API_VERSION, kind: "Choice", needs, modes });
}

function choiceText({ mode, fits, for: pros, against }: Choice): string {
	const lines = [...pros.map((why) => `  + ${reasonText(why)}`), ...against.map((why) => `  - ${reasonText(why)}`)];
	return `${[`${mode}${fits ? "" : " (does not fit)"}`, ...lines].join("\n")}\n`;
}

function needsOf(flags: ChooseFlags): Needs {
	const { sameSegment, differentSegments, fixedIp } = flags;
	if (sameSegment === true && differentSegments === true) {
		throw new InputError({
			code: "bad-value",
			message: "--same-segment and --different-segments exclude each other",
			hint: "hosts are in one segment or in several",
		});
	}
	const segments = sameSegment ?? (differentSegments === undefined ? undefined : !differentSegments);
	const { dualStack, bgp, underlayMayBeTouched, publicCloud, lowLatency, networkPolicy, severalKinds } = flags;
	return needsFrom({
		dualStack,
		bgp,
		segments,
		underlayMayBeTouched,
		fixedAddress: fixedIp,
		publicCloud,
		lowLatency,
		networkPolicy,
		severalKinds,
	});
}

/** On stderr, so that the answer alone is on stdout. Nothing, or anything but yes and no: it does not matter. */
async function asked({ stdin, stderr }: CliProcess): Promise<Needs> {
	const output = new Writable({
		write: (chunk, _, done) => {
			stderr.write(String(chunk));
			done();
		},
	});
	const terminal = createInterface({ input: Readable.from(stdin), output });
	const lines = terminal[Symbol.asyncIterator]();
	const found: Partial<Record<Need, boolean>> = {};
	for (const need of NEED_QUESTIONS) {
		output.write(`${needText(need)} [y/n, Enter: does not matter] `);
		const { value, done } = await lines.next();
		if (done === true) break;
		const answer = value.trim().toLowerCase();
		if (answer.startsWith("y")) found[need] = true;
		if (answer.startsWith("n")) found[need] = false;
	}
	terminal.close();
	return needsFrom(found);
}
