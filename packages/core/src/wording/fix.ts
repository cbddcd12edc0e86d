/** What puts something right. */
import type { Language } from "./language.ts";
import { type Phrase, type Said, worded } from "./phrase.ts";

/** What is to be done, in words, or a command as it is typed; a remark may end it. */
export type Fix = Phrase | Command;

export interface Command {
	readonly command: Said;
}

/** A `command` can be typed as it stands, an `action` is what a person does. */
export const FIX_KINDS = ["command", "action"] as const;
export type FixKind = (typeof FIX_KINDS)[number];

/** The fix of a finding; both fields are there, or none. */
export interface WordedFix {
	readonly fix?: string;
	readonly fixKind?: FixKind;
}

export function fixIn(fix: Fix | undefined, language: Language): WordedFix {
	if (fix === undefined) return {};
	return "command" in fix
		? { fix: worded(fix.command, language), fixKind: "command" }
		: { fix: worded(fix, language), fixKind: "action" };
}
