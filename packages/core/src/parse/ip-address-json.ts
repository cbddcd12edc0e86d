/** The JSON of `ip -d -j address` and `ip -d -j link`, brought to what the text says. */
import { phrase } from "../wording/phrase.ts";
import type { AddressReader } from "./address-reader.ts";
import { type AddressDraft, interfaceAddress } from "./interface-address.ts";
import type { RawLink } from "./ip-link.ts";
import {
	booleanField,
	type JsonObject,
	jsonRows,
	numberField,
	objectField,
	objectsField,
	stringField,
	stringsField,
} from "./json-rows.ts";

export function readAddressJson(text: string, file: string, reader: AddressReader): void {
	for (const row of jsonRows(text, file)) {
		const raw = rawOf(row.value);
		if (raw === undefined) {
			reader.links.keep(row, phrase("entry-of-link"));
			continue;
		}
		reader.open(raw, row.line);
		for (const info of objectsField(row.value, "addr_info")) {
			if (Object.keys(info).length === 0) continue;
			const line = { text: JSON.stringify(info), line: row.line };
			reader.add(interfaceAddress(draftOf(info), raw.name), line);
		}
	}
}

function rawOf(value: JsonObject): RawLink | undefined {
	const index = numberField(value, "ifindex");
	const name = stringField(value, "ifname");
	const mtu = numberField(value, "mtu");
	if (index === undefined || name === undefined || mtu === undefined || !Array.isArray(value.flags)) return undefined;
	const linkIndex = numberField(value, "link_index");
	const lower =
		value.link === null
			? "NONE"
			: (stringField(value, "link") ?? (linkIndex === undefined ? undefined : `if${linkIndex}`));
	const pointToPoint = booleanField(value, "link_pointtopoint") === true;
	const info = objectField(value, "linkinfo") ?? {};
	const optional = {
		lower,
		master: stringField(value, "master"),
		mac: stringField(value, "address"),
		peer: pointToPoint ? stringField(value, "broadcast") : undefined,
		netnsid: numberField(value, "link_netnsid"),
		netns: stringField(value, "link_netns"),
		alias: stringField(value, "ifalias"),
		kind: stringField(info, "info_kind"),
		slaveKind: stringField(info, "info_slave_kind"),
	};
	return {
		index,
		name,
		flags: stringsField(value, "flags"),
		mtu,
		linkType: stringField(value, "link_type") ?? "none",
		detailed: "promiscuity" in value,
		options: optionsOf(objectField(info, "info_data") ?? {}),
		slaveOptions: optionsOf(objectField(info, "info_slave_data") ?? {}),
		...defined(optional),
	};
}

type Defined<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

function defined<Fields extends object>(fields: Fields): Defined<Fields> {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields>;
}

/** What the text calls otherwise. IPv6 ends of a VXLAN device have keys of their own. */
const OPTION_NAMES: Readonly<Record<string, string>> = {
	port: "dstport",
	local6: "local",
	remote6: "remote",
	group6: "group",
	link: "dev",
};

function optionsOf(data: JsonObject): Map<string, string> {
	const options = new Map<string, string>();
	for (const [key, value] of Object.entries(data)) {
		const name = Object.hasOwn(OPTION_NAMES, key) ? (OPTION_NAMES[key] as string) : key;
		if (name === "learning" && value === false) options.set("nolearning", "");
		if (Array.isArray(value)) for (const each of value) options.set(String(each), "");
		else if (name === "external" ? value === true : value !== null) options.set(name, String(value));
	}
	return options;
}

/** Flags of an address that the JSON has as keys with the value true. */
const FLAGS = [
	"secondary",
	"temporary",
	"tentative",
	"deprecated",
	"dadfailed",
	"dynamic",
	"home",
	"mngtmpaddr",
	"nodad",
	"optimistic",
	"noprefixroute",
	"autojoin",
	"stable-privacy",
] as const;

function draftOf(info: JsonObject): AddressDraft {
	const length = numberField(info, "prefixlen");
	const peer = stringField(info, "address");
	const suffix = length === undefined ? "" : `/${length}`;
	const optional = {
		peer: peer === undefined ? undefined : `${peer}${suffix}`,
		broadcast: stringField(info, "broadcast"),
		protocol: stringField(info, "protocol"),
		label: stringField(info, "label"),
	};
	return {
		local: `${stringField(info, "local") ?? ""}${peer === undefined ? suffix : ""}`,
		scope: stringField(info, "scope") ?? "global",
		flags: FLAGS.filter((flag) => booleanField(info, flag) === true),
		...defined(optional),
	};
}
