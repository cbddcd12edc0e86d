/** Expressions and statements of rules. Each kind's data stands with its text, its JSON and its meaning. */
import type { NftElement } from "./element.ts";
import type { BinaryExpression } from "./expressions/binary.ts";
import type { ConcatenationExpression } from "./expressions/concatenation.ts";
import type { CtExpression } from "./expressions/ct.ts";
import type { FibExpression } from "./expressions/fib.ts";
import type { HashExpression } from "./expressions/hash.ts";
import type { MapExpression } from "./expressions/map.ts";
import type { MetaExpression } from "./expressions/meta.ts";
import type { NumgenExpression } from "./expressions/numgen.ts";
import type { OtherExpression } from "./expressions/other.ts";
import type { PayloadExpression } from "./expressions/payload.ts";
import type { ValueExpression } from "./expressions/value.ts";
import type { BystanderStatement } from "./statements/bystander.ts";
import type { LimitStatement } from "./statements/limit.ts";
import type { MangleStatement, RewriteStatement } from "./statements/mangle.ts";
import type { MatchStatement } from "./statements/match.ts";
import type { NatStatement } from "./statements/nat.ts";
import type { NotrackStatement } from "./statements/notrack.ts";
import type { OtherStatement } from "./statements/other.ts";
import type { RejectStatement } from "./statements/reject.ts";
import type { RememberStatement } from "./statements/remember.ts";
import type { VerdictStatement } from "./statements/verdict.ts";
import type { VmapStatement } from "./statements/vmap.ts";

export type { Operand } from "./statements/match.ts";
export type { Verdict } from "./statements/verdict.ts";

/** What a lookup goes to: a named set or map of the table, or one written in the rule. */
export type SetReference =
	| { readonly kind: "named"; readonly name: string }
	| { readonly kind: "anonymous"; readonly elements: readonly NftElement[] };

/** Something that a packet has a value for. */
export type Expression =
	| ValueExpression
	| PayloadExpression
	| MetaExpression
	| CtExpression
	| FibExpression
	| NumgenExpression
	| HashExpression
	| ConcatenationExpression
	| BinaryExpression
	| MapExpression
	| OtherExpression;

export type Statement =
	| MatchStatement
	| VmapStatement
	| VerdictStatement
	| NatStatement
	| RejectStatement
	| MangleStatement
	| RewriteStatement
	| NotrackStatement
	| RememberStatement
	| LimitStatement
	| BystanderStatement
	| OtherStatement;
