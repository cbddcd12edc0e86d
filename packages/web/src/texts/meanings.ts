/** What docs/findings.md says of a finding's code, loaded with the Diagnose view. */
import {
	type CodeMeaning,
	EXPLANATION_FINDINGS,
	EXPLANATION_FINDINGS_ZH,
	FINDING_CODES,
	FINDING_CODES_ZH,
	type Language,
} from "@podpath/core";

interface Meanings {
	readonly ofDiagnosis: Readonly<Record<string, CodeMeaning>>;
	readonly ofExplanation: Readonly<Record<string, string>>;
}

export const MEANINGS: Readonly<Record<Language, Meanings>> = {
	en: { ofDiagnosis: FINDING_CODES, ofExplanation: EXPLANATION_FINDINGS },
	zh: { ofDiagnosis: FINDING_CODES_ZH, ofExplanation: EXPLANATION_FINDINGS_ZH },
};
