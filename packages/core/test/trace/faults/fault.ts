/** A cluster of the atlas with one thing wrong, and what the first finding of an answer then names. */
import { scenarioManifests } from "../../../src/atlas/change.ts";
import type { Scenario } from "../../../src/atlas/scenario.ts";
import { loadCluster } from "../../../src/cluster/load.ts";
import { clusterNetwork } from "../../../src/modes/network.ts";
import { explain } from "../../../src/trace/explain.ts";
import type { Explanation } from "../../../src/trace/explanation.ts";
import { readDocument } from "../../support/atlas-files.ts";

/** JSON merge patches (RFC 7386) by object; null takes the object away. */
export type Changes = Readonly<Record<string, object | null>>;

export interface Fault {
	readonly name: string;
	readonly from: string;
	readonly to: string;
	readonly change: Changes;
	/** The first finding's. */
	readonly code: string;
	readonly object: string;
}

/** The answer on a mode's cluster with these changes, one after the other. */
export function answerWith(
	mode: string,
	{ name, from, to }: Pick<Fault, "name" | "from" | "to">,
	...changes: readonly Changes[]
): Explanation {
	const file = `atlas/${mode}/cluster.yaml`;
	const source = { file: "changed.yaml", line: 1 };
	const all = changes
		.flatMap((each) => Object.entries(each))
		.map(([object, patch]) =>
			patch === null ? ({ kind: "remove", object } as const) : ({ kind: "merge", object, patch } as const),
		);
	const scenario = { id: name, source, changes: all } as unknown as Scenario;
	const cluster = loadCluster(scenarioManifests(scenario, { name: file, text: readDocument(file) }));
	const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	return explain(subject, { from, to, protocol: "tcp" });
}
