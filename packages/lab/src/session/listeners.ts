/** Who has to answer, so that a question can be proven. */
import type { Place, PredictedWay } from "@podpath/core";
import type { Listener } from "../observation.ts";
import { probeProtocol } from "./probes.ts";

/** A listener for every server that is predicted to answer, and none where nobody is predicted to: then the kernel refuses. */
export function listenersFor(ways: readonly PredictedWay[], names: ReadonlyMap<Place, string>): readonly Listener[] {
	const listeners = new Map<string, Listener>();
	for (const { server, sent } of ways) {
		const namespace = server === null ? undefined : names.get(server.at);
		if (server === null || namespace === undefined) continue;
		const protocol = probeProtocol(sent);
		// The kernel itself answers echo requests.
		if (protocol === null || protocol === "icmp") continue;
		const { port } = server.address;
		listeners.set(`${namespace} ${protocol} ${port}`, { namespace, protocol, port });
	}
	return [...listeners.values()];
}
