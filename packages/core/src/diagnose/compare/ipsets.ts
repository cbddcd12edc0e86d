/** IP sets and their members. */
import { joinWords } from "../../emit/batch.ts";
import type { Ipset, IpsetEntry } from "../../netfilter/ipset.ts";
import type { Namespace } from "../../state/namespace.ts";
import type { Difference } from "../difference.ts";
import { compareKeyed, type EntryKind } from "./keyed.ts";

export function compareIpsets(expected: Namespace, actual: Namespace): readonly Difference[] {
	if (actual.missing.has("ipset-save")) return [];
	const { place } = actual;
	const sets = compareKeyed(place, SETS, [...expected.ipsets.values()], [...actual.ipsets.values()]);
	const members = [...actual.ipsets.values()].flatMap((set): readonly Difference[] => {
		const wanted = expected.ipsets.get(set.name);
		return wanted === undefined || wanted === set
			? []
			: compareKeyed(place, membersOf(set.name), wanted.entries, set.entries);
	});
	return [...sets, ...members];
}

const SETS: EntryKind<Ipset> = {
	part: "ipset-save",
	codes: { missing: "ipset-missing", wrong: "ipset-wrong", extra: "ipset-unexpected" },
	keyOf: ({ name }) => name,
	bodyOf: ({ type, options }) => `${type} ${/family inet6/.test(options) ? "inet6" : ""}`,
	textOf: ({ name, type, options }) => joinWords(["create", name, type, options]),
	deviceOf: () => null,
	fixOf: (expected, actual) => {
		if (expected === null) return `ipset destroy ${actual?.name}`;
		const adds = expected.entries.slice(0, 3).map((entry) => `ipset add ${expected.name} ${memberText(entry)}`);
		const create = `ipset create -exist ${joinWords([expected.name, expected.type, expected.options])}`;
		return [create, ...adds, ...(expected.entries.length > 3 ? ["…"] : [])].join(" && ");
	},
	with: (namespace, change) => ({
		...namespace,
		ipsets: new Map(change([...namespace.ipsets.values()]).map((set) => [set.name, set])),
	}),
};

/** As ipset prints a member: hosts without the length of their address. */
function memberText({ text, nomatch }: IpsetEntry): string {
	return joinWords([
		text.replace(text.includes(":") && !text.includes(",") ? /\/128$/ : /\/32\b/g, ""),
		nomatch ? "nomatch" : undefined,
	]);
}

function membersOf(set: string): EntryKind<IpsetEntry> {
	return {
		part: "ipset-save",
		codes: { missing: "ipset-member-missing", wrong: "ipset-member-missing", extra: "ipset-member-unexpected" },
		keyOf: (entry) => `${set} ${memberText(entry).toLowerCase()}`,
		bodyOf: () => "",
		textOf: (entry) => `add ${set} ${memberText(entry)}`,
		deviceOf: () => null,
		fixOf: (expected, actual) =>
			expected === null ? `ipset del ${set} ${actual?.text}` : `ipset add ${set} ${memberText(expected)}`,
		with: (namespace, change) => {
			const before = namespace.ipsets.get(set);
			if (before === undefined) return namespace;
			const ipsets = new Map(namespace.ipsets);
			ipsets.set(set, { ...before, entries: change(before.entries) });
			return { ...namespace, ipsets };
		},
	};
}
