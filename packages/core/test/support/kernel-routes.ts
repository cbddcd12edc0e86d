/** Routes in one line with nothing left out, from our own state and from what `ip -N -j route show table all` prints. */
import { address } from "../../src/address/address.ts";
import { prefixOf } from "../../src/address/prefix.ts";
import type { Route } from "../../src/state/ip.ts";

export function fullRouteLine(route: Route): string {
	const { type, destination, nextHops, table, protocol, scope, metric, preferredSource } = route;
	const hop = nextHops[0];
	return lineOf({
		type,
		destination: destination.text,
		gateway: hop?.gateway?.text,
		device: hop?.device,
		onlink: hop?.onlink === true,
		table: String(table),
		protocol,
		scope,
		metric: String(metric),
		source: preferredSource?.text,
	});
}

type Printed = Readonly<Record<string, string>> & { readonly flags?: readonly string[] };

/** The lines of one family. With `-N` ip prints rtnetlink's numbers (include/uapi/linux/rtnetlink.h) where they have names. */
export function kernelRouteLines(json: string, family: 4 | 6): readonly string[] {
	return (JSON.parse(json) as Printed[]).map((route) => {
		const { type = "1", dst = "", dev, table = "254", protocol = "3", scope = "0", metric = "0" } = route;
		return lineOf({
			type: TYPES[type] ?? type,
			destination: destinationOf(dst, family),
			gateway: route.gateway,
			device: dev,
			onlink: route.flags?.includes("onlink") === true,
			table,
			protocol: PROTOCOLS[protocol] ?? protocol,
			scope: SCOPES[scope] ?? scope,
			metric,
			source: route.prefsrc,
		});
	});
}

const TYPES: Readonly<Record<string, string>> = {
	1: "unicast",
	2: "local",
	3: "broadcast",
	4: "anycast",
	5: "multicast",
};
const SCOPES: Readonly<Record<string, string>> = { 0: "global", 253: "link", 254: "host" };
const PROTOCOLS: Readonly<Record<string, string>> = { 2: "kernel", 3: "boot", 4: "static" };

function destinationOf(text: string, family: 4 | 6): string {
	if (text === "default") return family === 4 ? "0.0.0.0/0" : "::/0";
	const [ip = "", length = family === 4 ? "32" : "128"] = text.split("/");
	return prefixOf(address(ip), Number(length)).text;
}

interface Words {
	readonly type: string;
	readonly destination: string;
	readonly gateway: string | undefined;
	readonly device: string | undefined;
	readonly onlink: boolean;
	readonly table: string;
	readonly protocol: string;
	readonly scope: string;
	readonly metric: string;
	readonly source: string | undefined;
}

function lineOf(words: Words): string {
	const via = words.gateway === undefined ? "" : ` via ${words.gateway}`;
	const source = words.source === undefined ? "" : ` src ${words.source}`;
	const { type, destination, device, table, protocol, scope, metric, onlink } = words;
	const rest = `table ${table} proto ${protocol} scope ${scope} metric ${metric}${source}${onlink ? " onlink" : ""}`;
	return `${type} ${destination}${via} dev ${device} ${rest}`;
}
