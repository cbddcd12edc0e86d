/**
 * With kube-proxy in IPVS mode what goes to Services passes INPUT and OUTPUT instead of FORWARD. Felix notes in INPUT by which
 * endpoint it came, as a number in the mark, and asks that endpoint's chain in OUTPUT (felix/rules/static.go, dispatch.go,
 * endpoint_mark_mapper.go).
 */
import type { Family } from "../../address/address.ts";
import {
	accept,
	chain,
	comment,
	conntrackState,
	destinationPort,
	drop,
	goTo,
	inInterface,
	jump,
	mark,
	matchSet,
	outInterface,
	protocol,
	returnTarget,
	rule,
	setXmark,
} from "../../netfilter/xtables/rules.ts";
import type { XtChain, XtRule } from "../../netfilter/xtables/table.ts";
import { TO_WORKLOAD, tree } from "./dispatch.ts";
import { accepted } from "./endpoint-chains.ts";
import { MARK_ENDPOINT, MARK_NON_CALI_ENDPOINT } from "./marks.ts";
import { FELIX } from "./origin.ts";
import { setName } from "./sets.ts";

const SET_MARK = "cali-set-endpoint-mark";
const FROM_MARK = "cali-from-endpoint-mark";
const FORWARD_MARK = "cali-forward-endpoint-mark";
/** Kubernetes' own range, which Felix takes unless told another. */
const NODE_PORTS = { from: 30000, to: 32767 };

const marked = mark(0, MARK_ENDPOINT, true);

/** Of cali-INPUT. */
export const forwardCheckRules: readonly XtRule[] = [
	rule(FELIX, [], setXmark(0, MARK_ENDPOINT)),
	rule(FELIX, [], jump("cali-forward-check")),
	rule(FELIX, [marked], returnTarget),
];

/** Of cali-OUTPUT, and of mangle's cali-POSTROUTING. */
export const forwardedByIpvsRules: { readonly lead: XtRule; readonly leaveAlone: XtRule } = {
	lead: rule(FELIX, [marked], goTo(FORWARD_MARK)),
	leaveAlone: rule(FELIX, [marked], returnTarget),
};

/** All chains of the filter table that only this mode has. */
export function ipvsChains(family: Family, devices: readonly string[]): readonly XtChain[] {
	const marks = endpointMarks(devices);
	const own = [...marks].map(([device, value]) =>
		chain(`cali-sm-${device}`, [rule(FELIX, [], setXmark(value, MARK_ENDPOINT))]),
	);
	return [forwardCheck(family), forwardEndpointMark(), ...setMarkChains(devices), fromMarkChain(marks), ...own];
}

function forwardCheck(family: Family): XtChain {
	const toHost = matchSet(setName(family, "this-host"), ["dst"]);
	const nodePort = comment("To kubernetes NodePort service");
	return chain("cali-forward-check", [
		rule(FELIX, [conntrackState(["RELATED", "ESTABLISHED"])], returnTarget),
		...(["tcp", "udp"] as const).map((each) =>
			rule(FELIX, [nodePort, protocol(each), destinationPort(each, NODE_PORTS), toHost], goTo(SET_MARK)),
		),
		rule(
			FELIX,
			[comment("To kubernetes service"), matchSet(setName(family, "this-host"), ["dst"], true)],
			jump(SET_MARK),
		),
	]);
}

function forwardEndpointMark(): XtChain {
	return chain(FORWARD_MARK, [
		rule(FELIX, [mark(MARK_NON_CALI_ENDPOINT, MARK_ENDPOINT, true)], jump(FROM_MARK)),
		rule(FELIX, [outInterface("cali+")], jump(TO_WORKLOAD)),
		rule(FELIX, [], jump("cali-to-hep-forward")),
		rule(FELIX, [], setXmark(0, MARK_ENDPOINT)),
		rule(FELIX, [comment("Policy explicitly accepted packet."), accepted], accept),
	]);
}

/** The dispatch of other chains, with what comes by no endpoint at its end. */
function setMarkChains(devices: readonly string[]): readonly XtChain[] {
	const chains =
		devices.length === 0
			? [chain(SET_MARK, [])]
			: tree(SET_MARK, devices, inInterface, (device) => `cali-sm-${device}`, []);
	const end = [
		rule(FELIX, [comment("Unknown endpoint"), inInterface("cali+")], drop),
		rule(FELIX, [comment("Non-Cali endpoint mark")], setXmark(MARK_NON_CALI_ENDPOINT, MARK_ENDPOINT)),
	];
	return chains.map((each) => (each.name === SET_MARK ? { ...each, rules: [...each.rules, ...end] } : each));
}

function fromMarkChain(marks: ReadonlyMap<string, number>): XtChain {
	const lead = [...marks].map(([device, value]) =>
		rule(FELIX, [mark(value, MARK_ENDPOINT)], goTo(`cali-fw-${device}`)),
	);
	return chain(FROM_MARK, [...lead, rule(FELIX, [comment("Unknown interface")], drop)]);
}

/** A number for each endpoint, by its name's hash or the next that is free; 1 is for what comes by none. */
export function endpointMarks(devices: readonly string[]): ReadonlyMap<string, number> {
	const lowest = MARK_NON_CALI_ENDPOINT;
	const positions = MARK_ENDPOINT / lowest + 1;
	const taken = new Set([1]);
	const marks = new Map<string, number>();
	for (const device of [...devices].sort()) {
		let position = fnv32(device) % positions;
		for (let tries = 0; tries < positions && (position === 0 || taken.has(position)); tries++) {
			position = (position + 1) % positions;
		}
		taken.add(position);
		marks.set(device, (position * lowest) >>> 0);
	}
	return marks;
}

/** FNV-1 of 32 bits, as Go's hash/fnv New32. */
function fnv32(text: string): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 0x0100_0193) ^ text.charCodeAt(i)) >>> 0;
	return hash;
}
