/**
 * A snapshot for somebody else: public addresses and the names of nodes, namespaces, pods and Services replaced, the same
 * by the same everywhere, so that packets go the same ways. Private addresses stay, and names that every cluster has.
 */
import { randomBytes } from "node:crypto";
import { InputError } from "@podpath/core";
import { parseAllDocuments, stringify } from "yaml";
import type { CollectedFiles } from "./merge.ts";
import { AddressRedactor } from "./redact-addresses.ts";

/** How a text of the original reads in the redacted snapshot. */
export interface Redaction {
	readonly files: CollectedFiles;
	readonly text: (original: string) => string;
}

const COMMON = new Set(
	"default kubernetes kube-system kube-public kube-node-lease kube-dns kube-proxy localhost host lab".split(" "),
);
/** Fields whose values are the API's own words. */
const WORDS = new Set(
	"apiVersion kind type protocol mode phase scheduler operator policy direction action effect status reason state".split(
		" ",
	),
);
const KINDS: Readonly<Record<string, string>> = {
	Node: "node",
	Namespace: "ns",
	Pod: "pod",
	Service: "svc",
	Host: "host",
};
/** Dumps in which components write what a rule is for. */
const NAMED = /\/(iptables-save|ip6tables-save|nft-ruleset|ipset-save)\.\w+$/;
const WORD = /[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/g;

export function redact(files: CollectedFiles, key: Uint8Array = randomBytes(32)): Redaction {
	const addresses = new AddressRedactor(key);
	const names = new NameRedactor();
	const objects = new Map<string, readonly unknown[]>();
	for (const [inner, text] of files) {
		const node = /^nodes\/([^/]+)\//.exec(inner)?.[1];
		if (node !== undefined) names.add("node", node);
		if (inner.startsWith("kubernetes/")) objects.set(inner, documentsOf(inner, text));
	}
	for (const documents of objects.values()) for (const each of documents) names.learn(each);
	const words = (text: string): string => names.text(addresses.text(text));
	const redacted = [...files].map(([inner, text]): readonly [string, string] => {
		const path = inner.replace(/^nodes\/([^/]+)\//, (_, node: string) => `nodes/${names.of(node)}/`);
		const documents = objects.get(inner);
		if (documents !== undefined) {
			const values = documents.map((each) => objectWith(each, words));
			return [path.replace(/\.json$/, ".yaml"), values.map((each) => stringify(each)).join("---\n")];
		}
		if (/\/(netns|snapshot)\.yaml$|^snapshot\.yaml$/.test(inner) || inner.startsWith("cloud/"))
			return [path, words(text)];
		return [path, NAMED.test(inner) ? names.inDump(addresses.text(text)) : addresses.text(text)];
	});
	return { files: new Map(redacted), text: words };
}

function documentsOf(inner: string, text: string): readonly unknown[] {
	try {
		return inner.endsWith(".json") ? [JSON.parse(text)] : yamlDocuments(text);
	} catch (error) {
		const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
		throw new InputError({ code: "malformed-object", message: `"${inner}" cannot be redacted: ${why}` });
	}
}

function yamlDocuments(text: string): readonly unknown[] {
	return parseAllDocuments(text).flatMap((document) =>
		"toJS" in document ? [document.toJS({ maxAliasCount: 100 }) as unknown] : [],
	);
}

/** The object with every text that is no word of the API replaced; keys stay. */
function objectWith(value: unknown, words: (text: string) => string): unknown {
	if (typeof value === "string") return words(value);
	if (Array.isArray(value)) return value.map((each) => objectWith(each, words));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, each]) => [
			key,
			WORDS.has(key) && typeof each === "string" ? each : objectWith(each, words),
		]),
	);
}

class NameRedactor {
	readonly #names = new Map<string, string>();
	readonly #counts = new Map<string, number>();

	/** The names of the objects in a document, or in the List that it is. */
	learn(document: unknown): void {
		if (typeof document !== "object" || document === null) return;
		const { kind, metadata, items } = document as { kind?: unknown; metadata?: unknown; items?: unknown };
		if (Array.isArray(items)) for (const each of items) this.learn(each);
		if (typeof kind !== "string" || typeof metadata !== "object" || metadata === null) return;
		const { name, namespace } = metadata as { name?: unknown; namespace?: unknown };
		const prefix = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
		if (typeof name === "string" && prefix !== undefined) this.add(prefix, name);
		if (typeof namespace === "string") this.add("ns", namespace);
	}

	add(prefix: string, name: string): void {
		// A number, or a word of one or two letters, would be found everywhere.
		if (COMMON.has(name) || this.#names.has(name) || !/[a-z]/.test(name)) return;
		const count = (this.#counts.get(prefix) ?? 0) + 1;
		this.#counts.set(prefix, count);
		this.#names.set(name, `${prefix}-${count}`);
	}

	of(name: string): string {
		return this.#names.get(name) ?? name;
	}

	/** Every name that stands as a word; `web.shop.svc` is three. */
	text(text: string): string {
		return text.replace(WORD, (word, at: number) => {
			const before = text[at - 1];
			if (before !== undefined && /[A-Za-z0-9_]/.test(before)) return word;
			const known = this.#names.get(word);
			if (known !== undefined || !word.includes(".")) return known ?? word;
			return word
				.split(".")
				.map((part) => this.of(part))
				.join(".");
		});
	}

	/** In what a tool prints names stand in quotes (comments, prefixes of log lines) and in kube-proxy's nftables chains. */
	inDump(text: string): string {
		return text
			.replace(/"(?:[^"\\\n]|\\.)*"/g, (quoted) => this.text(quoted))
			.replace(/--comment (?!")(\S+)/g, (_, word: string) => `--comment ${this.text(word)}`)
			.replace(
				/\b((?:service|endpoint|external|firewall|hairpin|affinity)-[A-Z2-7]{8}-)([^\s"{};]+)/g,
				(_, head: string, names: string) => `${head}${this.text(names)}`,
			);
	}
}
