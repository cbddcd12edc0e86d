/** A full mesh: speakers of one AS that share one list of neighbours, in which they all are. */

import type { Neighbour, Speaker } from "../state/speaker.ts";
import type { Hearing, Sessions } from "./session.ts";

interface Mesh {
	readonly hearings: readonly Hearing[];
	readonly members: ReadonlySet<Speaker>;
}

const known = new WeakMap<Sessions, Map<readonly Neighbour[], Mesh | null>>();

/**
 * All members' sessions at once, the speaker's own place among them; undefined where it is in no mesh. A thousand nodes have
 * half a million sessions, of which nobody wants to hear one by one.
 */
export function fullMesh(speaker: Speaker, sessions: Sessions): readonly Hearing[] | undefined {
	let meshes = known.get(sessions);
	if (meshes === undefined) {
		meshes = new Map();
		known.set(sessions, meshes);
	}
	let mesh = meshes.get(speaker.neighbours);
	if (mesh === undefined) {
		mesh = meshOf(speaker, sessions);
		meshes.set(speaker.neighbours, mesh);
	}
	return mesh?.members.has(speaker) === true ? mesh.hearings : undefined;
}

function meshOf({ neighbours, asn }: Speaker, sessions: Sessions): Mesh | null {
	const hearings: Hearing[] = [];
	for (const own of neighbours) {
		const peer = sessions.at(own.address);
		const plain = own.asn === asn && own.localAsn === undefined && !own.client && own.imports === undefined;
		if (peer?.neighbours !== neighbours || peer.asn !== asn || !plain || own.exports !== undefined) return null;
		hearings.push({ peer, own, others: own, kind: "ibgp" });
	}
	return { hearings, members: new Set(hearings.map(({ peer }) => peer)) };
}
