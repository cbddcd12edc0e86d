/** From the names in a question to places and addresses. */
import { type Address, parseAddress } from "../address/address.ts";
import { closest } from "../diagnostic/closest.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import { type Place, stackPlace } from "../state/place.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import type { Subject } from "./subject.ts";

/** A name of the command line, taken apart. */
export type Named =
	| { readonly kind: "pod"; readonly key: string; readonly port: string | null }
	| { readonly kind: "service"; readonly key: string; readonly port: string | null }
	| { readonly kind: "node" | "host"; readonly name: string; readonly port: string | null }
	| { readonly kind: "internet"; readonly address: Address; readonly port: string | null }
	| { readonly kind: "address"; readonly address: Address; readonly port: string | null };

/** Takes a name apart. Throws an InputError where it is none. */
export function parseName(text: string): Named {
	const parts = text.split("/");
	const [kind, first, second] = parts;
	switch (kind) {
		case "pod":
		case "service": {
			if (parts.length !== 3 || !first || !second)
				throw badName(text, phrase("form-of", { kind, form: `${kind}/NAMESPACE/NAME` }));
			const { name, port } = splitPort(second);
			return { kind, key: `${first}/${name}`, port };
		}
		case "node":
		case "host": {
			if (parts.length !== 2 || !first) throw badName(text, phrase("form-of", { kind, form: `${kind}/NAME` }));
			return { kind, ...splitPort(first) };
		}
		case "internet": {
			const found = parts.length === 2 ? parseEndpoint(first ?? "") : undefined;
			if (found === undefined) throw badName(text, phrase("form-of-internet"));
			return { kind, ...found };
		}
		default: {
			const found = parseEndpoint(text);
			if (found === undefined) throw badName(text, phrase("forms-of-names"));
			return { kind: "address", ...found };
		}
	}
}

function badName(text: string, hint: Phrase): InputError {
	return new InputError({ code: "bad-name", message: phrase("bad-name", { text }), hint });
}

/** `NAME:PORT`; names of Kubernetes hold no colon. */
function splitPort(text: string): { readonly name: string; readonly port: string | null } {
	const colon = text.lastIndexOf(":");
	return colon < 0 ? { name: text, port: null } : { name: text.slice(0, colon), port: text.slice(colon + 1) };
}

function parseEndpoint(text: string): { readonly address: Address; readonly port: string | null } | undefined {
	const whole = parseAddress(text);
	if (whole !== undefined) return { address: whole, port: null };
	const bracketed = /^\[([^\]]+)\](?::(\w[\w-]*))?$/.exec(text);
	if (bracketed !== null) {
		const inner = parseAddress(bracketed[1] ?? "");
		return inner === undefined ? undefined : { address: inner, port: bracketed[2] ?? null };
	}
	const { name, port } = splitPort(text);
	const plain = parseAddress(name);
	return plain === undefined || plain.family === 6 ? undefined : { address: plain, port };
}

/** The place of a named machine or pod. Throws an InputError, with a close name, where the cluster has none such. */
export function placeOf(subject: Subject, named: Exclude<Named, { kind: "service" | "address" }>): Place {
	const { cluster, network } = subject;
	// A snapshot may hold a stack without the object of its node.
	const described = (place: Place): boolean => network.namespace(place) !== undefined;
	switch (named.kind) {
		case "pod": {
			const pod = cluster.pod(named.key);
			if (pod === undefined && described(`pod/${named.key}`)) return `pod/${named.key}`;
			if (pod === undefined)
				throw missing("pod", named.key, () => cluster.pods.map((each) => `${each.namespace}/${each.name}`));
			if (pod.nodeName === "") {
				throw new InputError({
					code: "pod-not-scheduled",
					message: phrase("pod-on-no-node", { pod: `pod/${named.key}` }),
					where: pod.source,
				});
			}
			return stackPlace(pod);
		}
		case "node":
			if (cluster.node(named.name) === undefined && !described(`node/${named.name}`))
				throw missing("node", named.name, () => cluster.nodes.map((each) => each.name));
			return `node/${named.name}`;
		case "host":
			if (cluster.host(named.name) === undefined && !described(`host/${named.name}`))
				throw missing("host", named.name, () => cluster.hosts.map((each) => each.name));
			return `host/${named.name}`;
		case "internet":
			return `internet/${named.address.text}`;
	}
}

/** An object that the question names and the input does not have. */
export function missing(kind: string, name: string, candidates: () => readonly string[]): InputError {
	const names = candidates();
	const near = closest(name, names);
	const hint =
		near !== undefined
			? phrase("did-you-mean-place", { name: `${kind}/${near}` })
			: names.length === 0
				? phrase("none-of-kind", { kind })
				: phrase("some-of-kind", { n: names.length });
	return new InputError({ code: `no-such-${kind}`, message: phrase("there-is-no", { name: `${kind}/${name}` }), hint });
}
