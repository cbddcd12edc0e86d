/** Queueing disciplines and filters as `tc` prints them. */
import type { Prefix } from "../address/prefix.ts";
import { wordMask } from "../address/prefix.ts";
import type { TcAction, TcFilter, TcQdisc } from "../state/tc.ts";
import { asLines, joinWords, option } from "./batch.ts";

/** As `tc qdisc` prints them: the parser reads them back. */
export function printTcQdisc(qdiscs: readonly TcQdisc[]): string {
	return asLines(
		qdiscs.map(({ kind, handle, device, parent }) =>
			joinWords(["qdisc", kind, handle ?? "0:", "dev", device, parent === undefined ? "root" : `parent ${parent}`]),
		),
	);
}

/**
 * As `tc filter show dev DEVICE ingress|egress` prints them, each section after the command: the parser reads them back.
 * What was not understood cannot be printed as what it was; it stands there as a filter of a kind that is not evaluated.
 */
export function printTcFilter(filters: readonly TcFilter[]): string {
	const lines: string[] = [];
	let section = "";
	for (const [i, filter] of filters.entries()) {
		const header = `# tc filter show dev ${filter.device} ${filter.direction}`;
		if (header !== section) lines.push(header);
		section = header;
		lines.push(...filterLines(filter, i + 1));
	}
	return asLines(lines);
}

function filterLines(filter: TcFilter, handle: number): string[] {
	const { protocol, priority, notUnderstood } = filter;
	const head = `filter protocol ${protocol} pref ${priority}`;
	const actions = actionLines(filter.actions);
	const hex = handle.toString(16);
	if (notUnderstood !== undefined)
		return [`${head} ${notUnderstood.split(" ")[0]} chain 0 handle 0x${hex}`, ...actions];
	if (filter.vlan === undefined && filter.source === undefined && filter.destination === undefined) {
		return [`${head} matchall chain 0 handle 0x${hex}`, ...actions];
	}
	if (filter.vlan === undefined && (protocol === "ip" || protocol === "ipv6")) {
		return [
			`${head} u32 chain 0 fh 800::${hex} order ${handle} key ht 800 bkt 0 terminal flowid not_in_hw`,
			...u32Lines(filter.source, protocol === "ip" ? 12 : 8),
			...u32Lines(filter.destination, protocol === "ip" ? 16 : 24),
			...actions,
		];
	}
	const keys = [
		option("vlan_id", filter.vlan),
		option("src_ip", filter.source?.text),
		option("dst_ip", filter.destination?.text),
	];
	const printed = keys.filter((key) => key !== undefined).map((key) => `  ${key}`);
	return [`${head} flower chain 0 handle 0x${hex}`, ...printed, ...actions];
}

/** One line for each word of which some bits count; a prefix of length 0 matches with the mask 0. */
function u32Lines(prefix: Prefix | undefined, offset: number): string[] {
	if (prefix === undefined) return [];
	return prefix.address.words.flatMap((word, i) => {
		const mask = wordMask(prefix.length, i) >>> 0;
		return mask === 0 ? [] : [`  match ${hex8(word)}/${hex8(mask)} at ${offset + 4 * i}`];
	});
}

function hex8(word: number): string {
	return word.toString(16).padStart(8, "0");
}

function actionLines(actions: readonly TcAction[]): string[] {
	return actions.map((action, i) => `\taction order ${i + 1}: ${actionText(action)}`);
}

function actionText(action: TcAction): string {
	switch (action.kind) {
		case "vlan-push":
			return `vlan  push id ${action.id} protocol 802.1Q priority 0 pipe`;
		case "vlan-pop":
			return "vlan  pop pipe";
		case "redirect":
			return `mirred (${action.direction === "egress" ? "Egress" : "Ingress"} Redirect to device ${action.device}) stolen`;
		case "skbedit":
			return `skbedit  ptype ${action.packetType} pipe`;
		case "program":
			return `bpf ${action.name}`;
		case "pass":
		case "drop":
			return `gact action ${action.kind}`;
		case "other":
			return action.text;
	}
}
