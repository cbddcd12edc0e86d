/** What the input does not say, or nobody understood, and what was taken for it: told with the answers that it concerns. */
import { formatPosition } from "../diagnostic/diagnostic.ts";
import type { View } from "../kernel/view.ts";
import type { Assumption } from "../state/assumption.ts";
import type { StatePart } from "../state/namespace.ts";
import { type Phrase, phrase, type Said, worded } from "../wording/phrase.ts";
import type { Found } from "./found.ts";
import { inPlace } from "./shown-at.ts";
import type { Subject } from "./subject.ts";
import type { Way } from "./ways.ts";

/** What was taken for granted on the way, and in the input before it. */
export function takenForGranted(
	subject: Subject,
	ways: readonly Way[],
): { readonly gaps: readonly Found[]; readonly assumptions: readonly Found[] } {
	const stacks = stacksOf(ways);
	return {
		gaps: [...remarks(ways), ...missingState(stacks), ...notUnderstood(stacks)],
		assumptions: assumptions(subject, ways, stacks),
	};
}

/** What is taken for a part of a node's state that the input does not hold. */
const TAKEN_FOR_MISSING: Partial<Readonly<Record<StatePart, Phrase>>> = {
	"ip-rule": phrase("taken-own-rules"),
	sysctl: phrase("taken-forwarding"),
	"iptables-save": phrase("taken-no-rules"),
	"ip6tables-save": phrase("taken-no-rules"),
	"nft-ruleset": phrase("taken-no-nft-rules"),
	"ipvsadm-save": phrase("taken-no-servers"),
};

/** Parts of the state that the answer would have needed and had not. */
function missingState(stacks: readonly View[]): readonly Found[] {
	return stacks.flatMap(({ place, state }): readonly Found[] => {
		const { missing, whyMissing } = state;
		if (missing.size === 0) return [];
		const taken = Object.entries(TAKEN_FOR_MISSING).filter(([part]) => missing.has(part as StatePart));
		if (taken.length === 0) return [];
		const why = (part: string): Said => {
			const reason = whyMissing?.get(part as StatePart);
			return reason === undefined ? "" : phrase("missing-part-why", { reason });
		};
		const clauses = taken.map(([part, what]) => phrase("missing-part", { part, why: why(part), what }));
		const message = phrase("missing-state", { place, parts: { clauses } });
		return [
			{
				code: "missing-state",
				severity: "info",
				message,
				fix: phrase("missing-state-fix"),
				object: place,
				shownAt: inPlace(place),
			},
		];
	});
}

/** Lines of dumps that nobody understood, of the stacks that the packet met. */
function notUnderstood(stacks: readonly View[]): readonly Found[] {
	return stacks.flatMap(({ place, state }): readonly Found[] => {
		const lines = state.notUnderstood;
		const first = lines[0];
		if (first === undefined) return [];
		const { text, why } = first;
		const more = lines.length === 1 ? "" : phrase("more-lines", { n: lines.length - 1, place });
		const message = phrase("line-not-understood", { where: formatPosition(first.source), text, why, more });
		const shownAt = inPlace(place);
		return [{ code: "line-not-understood", severity: "warning", message, object: place, shownAt }];
	});
}

/** The stacks that the packets met. */
function stacksOf(ways: readonly Way[]): readonly View[] {
	const stacks = new Set<View>();
	for (const { forward, reply } of ways) {
		for (const stack of forward.stacks) stacks.add(stack);
		for (const stack of reply?.stacks ?? []) stacks.add(stack);
	}
	return [...stacks];
}

/** What was taken for granted although the rest of the input would have let one expect it to be said. */
const GAPS: ReadonlySet<string> = new Set(["security-group-unknown"]);

/** What the walks took for granted, once each. */
function remarks(ways: readonly Way[]): readonly Found[] {
	const all = new Map<string, Found>();
	for (const way of ways) {
		for (const [key, { message, at: object }] of way.remarks) {
			const code = key.slice(0, key.indexOf(" "));
			const severity = GAPS.has(code) ? "warning" : "info";
			all.set(`${key} ${worded(message)}`, { code, severity, message, object, shownAt: inPlace(object) });
		}
	}
	return [...all.values()];
}

/** What concerns the answer of what was taken for granted when the network, and the stacks that the packet met, were made. */
function assumptions({ network }: Subject, ways: readonly Way[], stacks: readonly View[]): readonly Found[] {
	const own = stacks.flatMap(({ state }) => state.assumptions ?? []);
	return [...concerning(ways, network.assumptions), ...own].map(({ code, message, severity, place }) => ({
		code,
		severity: severity ?? ("info" as const),
		message,
		...(place === undefined ? {} : { object: place, shownAt: inPlace(place) }),
	}));
}

function concerning(ways: readonly Way[], all: readonly Assumption[]): readonly Assumption[] {
	if (all.length === 0) return [];
	const met = new Set(ways.flatMap(({ forward }) => forward.crossings.map(({ at }) => at)));
	return all.filter(({ place }) => place === undefined || met.has(place));
}
