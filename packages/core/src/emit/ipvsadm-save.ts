/** IPVS services as `ipvsadm-save -n` prints them, which is what `ipvsadm-restore` takes. */
import { addressFromWords, type Family, formatEndpoint } from "../address/address.ts";
import { wordMask } from "../address/prefix.ts";
import type { RealServer, VirtualServer } from "../state/ipvs.ts";
import { asLines, joinWords, option } from "./batch.ts";

/** The services and their servers: `ipvsadm-restore` loads them, the parser reads them back. */
export function printIpvsadmSave(services: readonly VirtualServer[]): string {
	return asLines(
		services.flatMap((service) => [
			joinWords(["-A", matchWords(service), ...serviceWords(service)]),
			...service.servers.map((server) => joinWords(["-a", matchWords(service), ...serverWords(server)])),
		]),
	);
}

const PROTOCOL_OPTIONS = { tcp: "-t", udp: "-u", sctp: "--sctp-service" } as const;

function matchWords({ match }: VirtualServer): string {
	if (match.kind === "fwmark") return `-f ${match.mark}${match.family === 6 ? " -6" : ""}`;
	return `${PROTOCOL_OPTIONS[match.protocol]} ${formatEndpoint(match.address, match.port)}`;
}

function serviceWords(service: VirtualServer): (string | undefined)[] {
	const { match, persistence } = service;
	const family = match.kind === "address" ? match.address.family : match.family;
	const flags = service.flags.filter((flag) => flag !== "ops");
	return [
		`-s ${service.scheduler}`,
		option("-p", persistence?.seconds),
		option("-M", persistence && maskText(persistence.prefixLength, family)),
		service.notUnderstood,
		flags.length === 0 ? undefined : `-b ${flags.join(",")}`,
		service.flags.includes("ops") ? "-o" : undefined,
	];
}

/** Absent for whole addresses; a netmask for IPv4, a length for IPv6. */
function maskText(length: number, family: Family): string | undefined {
	if (family === 6) return length === 128 ? undefined : String(length);
	return length === 32 ? undefined : addressFromWords([wordMask(length, 0) >>> 0]).text;
}

const METHOD_OPTIONS = { masq: "-m", tunnel: "-i", route: "-g", local: undefined } as const;

function serverWords(server: RealServer): (string | undefined)[] {
	return [
		`-r ${formatEndpoint(server.address, server.port)}`,
		METHOD_OPTIONS[server.method],
		`-w ${server.weight}`,
		server.notUnderstood,
	];
}
