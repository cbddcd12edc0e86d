/** nft's own text of rules and rule sets: what `nft list ruleset` shows and `nft -f` loads. */
import { type KeyPart, type NftElement, type Scalar, scalarText } from "./element.ts";
import type { NftChain, NftRule, NftRuleset, NftSet, NftTable } from "./ruleset.ts";
import type { Expression, Operand, SetReference, Statement, Verdict } from "./statement.ts";

export function printRuleset(ruleset: NftRuleset): string {
	return ruleset.tables.map(printTable).join("");
}

export function printTable(table: NftTable): string {
	const lines = [`table ${table.family} ${table.name} {`];
	for (const set of table.sets.values()) lines.push(...printSet(set));
	for (const chain of table.chains.values()) lines.push(...printChain(chain));
	return `${[...lines, "}"].join("\n")}\n`;
}

function printSet(set: NftSet): readonly string[] {
	const type = set.keyTypes.join(" . ");
	const elements = set.elements.map(printElement).join(", ");
	return [
		`\t${set.kind} ${set.name} {`,
		`\t\ttype ${type}${set.valueType === undefined ? "" : ` : ${set.valueType}`}`,
		...(set.flags.length === 0 ? [] : [`\t\tflags ${set.flags.join(",")}`]),
		...(set.comment === undefined ? [] : [`\t\tcomment "${set.comment}"`]),
		...(elements === "" ? [] : [`\t\telements = { ${elements} }`]),
		"\t}",
	];
}

function printChain({ name, base, rules }: NftChain): readonly string[] {
	return [
		`\tchain ${name} {`,
		...(base === undefined
			? []
			: [`\t\ttype ${base.type} hook ${base.hook} priority ${base.priority}; policy ${base.policy};`]),
		...rules.map((rule) => `\t\t${printRule(rule)}`),
		"\t}",
	];
}

export function printRule({ statements, comment }: NftRule): string {
	const words = statements.map(printStatement);
	return [...words, ...(comment === undefined ? [] : [`comment "${comment}"`])].join(" ");
}

function printStatement(statement: Statement): string {
	switch (statement.kind) {
		case "match":
			return `${printExpression(statement.left)} ${statement.operator === "==" || statement.operator === "in" ? "" : `${statement.operator} `}${printOperand(statement.right)}`;
		case "vmap":
			return `${printExpression(statement.key)} vmap ${printReference(statement.map)}`;
		case "verdict":
			return printVerdict(statement.verdict);
		case "nat":
			return printNat(statement);
		case "reject":
			return statement.with === null ? "reject" : `reject with ${printReject(statement.with)}`;
		case "mangle":
			return `${statement.target === "mark" ? "meta mark" : "ct mark"} set ${printExpression(statement.value)}`;
		case "notrack":
			return "notrack";
		case "remember":
		case "limit":
		case "bystander":
		case "other":
			return statement.text;
	}
}

/** `icmp-port-unreachable` is `icmp type port-unreachable` to nft. */
function printReject(how: string): string {
	if (how === "tcp-reset") return "tcp reset";
	return how.startsWith("icmp6-")
		? `icmpv6 type ${how.slice("icmp6-".length)}`
		: `icmp type ${how.slice("icmp-".length)}`;
}

function printNat({ action, address, port, flags }: Extract<Statement, { readonly kind: "nat" }>): string {
	const to = address === undefined ? "" : ` to ${printNatAddress(address)}`;
	const portText = port === undefined ? "" : `${address === undefined ? " to " : ""}:${printExpression(port)}`;
	return `${action}${to}${portText}${flags.length === 0 ? "" : ` ${flags.join(",")}`}`;
}

function printNatAddress(address: Expression): string {
	const value = address.kind === "value" && address.value.kind === "address" ? address.value.address : null;
	return value?.family === 6 ? `[${value.text}]` : printExpression(address);
}

/** Keys of meta that nft writes without the word. */
const UNQUALIFIED: ReadonlySet<string> = new Set(["iifname", "oifname", "iif", "oif"]);

export function printExpression(expression: Expression): string {
	switch (expression.kind) {
		case "value":
			return printPart(expression.value);
		case "payload":
			return `${expression.protocol} ${expression.field}`;
		case "meta":
			return UNQUALIFIED.has(expression.key) ? expression.key : `meta ${expression.key}`;
		case "ct":
			return `ct ${expression.direction === undefined ? "" : `${expression.direction} `}${expression.key}`;
		case "fib":
			return `fib ${expression.flags.join(" . ")} ${expression.result}`;
		case "numgen":
			return `numgen ${expression.mode} mod ${expression.modulus}${printOffset(expression.offset)}`;
		case "hash":
			return `symhash mod ${expression.modulus}${printOffset(expression.offset)}`;
		case "concatenation":
			return expression.parts.map(printExpression).join(" . ");
		case "binary":
			return `${printExpression(expression.left)} ${expression.operator} ${printExpression(expression.right)}`;
		case "map":
			return `${printExpression(expression.key)} map ${printReference(expression.map)}`;
		case "other":
			return expression.text;
	}
}

function printOffset(offset: number): string {
	return offset === 0 ? "" : ` offset ${offset}`;
}

function printOperand(operand: Operand): string {
	switch (operand.kind) {
		case "parts":
			return operand.parts.map(printPart).join(" . ");
		case "list":
			return `{ ${operand.elements.map(printElement).join(", ")} }`;
		case "named":
			return `@${operand.name}`;
		case "expression":
			return printExpression(operand.expression);
	}
}

function printReference(reference: SetReference): string {
	return reference.kind === "named" ? `@${reference.name}` : `{ ${reference.elements.map(printElement).join(", ")} }`;
}

function printElement({ key, value, comment }: NftElement): string {
	const note = comment === undefined ? "" : ` comment "${comment}"`;
	const result =
		value === undefined ? "" : ` : ${"kind" in value ? printVerdict(value) : value.map(printPart).join(" . ")}`;
	return `${key.map(printPart).join(" . ")}${note}${result}`;
}

export function printVerdict(verdict: Verdict): string {
	return verdict.kind === "jump" || verdict.kind === "goto" ? `${verdict.kind} ${verdict.chain}` : verdict.kind;
}

function printPart(part: KeyPart): string {
	switch (part.kind) {
		case "any":
			return "*";
		case "prefix":
			return part.prefix.text;
		case "range":
			return `${printScalar(part.from)}-${printScalar(part.to)}`;
		default:
			return printScalar(part);
	}
}

/** Words that nft would not read bare, device names among them, stand in quotes. */
function printScalar(value: Scalar): string {
	const text = scalarText(value);
	return value.kind === "word" && !/^[\w-]+$/.test(text) ? `"${text}"` : text;
}
