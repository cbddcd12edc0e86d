/**
 * Which devices of one machine's namespaces are the two ends of a veth pair, and which stand on a device of another. A
 * dump tells the other end's index and the id that its namespace has here. Indexes repeat among namespaces, so ends are
 * joined where what is known leaves one candidate: by netns.yaml, by namespaces' names and ids, by what an earlier join told of
 * an id, and by the MACs that were learned behind a device. What stays open is left unjoined.
 */
import type { DeviceAt } from "../state/fabric.ts";
import type { Link, LowerDevice, VethLink } from "../state/link.ts";
import type { Wire } from "../state/static-network.ts";
import type { Stack } from "./stack.ts";

interface End {
	readonly stack: Stack;
	readonly link: VethLink;
}

/** The veth pairs between namespaces, and within one. */
export function wiresOf(stacks: readonly Stack[]): readonly Wire[] {
	return new Joiner(stacks).wires();
}

class Joiner {
	readonly #stacks: readonly Stack[];
	readonly #ends: readonly End[];
	/** Ends by the index of their device, as the other end tells it. */
	readonly #byIndex: ReadonlyMap<number, readonly End[]>;
	readonly #joined = new Map<End, End>();
	readonly #ids: NamespaceIds;

	constructor(stacks: readonly Stack[]) {
		this.#stacks = stacks;
		this.#ends = stacks.flatMap((stack) =>
			stack.namespace.links.filter((link) => link.kind === "veth").map((link) => ({ stack, link })),
		);
		this.#byIndex = Map.groupBy(this.#ends, ({ link }) => link.index);
		this.#ids = new NamespaceIds(stacks);
	}

	wires(): readonly Wire[] {
		this.#byPeerIndex();
		while (this.#byElimination() || this.#byLearnedMac());
		return [...this.#joined].map(([from, to]) => ({ from: at(from), to: { kind: "device", ...at(to) } }));
	}

	/** `peerIfindex` of netns.yaml: the index of the other end in the machine's own namespace. */
	#byPeerIndex(): void {
		const host = this.#stacks.find(({ id }) => id === "host");
		if (host === undefined) return;
		for (const { about, namespace } of this.#stacks) {
			if (about.peerIfindex === null) continue;
			const far = this.#ends.find(({ stack, link }) => stack === host && link.index === about.peerIfindex);
			const own = this.#ends.filter(({ stack }) => stack.namespace === namespace);
			const near = own.length === 1 ? own[0] : own.find(({ link }) => link.peer?.index === about.peerIfindex);
			if (far !== undefined && near !== undefined) this.#join(near, far);
		}
	}

	/** Joins those that have nobody but each other left, and those whose namespace and index say all. */
	#byElimination(): boolean {
		let any = false;
		for (const end of this.#ends) {
			const only = this.#onlyCandidate(end);
			if (only === undefined) continue;
			const certain = this.#ids.find(end.stack, end.link.peer ?? {}) === only.stack;
			if (certain || this.#onlyCandidate(only) === end) any = this.#join(end, only) || any;
		}
		return any;
	}

	#onlyCandidate(end: End): End | undefined {
		const candidates = this.#candidates(end);
		return candidates.length === 1 ? candidates[0] : undefined;
	}

	#candidates(end: End): readonly End[] {
		const { peer } = end.link;
		if (peer === undefined || this.#joined.has(end)) return [];
		const possible = peer.index === undefined ? this.#ends : (this.#byIndex.get(peer.index) ?? []);
		return possible.filter((other) => !this.#joined.has(other) && this.#mayBePeers(end, other));
	}

	#mayBePeers(end: End, other: End): boolean {
		if (end === other) return false;
		const [one, two] = [end.link.peer, other.link.peer];
		if (one === undefined || two === undefined) return false;
		// `veth1@veth2` and `veth1@if7` without an id name a device of the same namespace.
		if (isHere(one) || isHere(two)) {
			if (end.stack !== other.stack || !isHere(one) || !isHere(two)) return false;
			return names(one, other.link) && names(two, end.link);
		}
		return (
			one.index === other.link.index &&
			two.index === end.link.index &&
			this.#ids.mayBe(end.stack, one, other.stack) &&
			this.#ids.mayBe(other.stack, two, end.stack)
		);
	}

	/** A bridge learns, and neighbours tell, which MAC is behind a device. */
	#byLearnedMac(): boolean {
		for (const end of this.#ends) {
			const candidates = this.#candidates(end);
			if (candidates.length < 2) continue;
			const macs = macsBehind(end);
			const seen = candidates.filter(({ link }) => link.mac !== null && macs.has(link.mac));
			const [only] = seen;
			if (only !== undefined && seen.length === 1 && this.#candidates(only).includes(end)) return this.#join(end, only);
		}
		return false;
	}

	#join(from: End, to: End): boolean {
		if (this.#joined.has(from) || this.#joined.has(to)) return false;
		this.#joined.set(from, to);
		this.#joined.set(to, from);
		this.#ids.learn(from.stack, from.link.peer, to.stack);
		this.#ids.learn(to.stack, to.link.peer, from.stack);
		return true;
	}
}

type Elsewhere = Pick<LowerDevice, "netnsid" | "netns">;

function isHere({ netnsid, netns }: Elsewhere): boolean {
	return netnsid === undefined && netns === undefined;
}

function names(peer: NonNullable<VethLink["peer"]>, link: Link): boolean {
	return peer.device === undefined ? peer.index === link.index : peer.device === link.name;
}

function at({ stack, link }: End): DeviceAt {
	return { place: stack.namespace.place, device: link.name };
}

/** What the namespaces of a machine call each other. */
class NamespaceIds {
	readonly #byName: ReadonlyMap<string, Stack>;
	readonly #known: Map<Stack, Map<number, Stack>>;

	constructor(stacks: readonly Stack[]) {
		const byName = new Map(stacks.map((stack) => [stack.id, stack]));
		this.#byName = byName;
		this.#known = new Map(
			stacks.map((stack) => [
				stack,
				new Map(
					[...stack.about.nsids].flatMap(([id, name]) => {
						const other = byName.get(name);
						return other === undefined ? [] : [[id, other] as const];
					}),
				),
			]),
		);
	}

	find(from: Stack, { netnsid, netns }: Elsewhere): Stack | undefined {
		const named = netns === undefined ? undefined : this.#byName.get(netns);
		return named ?? (netnsid === undefined ? undefined : this.#known.get(from)?.get(netnsid));
	}

	/** Whether the namespace that `from` calls so may be `other`: an id stands for one namespace, and each has one id. */
	mayBe(from: Stack, called: Elsewhere, other: Stack): boolean {
		const found = this.find(from, called);
		if (found !== undefined) return found === other;
		if (called.netnsid !== undefined && from.about.nsids.has(called.netnsid)) return false;
		if (from === other) return false;
		for (const [id, stack] of this.#known.get(from) ?? []) if (stack === other && id !== called.netnsid) return false;
		return true;
	}

	learn(from: Stack, called: Elsewhere | undefined, other: Stack): void {
		if (called?.netnsid !== undefined && from !== other) this.#known.get(from)?.set(called.netnsid, other);
	}
}

function macsBehind({ stack: { namespace }, link }: End): ReadonlySet<string> {
	const learned = namespace.fdb.filter(
		({ device, state, self }) => device === link.name && state === "dynamic" && !self,
	);
	const neighbours = namespace.neighbours.filter(({ device }) => device === link.name);
	return new Set([...learned, ...neighbours].flatMap(({ mac }) => (mac === null ? [] : [mac])));
}

/**
 * The stack with its stacked devices (macvlan, ipvlan, VLAN) told on which device of which namespace they stand. Without
 * an id that is known it is the machine's own namespace, where all CNIs make them.
 */
export function withLowerDevices(stack: Stack, stacks: readonly Stack[]): Stack {
	const ids = new NamespaceIds(stacks);
	const host = stacks.find(({ id }) => id === "host");
	let changed = false;
	const links = stack.namespace.links.map((link): Link => {
		if (!("lower" in link) || link.lower?.index === undefined || link.lower.place !== undefined) return link;
		const owner = ids.find(stack, link.lower) ?? (stack.id === "host" ? undefined : host);
		const lower = owner?.namespace.links.find(({ index }) => index === link.lower?.index);
		if (owner === undefined || lower === undefined || owner === stack) return link;
		changed = true;
		return { ...link, lower: { ...link.lower, device: lower.name, place: owner.namespace.place } };
	});
	return changed ? { ...stack, namespace: { ...stack.namespace, links } } : stack;
}
