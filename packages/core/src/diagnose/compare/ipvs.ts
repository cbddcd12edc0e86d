/** IPVS: virtual servers and the servers behind them. */
import { printIpvsadmSave } from "../../emit/ipvsadm-save.ts";
import type { Origin } from "../../origin/origin.ts";
import type { RealServer, VirtualServer } from "../../state/ipvs.ts";
import type { Namespace } from "../../state/namespace.ts";
import type { Difference } from "../difference.ts";
import { compareKeyed, type EntryKind } from "./keyed.ts";

export function compareIpvs(expected: Namespace, actual: Namespace): readonly Difference[] {
	if (actual.missing.has("ipvsadm-save")) return [];
	const { place } = actual;
	const both = actual.ipvs.flatMap((service): readonly Difference[] => {
		const wanted = expected.ipvs.find((each) => matchOf(each) === matchOf(service));
		return wanted === undefined ? [] : compareKeyed(place, SERVERS, serversOf(wanted), serversOf(service));
	});
	return [...compareKeyed(place, SERVICES, expected.ipvs, actual.ipvs), ...both];
}

function head(service: VirtualServer): string {
	return printIpvsadmSave([{ ...service, servers: [] }]).trim();
}

/** `-t 10.96.0.1:443`. */
function matchOf(service: VirtualServer): string {
	return head(service).split(" ").slice(1, 3).join(" ");
}

const SERVICES: EntryKind<VirtualServer> = {
	part: "ipvsadm-save",
	codes: { missing: "ipvs-service-missing", wrong: "ipvs-service-wrong", extra: "ipvs-service-unexpected" },
	keyOf: matchOf,
	bodyOf: head,
	textOf: head,
	deviceOf: () => null,
	fixOf: (expected, actual) => {
		if (expected === null) return `ipvsadm -D ${matchOf(actual as VirtualServer)}`;
		if (actual !== null) return `ipvsadm ${head(expected).replace(/^-A/, "-E")}`;
		const lines = printIpvsadmSave([expected]).trim().split("\n");
		return lines.map((line) => `ipvsadm ${line}`).join(" && ");
	},
	// What differs of a service that is there are its own words; its servers are compared by themselves.
	with: (namespace, change) => {
		const changed = change(namespace.ipvs).map((service) => {
			const before = namespace.ipvs.find((each) => matchOf(each) === matchOf(service));
			return before === undefined ? service : { ...service, servers: before.servers };
		});
		return { ...namespace, ipvs: changed };
	},
};

/** A server with the service that it is behind. */
interface ServerOf {
	readonly service: string;
	readonly server: RealServer;
	readonly origin: Origin;
}

/** One for each server and service, so that a repair finds it after another one. */
const made = new WeakMap<RealServer, Map<string, ServerOf>>();

function serversOf(of: VirtualServer): readonly ServerOf[] {
	const service = matchOf(of);
	return of.servers.map((server) => {
		const known = made.get(server) ?? new Map<string, ServerOf>();
		made.set(server, known);
		const own = known.get(service) ?? { service, server, origin: server.origin };
		known.set(service, own);
		return own;
	});
}

function serverWords({ server }: ServerOf): string {
	const match = { kind: "fwmark", mark: 1, family: 4 } as const;
	const service: VirtualServer = { match, scheduler: "rr", flags: [], servers: [server], origin: server.origin };
	return (
		printIpvsadmSave([service])
			.trim()
			.split("\n")[1]
			?.replace(/^-a -f 1 /, "") ?? ""
	);
}

const SERVERS: EntryKind<ServerOf> = {
	part: "ipvsadm-save",
	codes: { missing: "ipvs-server-missing", wrong: "ipvs-server-wrong", extra: "ipvs-server-unexpected" },
	keyOf: ({ service, server }) => `${service} -r ${server.address.text} ${server.port}`,
	bodyOf: serverWords,
	textOf: (each) => `-a ${each.service} ${serverWords(each)}`,
	deviceOf: () => null,
	fixOf: (expected, actual) => {
		if (expected === null && actual !== null) {
			return `ipvsadm -d ${actual.service} ${serverWords(actual).split(" ").slice(0, 2).join(" ")}`;
		}
		return expected && `ipvsadm ${actual === null ? "-a" : "-e"} ${expected.service} ${serverWords(expected)}`;
	},
	with: (namespace, change) => ({
		...namespace,
		ipvs: namespace.ipvs.map((service) => {
			const before = serversOf(service);
			// The change knows its own service's entries, and adds one of its own wherever it is asked.
			const after = change(before).filter((each) => each.service === matchOf(service));
			const same = after.length === before.length && after.every((each, i) => each === before[i]);
			return same ? service : { ...service, servers: after.map(({ server }) => server) };
		}),
	}),
};
