/** Address rewrites (net/netfilter/nft_nat.c, nft_masq.c, nft_redir.c). */
import { type Phrase, phrase } from "../../../wording/phrase.ts";
import type { Effect, NatRange, RuleContext } from "../../context.ts";
import { isScalar, type KeyPart, type Scalar } from "../element.ts";
import { type Evaluation, isUnknown } from "../evaluation.ts";
import type { Printer } from "../expressions/extension.ts";
import { isObject, type Json, member, oneOrList, present, stringsAt } from "../json/json.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { Expression } from "../statement.ts";
import type { RuleReader } from "../text/rule-reader.ts";
import { showBeforePort } from "../value-text.ts";
import type { StatementExtension } from "./extension.ts";

const ACTIONS = ["dnat", "snat", "masquerade", "redirect"] as const;

export interface NatStatement {
	readonly kind: "nat";
	readonly action: (typeof ACTIONS)[number];
	/** `dnat ip to …`: packets of the other family do not match. */
	readonly family?: "ip" | "ip6";
	/** A map may give address and port at once. */
	readonly address?: Expression;
	readonly port?: Expression;
	/** `random`, `fully-random`, `persistent`. */
	readonly flags: readonly string[];
	/** `dnat ip prefix to …`: each address of a block becomes the one at the same place of another. */
	readonly prefix?: boolean;
}

const FLAGS: ReadonlySet<string> = new Set(["random", "fully-random", "persistent"]);
const PORT = ["inet_service"] as const;

export const natExtension: StatementExtension<NatStatement> = {
	words: ACTIONS,
	parse: (word, reader) => {
		const action = ACTIONS.find((known) => known === word);
		if (action === undefined) throw new ParseFailure(phrase("no-rewrite", { text: word }));
		const family = action === "dnat" || action === "snat" ? parseFamily(reader) : undefined;
		if (reader.takeWord("addr") && reader.take(".")) reader.expectWord("port");
		const prefix = reader.takeWord("prefix") ? { prefix: true } : {};
		let address: Expression | undefined;
		let port: Expression | undefined;
		if (reader.takeWord("to")) {
			if (!reader.at(":")) {
				const bracketed = reader.take("[");
				address = reader.expression([undefined]);
				if (bracketed) reader.expect("]");
			}
			if (reader.take(":")) port = reader.expression(PORT);
		}
		const flags: string[] = [];
		while (FLAGS.has(reader.peekWord() ?? "")) {
			flags.push(reader.word());
			reader.take(",");
		}
		return statementOf({ action, family, address, port, flags, prefix: prefix.prefix });
	},
	keys: ACTIONS,
	fromJson: (key, value, reader) => {
		const action = ACTIONS.find((known) => known === key);
		if (action === undefined) throw new ParseFailure(phrase("no-rewrite", { text: key }));
		const of = isObject(value) ? value : {};
		const address = member(of, "addr");
		const port = member(of, "port");
		const family = member(of, "family");
		return statementOf({
			action,
			family: family === "ip" || family === "ip6" ? family : undefined,
			address: address === undefined ? undefined : reader.expression(address, [undefined]),
			port: port === undefined ? undefined : reader.expression(port, PORT),
			// Versions of nft name `netmap` among the flags of a prefix.
			flags: stringsAt(of, "flags").filter((flag) => FLAGS.has(flag)),
			prefix: stringsAt(of, "type_flags").includes("prefix") ? true : undefined,
		});
	},
	print: printNat,
	toJson: natToJson,
	run: (nat, run) => rewrite(nat, run),
};

function parseFamily(reader: RuleReader): NatStatement["family"] {
	if (reader.takeWord("ip")) return "ip";
	return reader.takeWord("ip6") ? "ip6" : undefined;
}

function statementOf(parts: {
	readonly action: NatStatement["action"];
	readonly family: "ip" | "ip6" | undefined;
	readonly address: Expression | undefined;
	readonly port: Expression | undefined;
	readonly flags: readonly string[];
	readonly prefix: boolean | undefined;
}): NatStatement {
	const { action, family, address, port, flags, prefix } = parts;
	return {
		kind: "nat",
		action,
		...(family === undefined ? {} : { family }),
		...(address === undefined ? {} : { address }),
		...(port === undefined ? {} : { port }),
		flags,
		...(prefix === undefined ? {} : { prefix }),
	};
}

function printNat({ action, family, address, port, flags, prefix }: NatStatement, printer: Printer): string {
	const head = [action, ...(family === undefined ? [] : [family]), ...(prefix === true ? ["prefix"] : [])];
	if (address !== undefined || port !== undefined) head.push("to");
	const to = address === undefined ? "" : ` ${printAddress(address, port !== undefined, printer)}`;
	const portText = port === undefined ? "" : `${address === undefined ? " " : ""}:${printer.expression(port, PORT)}`;
	return `${head.join(" ")}${to}${portText}${flags.length === 0 ? "" : ` ${flags.join(",")}`}`;
}

function printAddress(address: Expression, beforePort: boolean, printer: Printer): string {
	if (!beforePort || address.kind !== "value") return printer.expression(address);
	const part = address.value;
	if (part.kind === "address") return showBeforePort(part.address);
	const ipv6 = part.kind === "range" && part.from.kind === "address" && part.from.address.family === 6;
	return ipv6 ? `[${printer.expression(address)}]` : printer.expression(address);
}

function natToJson({ action, family, address, port, flags, prefix }: NatStatement, printer: Printer): Json {
	const of = {
		...present("family", family),
		...(address === undefined ? {} : { addr: printer.toJson(address) }),
		...(port === undefined ? {} : { port: printer.toJson(port, PORT) }),
		...(flags.length === 0 ? {} : { flags: oneOrList(flags) }),
		...(prefix === true ? { type_flags: "prefix" } : {}),
	};
	return { [action]: Object.keys(of).length === 0 ? null : of };
}

function rewrite(nat: NatStatement, run: Evaluation): Effect | null {
	if (nat.family !== undefined && (nat.family === "ip") !== (run.at.family === 4)) return null;
	const to = partsOf(nat.address, run);
	const ports = partsOf(nat.port, run);
	if (to === null || ports === null) return null;
	if ("phrase" in to) return { kind: "unknown", unknown: to };
	if ("phrase" in ports) return { kind: "unknown", unknown: ports };
	return effectFor(nat, [...to, ...ports], run.at);
}

function effectFor({ action, flags }: NatStatement, parts: readonly KeyPart[], at: RuleContext): Effect | null {
	const range: { -readonly [Key in keyof NatRange]: NatRange[Key] } = {};
	for (const part of parts) {
		const ends = endsOf(part);
		if (part.kind === "prefix") {
			if (part.prefix.family !== at.family) return null;
			return { kind: "netmap", network: part.prefix.address, length: part.prefix.length };
		}
		if (ends?.from.kind === "address" && ends.to.kind === "address") {
			// nft puts a test of the family before, in tables of both.
			if (ends.from.address.family !== at.family) return null;
			range.addresses = { from: ends.from.address, to: ends.to.address };
		} else if (ends?.from.kind === "number" && ends.to.kind === "number") {
			range.ports = { from: ends.from.number, to: ends.to.number };
		} else return { kind: "unknown", unknown: phrase("no-address-or-port", { action }) };
	}
	if (flags.some((flag) => flag.endsWith("random"))) range.random = true;
	if (flags.includes("persistent")) range.persistent = true;
	return { kind: action, range };
}

function endsOf(part: KeyPart): { readonly from: Scalar; readonly to: Scalar } | undefined {
	if (part.kind === "range") return part;
	return isScalar(part) ? { from: part, to: part } : undefined;
}

/** The parts; null where the rule does not match; a phrase where it cannot be told. */
function partsOf(expression: Expression | undefined, run: Evaluation): readonly KeyPart[] | null | Phrase {
	if (expression === undefined) return [];
	const worth = run.evaluate(expression);
	if (isUnknown(worth)) return worth.unknown;
	return worth.kind === "absent" ? null : worth.parts;
}
