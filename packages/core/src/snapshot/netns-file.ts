/** `netns.yaml`: what is said of one namespace besides what its tools print. Every part may be missing. */
import { parse } from "yaml";
import { InputError } from "../diagnostic/diagnostic.ts";
import type { Place } from "../state/place.ts";
import type { SnapshotFile } from "./files.ts";

export interface NetnsFile {
	/** Whose it is: `pod: NAMESPACE/NAME`, or `place: node/NAME`, `host/NAME`. */
	readonly place: Place | null;
	/** The machine whose own it is, as whoever collected there calls it. */
	readonly machine: string | null;
	/** The pod's uid in the API, as the groups of its processes have it. */
	readonly podUID: string | null;
	/** The index of the veth's other end in the machine's own namespace. */
	readonly peerIfindex: number | null;
	/** Namespaces by the ids (`link-netnsid`) that they have in this one: the folder's name, or `host`. */
	readonly nsids: ReadonlyMap<number, string>;
}

const NOTHING: NetnsFile = { place: null, machine: null, podUID: null, peerIfindex: null, nsids: new Map() };

/** @throws {InputError} For a file that holds something else. */
export function readNetnsFile(file: SnapshotFile | undefined): NetnsFile {
	if (file === undefined) return NOTHING;
	const value = yamlOf(file.text);
	if (!isObject(value)) throw badFile(file, "the file must say whose namespace it is");
	const { pod, place, machine, podUID, peerIfindex, nsids } = value;
	return {
		place: placeOf(pod, place, file),
		machine: typeof machine === "string" && machine !== "" ? machine : null,
		podUID: typeof podUID === "string" ? podUID : null,
		peerIfindex: typeof peerIfindex === "number" ? peerIfindex : null,
		nsids: new Map(
			Object.entries(isObject(nsids) ? nsids : {}).flatMap(([id, name]) =>
				/^\d{1,10}$/.test(id) && (typeof name === "string" || typeof name === "number")
					? [[Number(id), String(name)] as const]
					: [],
			),
		),
	};
}

function placeOf(pod: unknown, place: unknown, file: SnapshotFile): Place | null {
	if (typeof pod === "string" && /^[^/\s]+\/[^/\s]+$/.test(pod)) return `pod/${pod}`;
	if (place === undefined || place === null) return null;
	if (typeof place === "string" && /^((node|host)\/[^/\s]+|pod\/[^/\s]+\/[^/\s]+)$/.test(place)) return place;
	throw badFile(file, `${JSON.stringify(place)} is no place`);
}

function yamlOf(text: string): unknown {
	try {
		return parse(text, { maxAliasCount: 10 });
	} catch {
		return null;
	}
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function badFile(file: SnapshotFile, message: string): InputError {
	return new InputError({
		code: "bad-netns-file",
		message,
		where: { file: file.name, line: 1 },
		hint: "pod: NAMESPACE/NAME or place: node/NAME, and peerIfindex: NUMBER",
	});
}
