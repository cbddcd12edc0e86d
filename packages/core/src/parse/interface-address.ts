/** An address of a device as `ip address` prints it, text or JSON, and its values read. */
import { type Address, parseAddress } from "../address/address.ts";
import type { InterfaceAddress } from "../state/ip.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import { decimal } from "./dump.ts";
import { componentOfProtocol, scopeName } from "./iproute2-names.ts";

/** An address as printed. */
export interface AddressDraft {
	/** With its prefix length; with a peer, the peer has it. */
	local: string;
	peer?: string;
	broadcast?: string;
	scope: string;
	protocol?: string;
	label?: string;
	readonly flags: string[];
}

export type ReadAddress = Omit<InterfaceAddress, "origin"> & { readonly component: string };

/** Flags that do not change how the address is used. */
const FLAGS_WITHOUT_MEANING = new Set([
	"dynamic",
	"temporary",
	"mngtmpaddr",
	"nodad",
	"home",
	"optimistic",
	"tentative",
	"autojoin",
	"stable-privacy",
]);
const FLAGS = new Set(["secondary", "noprefixroute", "deprecated", "dadfailed"]);

export function isAddressFlag(word: string): boolean {
	return FLAGS_WITHOUT_MEANING.has(word) || FLAGS.has(word);
}

/** The address, or why there is none. */
export function interfaceAddress(draft: AddressDraft, device: string): ReadAddress | Phrase {
	const [localText = "", localLength] = draft.local.split("/");
	const [peerText = "", peerLength] = (draft.peer ?? "").split("/");
	const address = parseAddress(localText);
	if (address === undefined) return phrase("is-no-address", { text: draft.local });
	const peer = parseAddress(peerText);
	const broadcast = parseAddress(draft.broadcast ?? "");
	const bits = address.words.length * 32;
	const prefixLength = decimal(peerLength ?? localLength ?? String(bits));
	if (prefixLength === undefined || prefixLength > bits) return phrase("no-such-length", { text: draft.local });
	if (draft.flags.includes("dadfailed")) return phrase("address-elsewhere");
	const unknown = draft.flags.find((flag) => !isAddressFlag(flag));
	if (unknown !== undefined) return phrase("text-not-understood", { text: unknown });
	return {
		device,
		address,
		prefixLength,
		scope: scopeName(draft.scope),
		...otherEnd(address, peer),
		...(broadcast === undefined ? {} : { broadcast }),
		secondary: draft.flags.includes("secondary"),
		noPrefixRoute: draft.flags.includes("noprefixroute"),
		...(draft.flags.includes("deprecated") && address.family === 6 ? { deprecated: true } : {}),
		...(draft.label === undefined || draft.label === device ? {} : { label: draft.label }),
		// iproute2 6.3 and later: `proto kernel_lo`, `proto kernel_ll`, `proto kernel_ra`.
		component: draft.protocol?.startsWith("kernel") ? "kernel" : componentOfProtocol(draft.protocol ?? "unspec"),
	};
}

function otherEnd(address: Address, peer: Address | undefined): { readonly peer?: Address } {
	return peer === undefined || peer.text === address.text ? {} : { peer };
}
