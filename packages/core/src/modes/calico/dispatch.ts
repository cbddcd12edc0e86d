/** Felix's chains that lead a packet to its endpoint's own chain by the device's name (felix/rules/dispatch.go). */
import type { Match } from "../../netfilter/xtables/matches/index.ts";
import { chain, comment, drop, goTo, inInterface, outInterface, rule } from "../../netfilter/xtables/rules.ts";
import type { XtChain, XtRule } from "../../netfilter/xtables/table.ts";
import { FELIX } from "./origin.ts";

export const FROM_WORKLOAD = "cali-from-wl-dispatch";
export const TO_WORKLOAD = "cali-to-wl-dispatch";

/** Both chains, with a chain for each letter that several names have next. */
export function dispatchChains(devices: readonly string[]): readonly XtChain[] {
	const end = [rule(FELIX, [comment("Unknown interface")], drop)];
	return [
		...tree(FROM_WORKLOAD, devices, inInterface, (device) => `cali-fw-${device}`, end),
		...tree(TO_WORKLOAD, devices, outInterface, (device) => `cali-tw-${device}`, end),
	];
}

/** A shallow tree, so that an endpoint is found without asking for each. */
export function tree(
	name: string,
	devices: readonly string[],
	match: (device: string) => Match,
	chainOf: (device: string) => string,
	end: readonly XtRule[],
): readonly XtChain[] {
	const sorted = [...devices].sort();
	const common = commonPrefix(sorted);
	const groups = Map.groupBy(sorted, (device) => device.slice(0, common.length + 1));
	const lead = (device: string): XtRule => rule(FELIX, [match(device)], goTo(chainOf(device)));
	const root: XtRule[] = [];
	const children: XtChain[] = [];
	for (const [prefix, members] of groups) {
		const [only] = members;
		if (members.length === 1 && only !== undefined) {
			root.push(lead(only));
			continue;
		}
		const child = `${name}-${prefix.slice(common.length)}`;
		root.push(rule(FELIX, [match(`${prefix}+`)], goTo(child)));
		children.push(chain(child, [...members.map(lead), ...end]));
	}
	return [...children, chain(name, [...root, ...end])];
}

function commonPrefix(sorted: readonly string[]): string {
	const first = sorted[0] ?? "";
	const last = sorted.at(-1) ?? "";
	let length = 0;
	while (length < first.length && first[length] === last[length]) length += 1;
	return first.slice(0, length);
}
