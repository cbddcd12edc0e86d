/** What the terminal behind a stream can show. */
import type { CliProcess, OutputStream } from "./cli-process.ts";

export const COLOR_CHOICES = ["auto", "always", "never"] as const;
export type ColorChoice = (typeof COLOR_CHOICES)[number];

/** Colours only where a person sees them: on a terminal, unless NO_COLOR (no-color.org) or TERM=dumb say otherwise. */
export function wantsColor(choice: ColorChoice, stream: OutputStream, env: CliProcess["env"]): boolean {
	if (choice !== "auto") return choice === "always";
	const { NO_COLOR, TERM } = env;
	return stream.isTTY === true && (NO_COLOR === undefined || NO_COLOR === "") && TERM !== "dumb";
}

/** The terminal's columns; undefined where the text goes to a file or a pipe. */
export function columnsOf(stream: OutputStream): number | undefined {
	return stream.isTTY === true ? stream.columns : undefined;
}
