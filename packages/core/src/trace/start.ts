/** Where the question's packet begins: in a process of some stack, or on a device of one. */
import type { Address, Family } from "../address/address.ts";
import { suggest } from "../diagnostic/closest.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import { type Flow, lookup } from "../kernel/fib.ts";
import { sourceFor } from "../kernel/source-address.ts";
import type { View } from "../kernel/view.ts";
import { viewOf } from "../kernel/view.ts";
import type { Link } from "../state/link.ts";
import type { Place } from "../state/place.ts";
import { phrase } from "../wording/phrase.ts";
import { parseName, placeOf } from "./places.ts";
import type { Question } from "./question.ts";
import type { Subject } from "./subject.ts";

export interface Start {
	readonly place: Place;
	readonly view: View;
	/** The device that the packet comes in by; null: a process of this stack sends it. */
	readonly device: Link | null;
	/** The source address, where the question or the client fixes it. */
	readonly source: Address | null;
	/** The families that the client has addresses of, the preferred one first. */
	readonly families: readonly Family[];
}

/** Pods and machines of one subject that questions were asked from; more are forgotten all at once. */
const MOST_KEPT = 4096;
const starts = new WeakMap<Subject["network"], Map<string, Start>>();

/** Finds where the packet begins. Throws an InputError where that cannot be told. */
export function startOf(subject: Subject, question: Question): Start {
	if (question.at !== undefined) return findStart(subject, question);
	let known = starts.get(subject.network);
	if (known === undefined) {
		known = new Map();
		starts.set(subject.network, known);
	}
	let start = known.get(question.from);
	if (start === undefined) {
		start = findStart(subject, question);
		if (known.size >= MOST_KEPT) known.clear();
		known.set(question.from, start);
	}
	return start;
}

function findStart(subject: Subject, question: Question): Start {
	const named = parseName(question.from);
	if (named.kind === "service") {
		throw new InputError({
			code: "from-service",
			message: phrase("service-sends-nothing"),
			hint: phrase("ask-from-a-pod"),
		});
	}
	if (named.kind === "address") return addressStart(subject, question, named.address);
	if (question.at !== undefined) {
		throw new InputError({
			code: "at-without-address",
			message: phrase("at-needs-address", { from: question.from }),
		});
	}
	const place = placeOf(subject, named);
	const view = viewAt(subject, place, question.from);
	const pod = named.kind === "pod" ? subject.cluster.pod(named.key) : undefined;
	if (pod !== undefined) {
		if (pod.podIPs.length === 0) {
			throw new InputError({
				code: "no-address",
				message: phrase("no-address-yet", { name: question.from }),
				where: pod.source,
			});
		}
		return { place, view, device: null, source: null, families: unique(pod.podIPs.map((each) => each.family)) };
	}
	if (named.kind === "internet")
		return { place, view, device: null, source: named.address, families: [named.address.family] };
	const families = unique(
		view.state.addresses.filter((each) => each.scope === "global").map((each) => each.address.family),
	);
	return { place, view, device: null, source: null, families };
}

function unique(families: readonly Family[]): readonly Family[] {
	return [...new Set(families)];
}

function viewAt(subject: Subject, place: Place, name: string): View {
	const namespace = subject.network.namespace(place);
	if (namespace !== undefined) return viewOf(namespace);
	throw new InputError({
		code: "not-described",
		message: phrase("network-not-known", { place, name }),
		hint: phrase("give-mode-or-at"),
	});
}

function addressStart(subject: Subject, question: Question, source: Address): Start {
	if (question.at !== undefined) return entering(subject, question.at, source);
	const place = subject.network.ownerOf(source);
	if (place === undefined) {
		throw new InputError({
			code: "unknown-place",
			message: phrase("address-of-nobody", { address: source.text }),
			hint: phrase("say-where-in"),
		});
	}
	return { place, view: viewAt(subject, place, question.from), device: null, source, families: [source.family] };
}

/** `--at node/NAME[:DEVICE]`: by that device, as the node's own, or by the device of the route back. */
function entering(subject: Subject, at: string, source: Address): Start {
	const { place, device: name } = parseAt(subject, at);
	const view = viewAt(subject, place, at);
	const families: readonly Family[] = [source.family];
	if (name !== null) {
		const link = view.link(name);
		if (link === undefined) throw noDevice(place, name, view);
		return { place, view, device: link, source, families };
	}
	if (view.isLocal(source)) return { place, view, device: null, source, families };
	const back = lookup(view, { to: source });
	const link = back.kind === "route" && back.nextHop?.device !== undefined ? view.link(back.nextHop.device) : undefined;
	if (link !== undefined) return { place, view, device: link, source, families };
	throw new InputError({
		code: "no-route-back",
		message: phrase("no-route-back", { place, address: source.text }),
		hint: phrase("name-device", { place }),
	});
}

function noDevice(place: Place, name: string, view: View): InputError {
	const names = view.state.links.map((link) => link.name);
	const hint = suggest(name, names) ?? phrase("it-has", { what: names.slice(0, MOST_TOLD) });
	return new InputError({ code: "no-such-device", message: phrase("no-such-device", { place, name }), hint });
}

/** More devices are not listed. */
const MOST_TOLD = 8;

function parseAt(subject: Subject, at: string): { readonly place: Place; readonly device: string | null } {
	const colon = at.indexOf(":");
	const name = colon < 0 ? at : at.slice(0, colon);
	const [kind] = name.split("/");
	if (kind !== "node" && kind !== "host" && kind !== "pod") {
		throw new InputError({
			code: "bad-at",
			message: phrase("bad-at", { at }),
			hint: phrase("forms-of-at"),
		});
	}
	const named = parseName(name);
	if (named.kind === "service" || named.kind === "address")
		throw new InputError({ code: "bad-at", message: phrase("bad-at", { at }) });
	return { place: placeOf(subject, named), device: colon < 0 ? null : at.slice(colon + 1) };
}

/** The source address that the client's packets of a flow have. */
export function clientAddress(start: Start, flow: Omit<Flow, "from">): Address {
	if (start.source !== null) return start.source;
	const source = sourceFor(start.view, flow);
	if (source !== null) return source;
	const { to } = flow;
	const own = start.view.state.addresses.find((each) => each.address.family === to.family && each.scope === "global");
	if (own !== undefined) return own.address;
	const message = phrase("no-address-to-send-from", { place: start.place, family: to.family });
	throw new InputError({ code: "no-address", message });
}
