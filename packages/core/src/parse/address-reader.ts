/** What the lines or objects of an `ip address` dump are collected in. */
import type { InterfaceAddress } from "../state/ip.ts";
import type { Link } from "../state/link.ts";
import type { NotUnderstood } from "../state/namespace.ts";
import type { Phrase } from "../wording/phrase.ts";
import { DumpReader, type Line } from "./dump.ts";
import type { ReadAddress } from "./interface-address.ts";
import { linkOf, type RawLink } from "./ip-link.ts";
import { neighbourhoodOf } from "./link-appearance.ts";

export interface ParsedAddresses {
	readonly links: readonly Link[];
	readonly addresses: readonly InterfaceAddress[];
	/** Devices whose kind a dump without `-d` does not say and that was taken from something else: from what. */
	readonly guessedKinds: ReadonlyMap<string, Phrase>;
	readonly notUnderstood: readonly NotUnderstood[];
}

export class AddressReader {
	readonly links: DumpReader<{ readonly raw: RawLink; readonly line: number }>;
	readonly addresses: InterfaceAddress[] = [];

	constructor(file: string) {
		this.links = new DumpReader("ip-address", file, "ip -d address");
	}

	get current(): RawLink | undefined {
		return this.links.entries.at(-1)?.raw;
	}

	open(raw: RawLink, line: number): void {
		this.links.entries.push({ raw, line });
	}

	/** Adds an address, or keeps its line where it is none that the kernel uses. */
	add(read: ReadAddress | Phrase, line: Line): void {
		if ("phrase" in read) {
			this.links.keep(line, read);
			return;
		}
		const { component, ...address } = read;
		this.addresses.push({ ...address, origin: this.links.origin(component, line.line) });
	}

	finish(): ParsedAddresses {
		const { entries, notUnderstood } = this.links.finish(this.links.entries.length > 0 || this.addresses.length > 0);
		const all = neighbourhoodOf(entries.map((entry) => entry.raw));
		const guessedKinds = new Map<string, Phrase>();
		const links = entries.map(({ raw, line }) => {
			const { link, guessed } = linkOf(raw, all, this.links.origin("unknown", line));
			if (guessed !== undefined) guessedKinds.set(link.name, guessed);
			return link;
		});
		return { links, addresses: this.addresses, guessedKinds, notUnderstood };
	}
}
