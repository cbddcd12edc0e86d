/** The namespaces of a snapshot: read, and named by what is said of them or by the addresses that they have. */
import type { Cluster } from "../cluster/cluster.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import { parseNamespace } from "../parse/namespace.ts";
import type { Assumption } from "../state/assumption.ts";
import { type Namespace, type NotUnderstood, STATE_PARTS } from "../state/namespace.ts";
import { type Place, placeKind, podPlace } from "../state/place.ts";
import { phrase, withFacts } from "../wording/phrase.ts";
import type { Snapshot, SnapshotNamespace } from "./files.ts";
import { type NetnsFile, readNetnsFile } from "./netns-file.ts";
import { missingReasons } from "./report.ts";

/** One namespace of one machine. */
export interface Stack {
	/** The folder under `nodes/`. */
	readonly machine: string;
	/** The folder under `netns/`, or `host`: how `nsids` of others call it. */
	readonly id: string;
	readonly namespace: Namespace;
	/** The path of one of its files, for messages. */
	readonly source: string;
	readonly about: NetnsFile;
	/** What its files do not say and it was made with. */
	readonly assumptions: readonly Assumption[];
}

/** All namespaces, each at a place of its own: `node/a`, `pod/default/web`, or `netns/MACHINE/ID` for one that nothing names. */
export function stacksOf(
	snapshot: Snapshot,
	cluster: Cluster,
	assume: (assumption: Assumption) => void,
): readonly Stack[] {
	const reasons = missingReasons(snapshot);
	// Where there is nothing else to tell, an error tells it best.
	const others = snapshot.namespaces.length > 1;
	const read = snapshot.namespaces.map((each) => readStack(each, reasons(each), others));
	const taken = new Map<Place, Stack>();
	const named = new Map<Stack, Place>();
	const give = (stack: Stack, place: Place): void => {
		taken.set(place, stack);
		named.set(stack, place);
	};
	for (const stack of read) {
		const place = saidPlace(stack, cluster);
		if (place === null) continue;
		const other = taken.get(place);
		if (other !== undefined) throw twice(place, stack, other);
		give(stack, place);
	}
	for (const stack of read) {
		if (named.has(stack)) continue;
		const isTaken = (candidate: Place): boolean => taken.has(candidate);
		const found = placeByAddress(stack, cluster, isTaken, assume) ?? placeByUid(stack, cluster, isTaken);
		const place = found ?? stack.namespace.place;
		const other = taken.get(place);
		if (other !== undefined) throw twice(place, stack, other);
		give(stack, place);
	}
	return read.map((stack) => moved(stack, named.get(stack) ?? stack.namespace.place));
}

/** The same stack under another name. */
export function moved(stack: Stack, place: Place): Stack {
	const before = stack.namespace.place;
	if (before === place) return stack;
	const assumptions = stack.assumptions.map((each) => ({
		...each,
		message: withFacts(each.message, (fact) => fact.replaceAll(before, place)),
		...(each.place === before && { place }),
	}));
	return { ...stack, assumptions, namespace: { ...stack.namespace, place } };
}

function readStack(
	{ node, netns, files }: SnapshotNamespace,
	reasons: NonNullable<Namespace["whyMissing"]>,
	keepGaps: boolean,
): Stack {
	const place = netns === null ? `node/${node}` : `netns/${node}/${netns}`;
	const assumptions: Assumption[] = [];
	const { namespace, gaps } = parseWithGaps(place, files, assumptions, keepGaps);
	const whyMissing = new Map([...reasons, ...gaps.map(({ part, why }) => [part, why] as const)]);
	const notUnderstood = [...namespace.notUnderstood, ...gaps];
	return {
		machine: node,
		id: netns ?? "host",
		source: [...files.values()][0]?.name ?? "",
		about: readNetnsFile(files.get("netns.yaml")),
		namespace: { ...namespace, notUnderstood, ...(whyMissing.size > 0 && { whyMissing }) },
		assumptions,
	};
}

/** A file that is refused, as one that is cut off, is left out and named: what it holds may be anything. */
function parseWithGaps(
	place: Place,
	files: SnapshotNamespace["files"],
	assumptions: Assumption[],
	keepGaps: boolean,
): { readonly namespace: Namespace; readonly gaps: readonly NotUnderstood[] } {
	const readable = [...files].filter(([, { unreadable }]) => unreadable === undefined);
	const texts = new Map(readable.map(([name, { text }]) => [name, text]));
	const gaps: NotUnderstood[] = unreadable(files, keepGaps);
	for (;;) {
		const assumed: Assumption[] = [];
		try {
			const namespace = parseNamespace(place, texts, {
				pathOf: (name) => files.get(name)?.name ?? name,
				assume: (assumption) => void assumed.push(assumption),
			});
			assumptions.push(...assumed);
			return { namespace, gaps };
		} catch (error) {
			const gap = keepGaps && error instanceof InputError ? gapOf(error, files) : undefined;
			if (gap === undefined || !texts.has(gap.name)) throw error;
			texts.delete(gap.name);
			gaps.push(gap.line);
		}
	}
}

/** @throws {InputError} Where nothing else is there to tell. */
function unreadable(files: SnapshotNamespace["files"], keepGaps: boolean): NotUnderstood[] {
	return [...files.values()].flatMap((file) => {
		if (file.unreadable === undefined) return [];
		const error = new InputError({
			code: "not-text",
			message: file.unreadable,
			where: { file: file.name, line: 1 },
			hint: phrase("take-again-in-c"),
		});
		const gap = gapOf(error, files);
		if (!keepGaps || gap === undefined) throw error;
		return [gap.line];
	});
}

/** The file that an error is about, as a line of it that may have said anything. */
function gapOf(
	{ diagnostic: { where, message } }: InputError,
	files: SnapshotNamespace["files"],
): { readonly name: string; readonly line: NotUnderstood } | undefined {
	const [name] = [...files].find(([, file]) => file.name === where?.file) ?? [];
	const part = STATE_PARTS.find((each) => name === `${each}.txt` || name === `${each}.json`);
	if (name === undefined || part === undefined || where === undefined) return undefined;
	return { name, line: { part, text: name, why: message, source: where, lost: true } };
}

/** What netns.yaml says, and for a machine's own namespace the machine's name, unless the objects know it under another. */
function saidPlace({ id, machine, about }: Stack, cluster: Cluster): Place | null {
	if (about.place !== null) return about.place;
	const called = about.machine ?? (id === "host" ? machine : null);
	if (called === null) return null;
	return cluster.nodes.length === 0 || cluster.node(called) !== undefined ? `node/${called}` : null;
}

/** Whose address it has: a pod's (of this machine first), a node's or a host's. Dummies do not count: kube-ipvs0 has every Service's. */
function placeByAddress(
	{ namespace, id }: Stack,
	cluster: Cluster,
	isTaken: (place: Place) => boolean,
	assume: (assumption: Assumption) => void,
): Place | null {
	const dummies = new Set(namespace.links.filter(({ kind }) => kind === "dummy").map(({ name }) => name));
	const found = new Map<Place, string>();
	for (const { address, scope, device } of namespace.addresses) {
		if (scope !== "global" || dummies.has(device)) continue;
		for (const owner of cluster.ownersOf(address)) {
			if (owner.kind === "pod" && !owner.pod.hostNetwork)
				found.set(`pod/${owner.pod.namespace}/${owner.pod.name}`, address.text);
			else if (owner.kind === "node") found.set(`node/${owner.node.name}`, address.text);
			else if (owner.kind === "host") found.set(`host/${owner.host.name}`, address.text);
		}
	}
	for (const [place, address] of found) {
		if (!isTaken(place)) {
			if (id === "host") assume(calledOtherwise(namespace.place, place, address));
			return place;
		}
	}
	const [other] = found;
	if (other !== undefined) assume(sameAddress(namespace.place, ...other));
	return null;
}

/** The pod whose group its processes are in. A pod may have made a namespace more, so an address says more. */
function placeByUid({ about }: Stack, cluster: Cluster, isTaken: (place: Place) => boolean): Place | null {
	const pod = about.podUID === null ? undefined : cluster.pods.find(({ uid }) => uid === about.podUID);
	if (pod === undefined || pod.hostNetwork) return null;
	const place = podPlace(pod);
	return isTaken(place) ? null : place;
}

function calledOtherwise(folder: Place, place: Place, address: string): Assumption {
	return {
		code: "named-by-address",
		message: phrase("named-by-address", { folder, place, address }),
		place,
	};
}

function sameAddress(place: Place, owner: Place, address: string): Assumption {
	return {
		code: "duplicate-address",
		severity: "warning",
		message: phrase("address-of-another", { place, address, owner }),
		place: owner,
	};
}

/** Whether something names the namespace. */
export function isNamed({ namespace }: Stack): boolean {
	return placeKind(namespace.place) !== "netns";
}

function twice(place: Place, { source }: Stack, other: Stack): InputError {
	return new InputError({
		code: "duplicate-namespace",
		message: `the snapshot holds ${place} twice`,
		where: { file: source, line: 1 },
		hint: `the other is at ${other.source}`,
	});
}
