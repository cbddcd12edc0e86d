/** The targets that change nothing that decides a packet's way: they log, trace, clamp, classify, copy. */
import { CONTINUE } from "../../context.ts";
import type { TargetExtension } from "../extension.ts";

/** `options` are as written. */
export interface BystanderTarget<Kind extends BystanderKind> {
	readonly kind: Kind;
	readonly options: string;
}

export type BystanderKind =
	| "log"
	| "nflog"
	| "trace"
	| "tcpmss"
	| "checksum"
	| "classify"
	| "audit"
	| "connsecmark"
	| "secmark"
	| "ulog"
	| "tee"
	| "idletimer"
	| "led"
	| "rateest"
	| "tcpoptstrip"
	| "ecn";

/** Names after `-j`, and options (iptables-extensions(8)). */
const BYSTANDERS: Readonly<Record<BystanderKind, readonly [module: string, options: readonly string[]]>> = {
	log: [
		"LOG",
		[
			"--log-level",
			"--log-prefix",
			"--log-tcp-sequence",
			"--log-tcp-options",
			"--log-ip-options",
			"--log-uid",
			"--log-macdecode",
		],
	],
	nflog: ["NFLOG", ["--nflog-group", "--nflog-prefix", "--nflog-range", "--nflog-size", "--nflog-threshold"]],
	trace: ["TRACE", []],
	tcpmss: ["TCPMSS", ["--set-mss", "--clamp-mss-to-pmtu"]],
	checksum: ["CHECKSUM", ["--checksum-fill"]],
	classify: ["CLASSIFY", ["--set-class"]],
	audit: ["AUDIT", ["--type"]],
	connsecmark: ["CONNSECMARK", ["--save", "--restore"]],
	secmark: ["SECMARK", ["--selctx"]],
	ulog: ["ULOG", ["--ulog-nlgroup", "--ulog-prefix", "--ulog-cprange", "--ulog-qthreshold"]],
	// The packet itself goes on; a copy goes to the gateway (xt_TEE.c).
	tee: ["TEE", ["--gateway", "--oif"]],
	idletimer: ["IDLETIMER", ["--timeout", "--label", "--alarm"]],
	led: ["LED", ["--led-trigger-id", "--led-delay", "--led-always-blink"]],
	rateest: ["RATEEST", ["--rateest-name", "--rateest-interval", "--rateest-ewmalog"]],
	tcpoptstrip: ["TCPOPTSTRIP", ["--strip-options"]],
	ecn: ["ECN", ["--ecn-tcp-remove", "--ecn-tcp-cwr", "--ecn-tcp-ece", "--ecn-ip-ect"]],
};

/** Whether a rule with such a target does nothing to the way, whether it matches or not. */
export function isBystander(kind: string): boolean {
	return kind in BYSTANDERS;
}

export function bystanderExtension<Kind extends BystanderKind>(kind: Kind): TargetExtension<BystanderTarget<Kind>> {
	const [module, options] = BYSTANDERS[kind];
	const owned: ReadonlySet<string> = new Set(options);
	return {
		kind,
		module,
		options,
		parse: (words) => {
			const texts: string[] = [];
			for (let text = words.optionText(owned); text !== null; text = words.optionText(owned)) texts.push(text);
			return { kind, options: texts.join(" ") };
		},
		print: (target) => `-j ${module}${target.options === "" ? "" : ` ${target.options}`}`,
		apply: () => CONTINUE,
	};
}
