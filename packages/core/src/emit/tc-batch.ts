/** Queueing disciplines and filters as `tc -batch` takes them. */

import type { Prefix } from "../address/prefix.ts";
import type { TcAction, TcFilter, TcQdisc } from "../state/tc.ts";
import { phrase } from "../wording/phrase.ts";
import { type Batch, BatchLines, joinWords, option } from "./batch.ts";

/** `qdisc add` for what filters hang on (clsact, ingress), then `filter add`. Others only shape: they lead no packet elsewhere. */
export function tcBatch(qdiscs: readonly TcQdisc[], filters: readonly TcFilter[]): Batch {
	const batch = new BatchLines();
	for (const { kind, device } of qdiscs) {
		if (kind === "clsact" || kind === "ingress") batch.add("qdisc add dev", device, kind);
	}
	for (const filter of filters) addFilter(filter, qdiscs, batch);
	return batch.finish();
}

function addFilter(filter: TcFilter, qdiscs: readonly TcQdisc[], batch: BatchLines): void {
	const { device, direction, priority, protocol, notUnderstood } = filter;
	const what = `tc filter ${priority} on ${device} ${direction}`;
	const qdisc = qdiscs.find((each) => each.device === device && /^(clsact|ingress)$/.test(each.kind));
	const other = filter.actions.find((action) => action.kind === "other");
	const program = filter.actions.find((action) => action.kind === "program");
	if (notUnderstood !== undefined) batch.omit(what, phrase("is-not-understood", { text: notUnderstood }));
	else if (other?.kind === "other") batch.omit(what, phrase("action-not-understood", { text: other.text }));
	else if (program?.kind === "program") batch.omit(what, phrase("program-not-at-hand", { name: program.name }));
	else if (qdisc === undefined) batch.omit(what, phrase("without-clsact", { device }));
	else {
		const where = qdisc.kind === "ingress" ? "parent ffff:" : direction;
		const actions = filter.actions.map(actionWords);
		batch.add("filter add dev", device, where, "protocol", protocol, "prio", priority, classifier(filter), ...actions);
	}
}

/** u32 where it can say it, as kernels have it more often than flower. */
function classifier({ protocol, vlan, source, destination }: TcFilter): string {
	if (vlan !== undefined || protocol.toLowerCase() === "802.1q") {
		return joinWords([
			"flower",
			option("vlan_id", vlan),
			option("vlan_ethtype", ethertype(source ?? destination)),
			option("src_ip", source?.text),
			option("dst_ip", destination?.text),
		]);
	}
	if (source === undefined && destination === undefined) return "u32 match u32 0 0";
	const family = protocol === "ipv6" ? "ip6" : "ip";
	const matches = [option("src", source?.text), option("dst", destination?.text)].filter((each) => each !== undefined);
	return `u32 ${matches.map((each) => `match ${family} ${each}`).join(" ")}`;
}

function ethertype(prefix: Prefix | undefined): string | undefined {
	return prefix && (prefix.family === 4 ? "ip" : "ipv6");
}

function actionWords(action: TcAction): string {
	switch (action.kind) {
		case "vlan-push":
			return `action vlan push id ${action.id} pipe`;
		case "vlan-pop":
			return "action vlan pop pipe";
		case "redirect":
			return `action mirred ${action.direction} redirect dev ${action.device}`;
		case "skbedit":
			return `action skbedit ptype ${action.packetType}`;
		case "program":
			return `action bpf ${action.name}`;
		case "pass":
		case "drop":
			return `action ${action.kind}`;
		case "other":
			return action.text;
	}
}
