/** The packet's connection (net/netfilter/nft_ct.c). */
import { phrase } from "../../../wording/phrase.ts";
import type { PacketConnection, RuleContext } from "../../context.ts";
import type { TypeName } from "../datatype.ts";
import { addressValue, numberValue, wordValue } from "../element.ts";
import { ABSENT, type Worth, worth } from "../evaluation.ts";
import { objectOf, optionalString, present, stringAt } from "../json/json.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { ExpressionExtension } from "./extension.ts";

type Direction = "original" | "reply";

export interface CtExpression {
	readonly kind: "ct";
	/** `state`, `mark`, `ip saddr`, `proto-dst` … */
	readonly key: string;
	readonly direction?: Direction;
}

const KEYS: Readonly<Record<string, TypeName>> = {
	state: "ct_state",
	direction: "ct_dir",
	status: "ct_status",
	mark: "mark",
	expiration: undefined,
	helper: "ifname",
	l3proto: "nf_proto",
	saddr: undefined,
	daddr: undefined,
	"ip saddr": "ipv4_addr",
	"ip daddr": "ipv4_addr",
	"ip6 saddr": "ipv6_addr",
	"ip6 daddr": "ipv6_addr",
	protocol: "inet_proto",
	"proto-src": "inet_service",
	"proto-dst": "inet_service",
	label: "ifname",
	bytes: undefined,
	packets: undefined,
	avgpkt: undefined,
	zone: "integer",
	id: "integer",
	event: undefined,
};

const ADDRESSES: ReadonlySet<string> = new Set(["saddr", "daddr"]);

/** Bits of the status that podpath does not follow: EXPECTED, ASSURED, DYING and others (enum ip_conntrack_status). */
const UNKNOWN_STATUS = 0xffffffff & ~(2 | 8 | 16 | 32);

export const ctExtension: ExpressionExtension<CtExpression> = {
	words: ["ct"],
	parse: (_, reader) => {
		const first = reader.word();
		if (first !== "original" && first !== "reply") return ctOf(first, undefined);
		const key = reader.word();
		return ctOf(key === "ip" || key === "ip6" ? `${key} ${reader.word()}` : key, first);
	},
	keys: ["ct"],
	fromJson: (_, value, reader) => {
		const ct = objectOf(value, "ct");
		// nft leaves the family out of its JSON where the table has only one.
		const own = reader.family === "ip" || reader.family === "ip6" ? reader.family : undefined;
		const family = optionalString(ct, "family") ?? (ADDRESSES.has(stringAt(ct, "key")) ? own : undefined);
		const direction = optionalString(ct, "dir");
		const key = stringAt(ct, "key");
		return ctOf(family === undefined || key.includes(" ") ? key : `${family} ${key}`, direction);
	},
	print: ({ key, direction }) => `ct ${direction === undefined ? "" : `${direction} `}${key}`,
	toJson: ({ key, direction }) => ({ ct: { key, ...present("dir", direction) } }),
	types: ({ key }) => [KEYS[key]],
	evaluate: ({ key, direction }, { at }) => valueFor(key, direction, at),
};

function ctOf(key: string, direction: string | undefined): CtExpression {
	if (!Object.hasOwn(KEYS, key)) throw new ParseFailure(phrase("no-key", { text: `ct ${key}` }));
	if (direction === undefined) return { kind: "ct", key };
	if (direction !== "original" && direction !== "reply")
		throw new ParseFailure(phrase("no-direction", { text: direction }));
	return { kind: "ct", key, direction };
}

function valueFor(key: string, direction: Direction | undefined, at: RuleContext): Worth {
	const { connection } = at;
	if (key === "state") return worth(wordValue(connection?.state ?? "invalid"));
	// Without a connection the expression breaks off and the rule does not match (nft_ct_get_eval).
	if (connection === null || connection.state === "invalid" || connection.state === "untracked") return ABSENT;
	switch (key) {
		case "mark":
			return worth(numberValue(connection.mark >>> 0));
		case "direction":
			return worth(wordValue(connection.direction));
		case "status":
			return { kind: "parts", parts: [numberValue(statusOf(connection))], unknownBits: UNKNOWN_STATUS };
		case "protocol":
			return worth(wordValue(at.packet.protocol));
		case "l3proto":
			return worth(wordValue(at.family === 4 ? "ipv4" : "ipv6"));
		case "zone":
			return worth(numberValue(0));
		default:
			return tupleField(key, direction ?? connection.direction, connection, at);
	}
}

/** The first packet's entry is confirmed when the packet leaves the last hook. */
function statusOf({ state, destinationNat, sourceNat, direction }: PacketConnection): number {
	const confirmed = state === "new" ? 0 : 8;
	const seenReply = state === "established" || direction === "reply" ? 2 : 0;
	return confirmed | seenReply | (sourceNat ? 16 : 0) | (destinationNat ? 32 : 0);
}

function tupleField(key: string, direction: Direction, connection: PacketConnection, at: RuleContext): Worth {
	const [family, field] = key.includes(" ") ? key.split(" ") : [undefined, key];
	if (family !== undefined && (family === "ip") !== (at.family === 4)) return ABSENT;
	const reply = direction === "reply";
	switch (field) {
		case "saddr":
			return worth(addressValue(reply ? connection.replySource : connection.originalSource));
		case "daddr":
			return worth(addressValue(reply ? connection.replyDestination : connection.originalDestination));
		case "proto-src":
			return worth(numberValue(reply ? connection.replySourcePort : connection.originalSourcePort));
		case "proto-dst":
			return worth(numberValue(reply ? connection.replyDestinationPort : connection.originalDestinationPort));
		default:
			return { unknown: phrase("as-written", { text: `ct ${key}` }) };
	}
}
