/** Pods as selectors see them: by namespace and labels. Pods that have both in common are one. */
import type { Cluster } from "../cluster/cluster.ts";
import type { Pod } from "../cluster/objects.ts";

export interface Identity {
	/** Counts from 0. */
	readonly id: number;
	readonly labels: Readonly<Record<string, string>>;
	readonly namespace: PodNamespace;
}

export interface PodNamespace {
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	/** Without the Namespace in the input only the label is known that the API server sets by itself. */
	readonly inInput: boolean;
}

/** Set by the API server on every namespace, and immutable (well-known labels, kubernetes.io/metadata.name). */
export const NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name";

export class Identities {
	readonly #cluster: Cluster;
	readonly #namespaces = new Map<string, PodNamespace>();
	readonly #byLabels = new Map<string, Identity>();
	readonly #byPod = new WeakMap<Pod, Identity>();

	constructor(cluster: Cluster) {
		this.#cluster = cluster;
	}

	of(pod: Pod): Identity {
		const known = this.#byPod.get(pod);
		if (known !== undefined) return known;
		const labels = Object.entries(pod.labels).sort(([a], [b]) => (a < b ? -1 : 1));
		const key = `${pod.namespace} ${JSON.stringify(labels)}`;
		let identity = this.#byLabels.get(key);
		if (identity === undefined) {
			identity = { id: this.#byLabels.size, labels: pod.labels, namespace: this.#namespace(pod.namespace) };
			this.#byLabels.set(key, identity);
		}
		this.#byPod.set(pod, identity);
		return identity;
	}

	#namespace(name: string): PodNamespace {
		let namespace = this.#namespaces.get(name);
		if (namespace === undefined) {
			const object = this.#cluster.namespace(name);
			const labels = { ...object?.labels, [NAMESPACE_NAME_LABEL]: name };
			namespace = { name, labels, inInput: object !== undefined };
			this.#namespaces.set(name, namespace);
		}
		return namespace;
	}
}
