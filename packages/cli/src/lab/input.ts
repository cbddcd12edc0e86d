/** What a lab is built from. */
import { readManifests } from "@podpath/collect";
import {
	clusterNetwork,
	InputError,
	loadCluster,
	type ManifestFile,
	type Question,
	type Subject,
	scenarioManifests,
} from "@podpath/core";
import { scenarioNamed } from "../atlas/atlas-folder.ts";
import type { CliProcess } from "../cli-process.ts";

export interface LabSubject {
	readonly manifests: readonly ManifestFile[];
	readonly subject: Subject;
	/** The scenario's, where the input is one. */
	readonly question: Question | undefined;
}

/** @throws {InputError} */
export async function loadLabSubject(
	{ file = [], scenario }: { readonly file?: readonly string[]; readonly scenario?: string },
	stdin: CliProcess["stdin"],
): Promise<LabSubject> {
	if (scenario !== undefined) {
		if (file.length > 0) throw whichInput("--scenario brings its own cluster");
		const { scenario: found, cluster } = scenarioNamed(scenario);
		return { ...subjectOf(scenarioManifests(found, cluster)), question: found.question };
	}
	if (file.length === 0) throw whichInput("there is nothing to build");
	return { ...subjectOf(await readManifests(file, stdin)), question: undefined };
}

/** The subject of these texts. */
export function subjectOf(manifests: readonly ManifestFile[]): Omit<LabSubject, "question"> {
	const cluster = loadCluster(manifests);
	return { manifests, subject: { cluster, network: clusterNetwork(cluster), fromSnapshot: false } };
}

function whichInput(message: string): InputError {
	return new InputError({ code: "which-input", message, hint: "give -f FILE|DIR or --scenario MODE/ID" });
}
