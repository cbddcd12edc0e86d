/** In which order the cards of a segment are asked. */
import type { Address } from "../address/address.ts";
import type { Attachment } from "../state/fabric.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";

/** Cards that are known to hold the address come first: then the search ends without making every machine's state. */
export function ownersFirst(
	network: Network,
	attachments: readonly Attachment[],
	target: Address | null,
): readonly Attachment[] {
	if (target === null) return attachments;
	let owners = attachments.filter((each) => each.addresses.some((address) => address.text === target.text));
	if (owners.length === 0) {
		const machine = machineOf(network, target);
		owners = machine === undefined ? [] : attachments.filter((each) => each.place === machine);
	}
	return owners.length === 0 ? attachments : [...owners, ...attachments.filter((each) => !owners.includes(each))];
}

/** The machine on which the pod with this address runs, as its devices tell. */
function machineOf(network: Network, target: Address): Place | undefined {
	const place = network.ownerOf(target);
	if (place === undefined || !place.startsWith("pod/")) return place;
	for (const link of network.namespace(place)?.links ?? []) {
		if (link.kind === "veth") {
			const far = network.wireAt(place, link.name);
			if (far.kind === "device") return far.place;
		} else if ("lower" in link && link.lower?.place !== undefined) return link.lower.place;
	}
	return undefined;
}
