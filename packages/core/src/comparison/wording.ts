/** What the comparison and the chooser say, in the language of whoever asks. */
import type { Language } from "../wording/language.ts";
import { ENGLISH } from "./catalogue.ts";
import { CHINESE } from "./catalogue-zh.ts";
import type { Reason, ReasonCode } from "./choose.ts";
import type { Criterion } from "./criteria.ts";
import type { Need } from "./needs.ts";
import type { ModeProfile } from "./profile.ts";

/** What the comparison says in one language. */
export interface ComparisonTexts {
	readonly criteria: Readonly<Record<Criterion, CriterionText>>;
	readonly values: {
		readonly scenario: Readonly<Record<ModeProfile["scenario"], string>>;
		readonly technology: Readonly<Record<ModeProfile["technology"], string>>;
		readonly mechanism: Readonly<Record<ModeProfile["mechanism"], string>>;
		readonly nextHop: Readonly<Record<ModeProfile["nextHop"], string>>;
		readonly attachment: Readonly<Record<ModeProfile["attachment"], string>>;
		readonly podAddresses: Readonly<Record<ModeProfile["podAddresses"], string>>;
		readonly pool: Readonly<Record<ModeProfile["pool"], string>>;
		readonly exit: Readonly<Record<ModeProfile["exit"][number], string>>;
	};
	readonly yes: string;
	readonly no: string;
	readonly bytes: (bytes: number) => string;
	/** By what a pod asks for an address, where it is said otherwise than the mode declares it. */
	readonly fixedBy: Readonly<Record<string, string>>;
	readonly questions: Readonly<Record<Need, string>>;
	/** Facts stand in braces. */
	readonly reasons: Readonly<Record<ReasonCode, string>>;
}

export interface CriterionText {
	readonly name: string;
	/** What it tells. */
	readonly about: string;
}

const CATALOGUES: Readonly<Record<Language, ComparisonTexts>> = { en: ENGLISH, zh: CHINESE };

export function criterionText(criterion: Criterion, language: Language = "en"): CriterionText {
	return CATALOGUES[language].criteria[criterion];
}

/** What the mode has there, in words. */
export function profileText(profile: ModeProfile, criterion: Criterion, language: Language = "en"): string {
	const { values, yes, no, bytes, fixedBy } = CATALOGUES[language];
	switch (criterion) {
		case "scenario":
			return values.scenario[profile.scenario];
		case "technology":
			return values.technology[profile.technology];
		case "mechanism":
			return values.mechanism[profile.mechanism];
		case "nextHop":
			return values.nextHop[profile.nextHop];
		case "attachment":
			return values.attachment[profile.attachment];
		case "podAddresses":
			return values.podAddresses[profile.podAddresses];
		case "pool":
			return values.pool[profile.pool];
		case "families":
			return profile.families.map((family) => `IPv${family}`).join(" + ");
		case "exit":
			return profile.exit.map((each) => values.exit[each]).join(" / ");
		case "fixedAddress":
			return profile.fixedAddress === null ? no : (fixedBy[profile.fixedAddress] ?? profile.fixedAddress);
		case "networkPolicy":
		case "mixesNetworks":
			return profile[criterion] ? yes : no;
		case "stacks":
			return String(profile.stacks);
		case "overhead":
			return bytes(profile.overhead);
	}
}

/** A question that yes and no answer. */
export function needText(need: Need, language: Language = "en"): string {
	return CATALOGUES[language].questions[need];
}

export function reasonText({ code, facts }: Reason, language: Language = "en"): string {
	const { reasons, fixedBy } = CATALOGUES[language];
	return reasons[code].replaceAll(/\{(\w+)\}/g, (_, name: string) => {
		const fact = String(facts[name] ?? "?");
		return fixedBy[fact] ?? fact;
	});
}
