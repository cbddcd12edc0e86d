/** Flags that several commands have. */
import { COLOR_CHOICES } from "./terminal.ts";

// As in core's trace/question.ts, which is not loaded for help; a test compares the two.
export const PROTOCOL_WORDS = ["tcp", "udp", "sctp", "icmp"] as const;
export type ProtocolWord = (typeof PROTOCOL_WORDS)[number];
export const VIA_WORDS = ["cluster-ip", "external-ip", "load-balancer", "node-port"] as const;
export type ViaWord = (typeof VIA_WORDS)[number];

export const text = (input: string): string => input;

export function portNumber(input: string): number {
	const port = /^\d{1,5}$/.test(input) ? Number(input) : 0;
	if (port < 1 || port > 65535) throw new Error("a port is a number from 1 to 65535");
	return port;
}

interface TextFlag {
	readonly kind: "parsed";
	readonly parse: (input: string) => string;
	readonly optional: true;
	readonly brief: string;
	readonly placeholder: string;
}

export const fileFlag: TextFlag & { readonly variadic: true } = {
	kind: "parsed",
	parse: text,
	variadic: true,
	optional: true,
	brief: "Manifests: a file, a folder, or - for standard input; repeatable",
	placeholder: "FILE|DIR",
};

interface PlaceArgument {
	readonly brief: string;
	readonly placeholder: string;
	readonly parse: (input: string) => string;
	readonly optional: true;
}

/** FROM and TO, which a scenario or a batch may say instead. */
export const fromAndTo: {
	readonly kind: "tuple";
	readonly parameters: readonly [from: PlaceArgument, to: PlaceArgument];
} = {
	kind: "tuple",
	parameters: [
		{ brief: "Where the packet comes from", placeholder: "FROM", parse: text, optional: true },
		{ brief: "Where it is sent", placeholder: "TO", parse: text, optional: true },
	],
};

export const snapshotFlag: TextFlag = {
	kind: "parsed",
	parse: text,
	optional: true,
	brief: "A snapshot of real nodes; -f then adds objects to it",
	placeholder: "DIR|FILE.tar.gz",
};

export const scenarioFlag: TextFlag = {
	kind: "parsed",
	parse: text,
	optional: true,
	brief: "A scenario of the atlas; its question unless FROM and TO are given",
	placeholder: "MODE/ID",
};

export const atFlag: TextFlag = {
	kind: "parsed",
	parse: text,
	optional: true,
	brief: "Where a packet from an address of no known place comes in",
	placeholder: "node/NAME[:DEVICE]",
};

/** What the flags below say of a question, besides FROM and TO. */
export interface QuestionFlags {
	readonly protocol?: ProtocolWord;
	readonly sourcePort?: number;
	readonly via?: ViaWord;
	readonly node?: string;
}

/** What is asked about. */
export interface SubjectFlags {
	readonly file?: readonly string[];
	readonly snapshot?: string;
	readonly scenario?: string;
}

export const questionFlags: {
	readonly protocol: EnumFlag<ProtocolWord>;
	readonly sourcePort: Omit<TextFlag, "parse"> & { readonly parse: (input: string) => number };
	readonly via: EnumFlag<ViaWord>;
	readonly node: TextFlag;
} = {
	protocol: { kind: "enum", values: PROTOCOL_WORDS, optional: true, brief: "tcp unless said otherwise" },
	sourcePort: { kind: "parsed", parse: portNumber, optional: true, brief: "The client's port", placeholder: "N" },
	via: { kind: "enum", values: VIA_WORDS, optional: true, brief: "How a Service is addressed" },
	node: {
		kind: "parsed",
		parse: text,
		optional: true,
		brief: "With --via node-port: the node whose address is used",
		placeholder: "NAME",
	},
};

interface EnumFlag<Word extends string> {
	readonly kind: "enum";
	readonly values: readonly Word[];
	readonly optional: true;
	readonly brief: string;
}

export const colorFlag: {
	readonly kind: "enum";
	readonly values: typeof COLOR_CHOICES;
	readonly default: "auto";
	readonly brief: string;
} = { kind: "enum", values: COLOR_CHOICES, default: "auto", brief: "Colours on a terminal" };
