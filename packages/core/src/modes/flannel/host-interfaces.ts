/** The names of the pods' veths on their nodes. */

import type { Cluster } from "../../cluster/cluster.ts";
import type { Pod } from "../../cluster/objects.ts";
import type { Assumption } from "../../state/assumption.ts";
import { stableHash } from "../../state/hardware-address.ts";
import { podPlace } from "../../state/place.ts";
import { phrase } from "../../wording/phrase.ts";

/** The bridge plugin draws names at random, so a name that is known is said by the Pod's annotation. */
export const HOST_INTERFACE_ANNOTATION = "podpath.dev/host-interface";

/** dev_valid_name() of the kernel: 1 to 15 bytes without slash, colon or space. */
const VALID_NAME = /^(?!\.{1,2}$)[!-.0-9;-~]{1,15}$/;

export interface HostInterfaces {
	nameOf(pod: Pod): string;
	/** Annotations that cannot be followed. */
	readonly assumptions: readonly Assumption[];
}

/** `veth` and eight hexadecimal digits, as the plugin makes them, drawn from the pod's name; or what the annotation says. */
export function hostInterfaces(cluster: Cluster): HostInterfaces {
	const said = new Map<Pod, string>();
	const taken = new Set<string>();
	const assumptions: Assumption[] = [];
	for (const pod of cluster.pods) {
		const name = pod.annotations[HOST_INTERFACE_ANNOTATION];
		if (name === undefined || pod.hostNetwork) continue;
		const why = VALID_NAME.test(name) ? phrase("another-pod-has-it") : phrase("no-device-name");
		if (VALID_NAME.test(name) && !taken.has(`${pod.nodeName} ${name}`)) {
			said.set(pod, name);
			taken.add(`${pod.nodeName} ${name}`);
			continue;
		}
		const place = podPlace(pod);
		const message = phrase("host-interface-unusable", {
			pod: place,
			annotation: HOST_INTERFACE_ANNOTATION,
			name: JSON.stringify(name),
			why,
		});
		assumptions.push({ code: "host-interface-unusable", message, place });
	}
	return { nameOf: (pod) => said.get(pod) ?? drawnName(pod), assumptions };
}

function drawnName(pod: Pod): string {
	const [word] = stableHash(`${pod.namespace}/${pod.name}`);
	return `veth${word.toString(16).padStart(8, "0")}`;
}
