/**
 * `tc filter show dev DEVICE ingress|egress` (iproute2 tc/tc_filter.c print_filter; f_u32.c, f_flower.c, f_matchall.c,
 * m_vlan.c, m_mirred.c, m_gact.c). The command prints neither device nor direction, so each section of the file begins
 * with the command itself, as a comment: `# tc filter show dev va ingress`.
 */
import type { TcAction, TcFilter } from "../state/tc.ts";
import { phrase } from "../wording/phrase.ts";
import { DumpReader, decimal, dumpLines, type Line, type Parsed, wordsOf } from "./dump.ts";
import { type ClassifierDraft, readClassifierLine } from "./tc-classifier.ts";

/** The filters of a dump, in its order. Throws InputError for what is no such dump. */
export function parseTcFilter(text: string, file: string): Parsed<TcFilter> {
	const reader = new FilterReader(file);
	for (const line of dumpLines(text)) reader.read(line);
	reader.flush();
	return reader.dump.finish(reader.sections > 0);
}

type Direction = TcFilter["direction"];

interface Draft extends ClassifierDraft {
	readonly line: Line;
	readonly device: string;
	readonly direction: Direction;
	readonly priority: number;
	readonly actions: TcAction[];
}

class FilterReader {
	readonly dump: DumpReader<TcFilter>;
	sections = 0;
	#section: { readonly device: string; readonly direction: Direction } | undefined;
	#open: Draft | undefined;
	readonly #seen = new Set<string>();

	constructor(file: string) {
		this.dump = new DumpReader("tc-filter", file, "tc filter show dev DEVICE ingress");
	}

	read(line: Line): void {
		const words = wordsOf(line.text.replace(/^[#$+\s]+/, ""));
		if (words[0] === "tc") {
			this.#header(words, line);
			return;
		}
		if (words[0] === "filter") {
			this.#filter(words, line);
			return;
		}
		if (this.#open === undefined) {
			this.dump.keep(line, phrase("line-of-filter"));
			return;
		}
		if (words[0] === "action") this.#open.actions.push(...actionsOf(words));
		else if (this.#open.actions.length === 0) readClassifierLine(words, this.#open);
		// What follows an action is its counters and its place in the kernel's list of actions.
	}

	#header(words: readonly string[], line: Line): void {
		this.flush();
		const device = words[words.indexOf("dev") + 1];
		this.#section = undefined;
		if (!words.includes("dev") || device === undefined) {
			this.dump.keep(line, phrase("command-names-device"));
			return;
		}
		this.sections++;
		this.#section = { device, direction: words.includes("ingress") || words.includes("ffff:") ? "ingress" : "egress" };
	}

	#filter(words: readonly string[], line: Line): void {
		this.flush();
		const after = (word: string): string | undefined => {
			const at = words.indexOf(word);
			return at < 0 ? undefined : words[at + 1];
		};
		const device = after("dev") ?? this.#section?.device;
		const priority = decimal(after("pref"));
		if (device === undefined) {
			this.dump.keep(line, phrase("filter-without-device"));
			return;
		}
		if (priority === undefined) {
			this.dump.keep(line, phrase("filter-without-pref"));
			return;
		}
		const protocol = after("protocol") ?? "all";
		const kind = words[words.indexOf("pref") + 2] ?? "";
		const options = words.slice(words.indexOf("pref") + 3);
		// The first lines of a u32 or flower filter only announce it; its parts have a handle.
		if (!/\b(fh \S+ order|handle)\b/.test(options.join(" "))) {
			if (options.includes("divisor") && after("divisor") !== "1") this.dump.keep(line, phrase("u32-tables"));
			return;
		}
		const direction = this.#directionOf(words);
		this.#open = { line, device, direction, priority, protocol, kind, actions: [], unknown: [], words: [] };
		readClassifierLine(["options", ...options], this.#open);
	}

	#directionOf(words: readonly string[]): Direction {
		if (words.includes("ingress")) return "ingress";
		if (words.includes("egress")) return "egress";
		const at = words.indexOf("parent");
		if (at < 0) return this.#section?.direction ?? "egress";
		return words[at + 1] === "ffff:" ? "ingress" : "egress";
	}

	/** Ends the filter whose lines were being read. */
	flush(): void {
		const open = this.#open;
		this.#open = undefined;
		if (open === undefined) return;
		const { line, device, direction, priority, protocol, source, destination, vlan, actions, unknown } = open;
		const filter: Omit<TcFilter, "origin"> = {
			device,
			direction,
			priority,
			protocol,
			...(source === undefined ? {} : { source }),
			...(destination === undefined ? {} : { destination }),
			...(vlan === undefined ? {} : { vlan }),
			actions,
			...(unknown.length === 0 ? {} : { notUnderstood: `${open.kind} ${unknown.join(" ")}`.trim() }),
		};
		// An ingress qdisc shows its filters for `egress` too, naming them: the same filter comes twice.
		const key = `${open.handle} ${JSON.stringify(filter)}`;
		if (this.#seen.has(key)) return;
		this.#seen.add(key);
		this.dump.entries.push({ ...filter, origin: this.dump.origin("unknown", line.line) });
	}
}

/** What an action does, and what its control does after it: `action order 1: vlan  push id 5 protocol 802.1Q priority 0 pipe`. */
function actionsOf(words: readonly string[]): TcAction[] {
	const text = words.slice(words[1] === "order" ? 3 : 1).join(" ");
	const [, push, pushProtocol, pushControl] =
		/^vlan push id (\d+) protocol (\S+)(?: priority \d+)? ?(\w*)$/.exec(text) ?? [];
	if (push !== undefined && pushProtocol === "802.1Q") {
		return [{ kind: "vlan-push", id: Number(push) }, ...controlOf(pushControl)];
	}
	const popControl = /^vlan pop ?(\w*)$/.exec(text)?.[1];
	if (popControl !== undefined) return [{ kind: "vlan-pop" }, ...controlOf(popControl)];
	const [, direction, device] = /^mirred \((Egress|Ingress) Redirect to device (\S+)\)/.exec(text) ?? [];
	if (device !== undefined) {
		return [{ kind: "redirect", device, direction: direction === "Egress" ? "egress" : "ingress" }];
	}
	const typeControl = /^skbedit ptype host ?(\w*)$/.exec(text)?.[1];
	if (typeControl !== undefined) return [{ kind: "skbedit", packetType: "host" }, ...controlOf(typeControl)];
	const gact = /^gact action (\w+)/.exec(text)?.[1];
	if (gact === "drop" || gact === "pass") return [{ kind: gact }];
	return [{ kind: "other", text }];
}

/** `pipe` goes on to the next action. */
function controlOf(control: string | undefined): TcAction[] {
	switch (control) {
		case undefined:
		case "":
		case "pipe":
			return [];
		case "pass":
		case "drop":
			return [{ kind: control }];
		default:
			return [{ kind: "other", text: control }];
	}
}
