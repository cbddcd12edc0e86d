/** Reads a rule set in any of the forms that nft prints or takes. */
import { parseNftJson } from "./json/parse-json.ts";
import type { ReadRuleset } from "./ruleset-builder.ts";
import { parseNftText } from "./text/parse-text.ts";

/**
 * `nft list ruleset`, `nft -j list ruleset`, or commands as `nft -f` takes them (`add rule ip t c …`). What is not
 * understood is in `unread`; of a rule, the statement stands there as `other`, so that a packet that meets it ends in
 * `unknown`. Throws InputError for JSON that is none, or is not nft's.
 */
export function parseNftRuleset(text: string, options: { readonly file: string }): ReadRuleset {
	return /^\s*[[{]/.test(text) ? parseNftJson(text, options.file) : parseNftText(text, options.file);
}
