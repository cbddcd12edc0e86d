/** Hashes of a packet (net/netfilter/nft_hash.c): by its headers, in a way that nobody knows beforehand. */
import { isObject, numberAt, objectOf, optionalNumber, present } from "../json/json.ts";
import type { Expression } from "../statement.ts";
import type { ExpressionExtension } from "./extension.ts";
import { chosen } from "./numgen.ts";

export interface HashExpression {
	readonly kind: "hash";
	/** What `jhash` takes; without it the hash is `symhash`, of addresses and ports. */
	readonly key?: Expression;
	readonly modulus: number;
	readonly seed?: number;
	readonly offset: number;
}

export const hashExtension: ExpressionExtension<HashExpression> = {
	words: ["jhash", "symhash"],
	parse: (word, reader) => {
		const key = word === "jhash" ? { key: reader.expression() } : {};
		reader.expectWord("mod");
		const modulus = reader.number();
		const seed = reader.takeWord("seed") ? { seed: reader.number() } : {};
		return { kind: "hash", ...key, modulus, ...seed, offset: reader.takeWord("offset") ? reader.number() : 0 };
	},
	keys: ["jhash", "symhash"],
	fromJson: (key, value, reader) => {
		const hash = objectOf(value, key);
		const seed = optionalNumber(hash, "seed");
		return {
			kind: "hash",
			...(key === "jhash" && isObject(hash.expr) ? { key: reader.expression(hash.expr) } : {}),
			modulus: numberAt(hash, "mod"),
			...(seed === undefined ? {} : { seed }),
			offset: optionalNumber(hash, "offset") ?? 0,
		};
	},
	print: ({ key, modulus, seed, offset }, printer) => {
		const head = key === undefined ? "symhash" : `jhash ${printer.expression(key)}`;
		const seeded = seed === undefined ? "" : ` seed 0x${seed.toString(16)}`;
		return `${head} mod ${modulus}${seeded}${offset === 0 ? "" : ` offset ${offset}`}`;
	},
	toJson: ({ key, modulus, seed, offset }, printer) => {
		const of = {
			mod: modulus,
			...present("seed", seed),
			...(offset === 0 ? {} : { offset }),
			...(key === undefined ? {} : { expr: printer.toJson(key) }),
		};
		return key === undefined ? { symhash: of } : { jhash: of };
	},
	types: () => ["integer"],
	evaluate: (hash, { at }) => chosen(hash, hash.key === undefined ? "symhash" : "jhash", at),
};
