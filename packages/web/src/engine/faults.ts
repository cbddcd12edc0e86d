/** Clusters with a fault of the catalogue in them. */
import { faultSubject, findFault, parseFaults, scenarioManifests } from "@podpath/core";
import type { EngineInput } from "./calls.ts";
import type { Loaded } from "./engine.ts";

export function faultyCluster({ name, files, faults }: EngineInput & { readonly kind: "fault" }): Loaded {
	const fault = findFault(parseFaults(faults.text, faults.name), name);
	const { id, title, titleZh, question, source, cluster: changes } = fault;
	return {
		files: scenarioManifests({ id, source, changes }, files.cluster),
		subject: faultSubject(fault, files.cluster),
		asked: { name, title, ...(titleZh === undefined ? {} : { titleZh }), question },
		scenario: null,
	};
}
