/** Who has to answer, so that a question can be proven. */
import type { Place, PredictedWay } from "@podpath/core";
import type { Listener } from "../observation.ts";
import { probeProtocol } from "./probes.ts";

/**
 * A listener for every server that is predicted to answer, and none where nobody is predicted to: then the kernel refuses. One
 * listens on all addresses, except where another way is predicted to find no socket at the same port of the same stack.
 */
export function listenersFor(ways: readonly PredictedWay[], names: ReadonlyMap<Place, string>): readonly Listener[] {
	const listeners = new Map<string, Listener>();
	const deaf = new Set(
		ways.flatMap(({ endedAt, code, facts }) => (code === "not-listening" ? `${endedAt} ${portIn(facts.to)}` : [])),
	);
	for (const { server, sent } of ways) {
		const namespace = server === null ? undefined : names.get(server.at);
		if (server === null || namespace === undefined) continue;
		const protocol = probeProtocol(sent);
		// The kernel itself answers echo requests.
		if (protocol === null || protocol === "icmp") continue;
		const { address, port } = server.address;
		const own = deaf.has(`${server.at} ${port}`) ? { address: address.text } : {};
		listeners.set(`${namespace} ${protocol} ${own.address ?? ""} ${port}`, { namespace, protocol, port, ...own });
	}
	return [...listeners.values()];
}

/** The port of `10.0.0.1:80` or `[fd00::1]:80`. */
export function portIn(endpoint: unknown): string | undefined {
	return /[\d\]]:(\d+)$/.exec(`${endpoint}`)?.[1];
}
