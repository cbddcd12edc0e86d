/** All kinds of statements. Whoever adds one adds its file and a line here and in statement.ts. */
import type { Statement } from "../statement.ts";
import { bystanderExtension } from "./bystander.ts";
import type { StatementExtension } from "./extension.ts";
import { limitExtension } from "./limit.ts";
import { mangleExtension, rewriteExtension } from "./mangle.ts";
import { matchExtension } from "./match.ts";
import { natExtension } from "./nat.ts";
import { notrackExtension } from "./notrack.ts";
import { otherExtension } from "./other.ts";
import { rejectExtension } from "./reject.ts";
import { rememberExtension } from "./remember.ts";
import { verdictExtension } from "./verdict.ts";
import { vmapExtension } from "./vmap.ts";

const EXTENSIONS: { readonly [Kind in Statement["kind"]]: StatementExtension<Extract<Statement, { kind: Kind }>> } = {
	match: matchExtension,
	vmap: vmapExtension,
	verdict: verdictExtension,
	nat: natExtension,
	reject: rejectExtension,
	mangle: mangleExtension,
	rewrite: rewriteExtension,
	notrack: notrackExtension,
	remember: rememberExtension,
	limit: limitExtension,
	bystander: bystanderExtension,
	other: otherExtension,
};

/** What belongs to the kind of a statement. */
export function statementExtension(of: Statement): StatementExtension<Statement> {
	return EXTENSIONS[of.kind] as StatementExtension<Statement>;
}

/** Which kind begins with a word of text, or two. */
export const STATEMENT_BY_WORD: ReadonlyMap<string, StatementExtension<Statement>> = new Map(
	Object.values(EXTENSIONS).flatMap((each) =>
		each.words.map((word) => [word, each as StatementExtension<Statement>] as const),
	),
);

/** Which kind has a key of JSON. */
export const STATEMENT_BY_KEY: ReadonlyMap<string, StatementExtension<Statement>> = new Map(
	Object.values(EXTENSIONS).flatMap((each) =>
		each.keys.map((key) => [key, each as StatementExtension<Statement>] as const),
	),
);
