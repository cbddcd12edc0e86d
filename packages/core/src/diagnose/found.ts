/** What diagnosis found, before it is worded. */
import type { Because } from "../kernel/because.ts";
import type { SourcePosition } from "../origin/origin.ts";
import type { Place } from "../state/place.ts";
import { catalogueIn, reason } from "../trace/wording.ts";
import { type Fix, fixIn, type WordedFix } from "../wording/fix.ts";
import type { Language } from "../wording/language.ts";
import { type Phrase, type Said, worded } from "../wording/phrase.ts";
import type { DiagnosisFinding, Evidence } from "./finding.ts";

/** Why and where a packet's way ended. */
interface Ended {
	readonly because: Because;
	readonly endedAt: Place;
}

export interface FoundEvidence {
	readonly text: Said;
	readonly source?: SourcePosition;
}

type Worded = "message" | "owner" | "expected" | "actual" | keyof WordedFix | "confirm" | "proof";

/** A finding whose sentences are data; plain text is a name, a command or an entry of a tool. */
export interface DiagnosisFound extends Omit<DiagnosisFinding, Worded> {
	readonly message: Phrase | Ended;
	readonly owner?: Said;
	readonly expected?: FoundEvidence;
	readonly actual?: FoundEvidence;
	readonly fix?: Fix;
	readonly confirm?: Said;
	readonly proof?: Phrase;
}

export function diagnosisFindingIn(found: DiagnosisFound, language: Language): DiagnosisFinding {
	const { message, owner, expected, actual, fix, confirm, proof, ...same } = found;
	return {
		...same,
		message: messageIn(message, language),
		...(owner !== undefined && { owner: worded(owner, language) }),
		...(expected !== undefined && { expected: evidenceIn(expected, language) }),
		...(actual !== undefined && { actual: evidenceIn(actual, language) }),
		...fixIn(fix, language),
		...(confirm !== undefined && { confirm: worded(confirm, language) }),
		...(proof !== undefined && { proof: worded(proof, language) }),
	};
}

/** Findings that say the same are one. */
export function sayingOf({ message }: Pick<DiagnosisFound, "message">): string {
	return messageIn(message, "en");
}

function messageIn(message: DiagnosisFound["message"], language: Language): string {
	if ("phrase" in message) return worded(message, language);
	return catalogueIn(language).endedAt(reason(message.because, language), message.endedAt);
}

function evidenceIn({ text, source }: FoundEvidence, language: Language): Evidence {
	return { text: worded(text, language), ...(source !== undefined && { source }) };
}
