/** Compares two lists of entries by what each is about. */
import type { Origin } from "../../origin/origin.ts";
import type { Namespace, StatePart } from "../../state/namespace.ts";
import type { Place } from "../../state/place.ts";
import type { FindingCode } from "../codes.ts";
import { byCommand, type Difference, type EntryText, namespaceRepair, type Repair } from "../difference.ts";

/** How entries of one part are told apart, compared, shown and put back. */
export interface EntryKind<Entry extends { readonly origin: Origin }> {
	readonly part: StatePart;
	readonly codes: { readonly missing: FindingCode; readonly wrong: FindingCode; readonly extra: FindingCode };
	/** What the entry is about: two entries with one key cannot both hold. */
	keyOf(entry: Entry): string;
	/** What it says; equal texts mean the same. */
	bodyOf(entry: Entry): string;
	/** As its tool prints it. */
	textOf(entry: Entry): string;
	deviceOf(entry: Entry): string | null;
	/** The command that makes `expected` of `actual`, null where either is not there; null or empty: no command does. */
	fixOf(expected: Entry | null, actual: Entry | null): string | null;
	/** The namespace with its list changed. */
	with(namespace: Namespace, change: (list: readonly Entry[]) => readonly Entry[]): Namespace;
}

/** The differences between what should be and what is there. Entries of one key are taken together. */
export function compareKeyed<Entry extends { readonly origin: Origin }>(
	place: Place,
	kind: EntryKind<Entry>,
	expected: readonly Entry[],
	actual: readonly Entry[],
): readonly Difference[] {
	const wanted = Map.groupBy(expected, (entry) => kind.keyOf(entry));
	const there = Map.groupBy(actual, (entry) => kind.keyOf(entry));
	const differences: Difference[] = [];
	for (const key of new Set([...wanted.keys(), ...there.keys()])) {
		differences.push(...compareAlike(place, kind, wanted.get(key) ?? [], there.get(key) ?? []));
	}
	return differences;
}

function compareAlike<Entry extends { readonly origin: Origin }>(
	place: Place,
	kind: EntryKind<Entry>,
	expected: readonly Entry[],
	actual: readonly Entry[],
): readonly Difference[] {
	const known = new Set(actual.map((entry) => kind.bodyOf(entry)));
	const asked = new Set(expected.map((entry) => kind.bodyOf(entry)));
	const missing = expected.filter((entry) => !known.has(kind.bodyOf(entry)));
	const extra = actual.filter((entry) => !asked.has(kind.bodyOf(entry)));
	const pairs = Math.max(missing.length, extra.length);
	return Array.from({ length: pairs }, (_, i) => keyedDifference(place, kind, missing[i] ?? null, extra[i] ?? null));
}

function keyedDifference<Entry extends { readonly origin: Origin }>(
	place: Place,
	kind: EntryKind<Entry>,
	expected: Entry | null,
	actual: Entry | null,
): Difference {
	const change = expected === null ? "extra" : actual === null ? "missing" : "wrong";
	const subject = (expected ?? actual) as Entry;
	return {
		code: kind.codes[change],
		place,
		part: kind.part,
		change,
		device: kind.deviceOf(subject),
		subject: kind.keyOf(subject),
		expected: shown(kind, expected),
		actual: shown(kind, actual),
		repairs: [exchange(place, kind, expected, actual)],
		fix: byCommand(kind.fixOf(expected, actual)),
		consequences: [],
	};
}

function shown<Entry extends { readonly origin: Origin }>(
	kind: EntryKind<Entry>,
	entry: Entry | null,
): EntryText | null {
	return entry === null ? null : { text: kind.textOf(entry), origin: entry.origin };
}

function exchange<Entry extends { readonly origin: Origin }>(
	place: Place,
	kind: EntryKind<Entry>,
	expected: Entry | null,
	actual: Entry | null,
): Repair {
	return namespaceRepair(place, (namespace) =>
		kind.with(namespace, (list) => {
			const rest = actual === null ? list : list.filter((entry) => entry !== actual);
			return expected === null ? rest : [...rest, expected];
		}),
	);
}
