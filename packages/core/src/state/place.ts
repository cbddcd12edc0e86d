/**
 * Where something is, as the command line and the answers name it: `pod/default/centos`, `node/a`, `host/ecs-1`,
 * `internet/203.0.113.9`, and for the fabric `vpc/vpc-1`, `segment/lan`, `slb/nginx1`, `eni/eni-1`.
 */
export type Place = string;

/** What stands before the first slash: `pod`, `node`, `vpc` … */
export function placeKind(place: Place): string {
	const slash = place.indexOf("/");
	return slash < 0 ? place : place.slice(0, slash);
}

/** The place of the stack that a pod uses: its node's, or one of its own. */
export function stackPlace(pod: {
	readonly namespace: string;
	readonly name: string;
	readonly hostNetwork: boolean;
	readonly nodeName: string;
}): Place {
	return pod.hostNetwork ? `node/${pod.nodeName}` : podPlace(pod);
}

/** Where a pod with a network namespace of its own is. */
export function podPlace(pod: { readonly namespace: string; readonly name: string }): Place {
	return `pod/${pod.namespace}/${pod.name}`;
}
