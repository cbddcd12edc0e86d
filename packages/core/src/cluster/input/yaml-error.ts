/** What is wrong with YAML text: the `yaml` package's own sentences, which are English, and what stands for them elsewhere. */
import type { ErrorCode } from "yaml";
import { type Phrase, phrase } from "../../wording/phrase.ts";

/** Codes of which each message says the same. */
const ALIKE: Partial<Readonly<Record<ErrorCode, YamlPhrase>>> = {
	BAD_ALIAS: "yaml-alias",
	BAD_DQ_ESCAPE: "yaml-escape",
	BAD_INDENT: "yaml-indent",
	BAD_SCALAR_START: "yaml-scalar",
	BLOCK_AS_IMPLICIT_KEY: "yaml-nested",
	BLOCK_IN_FLOW: "yaml-block-in-flow",
	MULTILINE_IMPLICIT_KEY: "yaml-key-lines",
	TAB_AS_INDENT: "yaml-tab",
	UNEXPECTED_TOKEN: "yaml-unexpected",
};

type YamlPhrase =
	| "yaml-alias"
	| "yaml-block-in-flow"
	| "yaml-escape"
	| "yaml-indent"
	| "yaml-key-lines"
	| "yaml-missing"
	| "yaml-missing-quote"
	| "yaml-missing-value"
	| "yaml-nested"
	| "yaml-other"
	| "yaml-scalar"
	| "yaml-tab"
	| "yaml-unexpected";

export function yamlError(code: ErrorCode, told: string): Phrase {
	if (told.startsWith("Maximum call stack")) return phrase("nested-too-deeply");
	const message = told.split("\n")[0] ?? told;
	return phrase(ALIKE[code] ?? (code === "MISSING_CHAR" ? missing(message) : "yaml-other"), { message });
}

function missing(message: string): YamlPhrase {
	if (/^Missing closing ["']quote/.test(message)) return "yaml-missing-quote";
	return message.startsWith("Implicit map keys need") ? "yaml-missing-value" : "yaml-missing";
}
