/** Annotation `k8s.aliyun.com/pod-networks-request` (terway types/controlplane/annotations.go). */
import * as z from "zod";

export interface RequestedNetwork {
	readonly interfaceName: string;
	/** A PodNetworking's name. */
	readonly network: string;
}

const SCHEMA = z.array(z.looseObject({ interfaceName: z.string().default(""), network: z.string() }));

/** Null where the text is no such list. */
export function requestedNetworks(text: string): readonly RequestedNetwork[] | null {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return null;
	}
	const { data } = SCHEMA.safeParse(value);
	return data === undefined ? null : data.map(({ interfaceName, network }) => ({ interfaceName, network }));
}
