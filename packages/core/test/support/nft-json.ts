/** kube-proxy's nftables table as input of `nft -j -f -` (libnftables-json(5)): the sorts of statements that it has. */
import type { KeyPart, NftElement, Scalar } from "../../src/netfilter/nftables/element.ts";
import type { NftChain, NftSet, NftTable } from "../../src/netfilter/nftables/ruleset.ts";
import type { Expression, Operand, SetReference, Statement, Verdict } from "../../src/netfilter/nftables/statement.ts";

type Json = Readonly<Record<string, unknown>>;

/** The commands that make the table in an empty kernel: first the names, then what refers to them. */
export function nftJson(table: NftTable): string {
	const { family, name } = table;
	const place = { family, table: name };
	const chains = [...table.chains.values()];
	const sets = [...table.sets.values()];
	const objects: Json[] = [
		{ table: { family, name } },
		...chains.map((chain) => ({ chain: { ...place, name: chain.name, ...baseJson(chain) } })),
		...sets.map((set) => setJson(place, set)),
		...sets
			.filter(({ elements }) => elements.length > 0)
			.map((set) => ({ element: { ...place, name: set.name, elem: set.elements.map(elementJson) } })),
		...chains.flatMap(({ name: chain, rules }) =>
			rules.map(({ statements, comment }) => ({
				rule: { ...place, chain, expr: statements.map(statementJson), ...described(comment) },
			})),
		),
	];
	return JSON.stringify({ nftables: objects.map((object) => ({ add: object })) });
}

function described(comment: string | undefined): Json {
	return comment === undefined ? {} : { comment };
}

function baseJson({ base }: NftChain): Json {
	return base === undefined ? {} : { type: base.type, hook: base.hook, prio: base.priority, policy: base.policy };
}

function setJson(place: Json, { name, kind, keyTypes, valueType, flags, comment }: NftSet): Json {
	// The JSON has no word for the flag `dynamic`; the kernel gives it to a set that a rule adds to.
	const known = flags.filter((flag) => flag !== "dynamic");
	const type = keyTypes.length === 1 ? keyTypes[0] : keyTypes;
	const common = { ...place, name, type, ...described(comment), ...(known.length === 0 ? {} : { flags: known }) };
	return kind === "map" ? { map: { ...common, map: valueType } } : { set: common };
}

function elementJson({ key, value, comment }: NftElement): unknown {
	const parts = key.map(partJson);
	const whole = parts.length === 1 ? parts[0] : { concat: parts };
	const shown = comment === undefined ? whole : { elem: { val: whole, comment } };
	if (value === undefined) return shown;
	if (!("kind" in value)) throw new Error("kube-proxy's maps give verdicts");
	return [shown, verdictJson(value)];
}

function scalarJson(value: Scalar): string | number {
	return value.kind === "address" ? value.address.text : value.kind === "number" ? value.number : value.word;
}

function partJson(part: KeyPart): unknown {
	if (part.kind === "prefix") return { prefix: { addr: part.prefix.address.text, len: part.prefix.length } };
	if (part.kind === "range" || part.kind === "any") throw new Error(`kube-proxy has no ${part.kind}`);
	return scalarJson(part);
}

function verdictJson(verdict: Verdict): Json {
	return { [verdict.kind]: "chain" in verdict ? { target: verdict.chain } : null };
}

function referenceJson(reference: SetReference): unknown {
	return reference.kind === "named" ? `@${reference.name}` : { set: reference.elements.map(elementJson) };
}

function operandJson(operand: Operand): unknown {
	switch (operand.kind) {
		case "parts":
			return operand.parts.length === 1 ? operand.parts.map(partJson)[0] : { concat: operand.parts.map(partJson) };
		case "list":
			return { set: operand.elements.map(elementJson) };
		case "named":
			return `@${operand.name}`;
		case "expression":
			return expressionJson(operand.expression);
	}
}

function expressionJson(expression: Expression): unknown {
	switch (expression.kind) {
		case "value":
			return scalarJson(expression.value);
		case "payload":
			return { payload: { protocol: expression.protocol, field: expression.field } };
		case "meta":
			return { meta: { key: expression.key } };
		case "ct":
			return { ct: { key: expression.key } };
		case "fib":
			return { fib: { result: expression.result, flags: expression.flags } };
		case "numgen":
			return { numgen: { mode: expression.mode, mod: expression.modulus, offset: expression.offset } };
		case "concatenation":
			return { concat: expression.parts.map(expressionJson) };
		case "binary":
			return { [expression.operator]: [expressionJson(expression.left), expressionJson(expression.right)] };
		default:
			throw new Error(`kube-proxy has no expression ${expression.kind}`);
	}
}

function statementJson(statement: Statement): Json {
	switch (statement.kind) {
		case "match": {
			const { operator, left, right } = statement;
			return { match: { op: operator, left: expressionJson(left), right: operandJson(right) } };
		}
		case "vmap":
			return { vmap: { key: expressionJson(statement.key), data: referenceJson(statement.map) } };
		case "verdict":
			return verdictJson(statement.verdict);
		case "reject":
			return { reject: null };
		case "mangle":
			return { mangle: { key: { meta: { key: statement.target } }, value: expressionJson(statement.value) } };
		case "nat": {
			const { action, address, port, flags } = statement;
			const to = {
				...(address === undefined ? {} : { addr: expressionJson(address) }),
				...(port === undefined ? {} : { port: expressionJson(port) }),
			};
			return { [action]: { ...to, ...(flags.length === 0 ? {} : { flags }) } };
		}
		case "remember":
			return { set: { op: statement.operation, elem: expressionJson(statement.key), set: `@${statement.set}` } };
		default:
			throw new Error(`kube-proxy has no statement ${statement.kind}`);
	}
}
