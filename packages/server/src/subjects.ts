/** What a request is about: the server's input, or something that the atlas has a name for. */
import {
	atlasNameOf,
	clusterNetwork,
	faultSubject,
	findFault,
	findScenario,
	InputError,
	loadCluster,
	type ManifestFile,
	type Subject,
	scenarioManifests,
} from "@podpath/core";
import type { AtlasMode, Served } from "./served.ts";

export async function servedSubject({ input }: Served): Promise<Subject> {
	if (input !== null) return input.subject;
	throw new InputError({
		code: "no-input",
		message: "this server has the atlas alone, whose scenarios the page itself answers",
		hint: "podpath serve -f FILE|DIR, or --snapshot DIR",
	});
}

/** Of a scenario, a mode's cluster or a fault. */
export async function atlasSubject({ atlas }: Served, name: string): Promise<Subject> {
	const { kind, mode } = atlasNameOf(name);
	const found = atlas.find(({ files }) => files.mode === mode);
	if (found === undefined) throw noSuch(`no mode "${mode}"`);
	if (kind === "fault") return faultSubject(findFault(found.faults?.faults ?? [], name), found.files.cluster);
	return subjectOf(kind === "mode" ? [found.files.cluster] : scenarioFiles(found, name));
}

function scenarioFiles({ scenarios, files }: AtlasMode, name: string): readonly ManifestFile[] {
	const scenario = findScenario(scenarios, name);
	if (scenario === undefined) throw noSuch(`no scenario "${name}"`);
	return scenarioManifests(scenario, files.cluster);
}

function subjectOf(files: readonly ManifestFile[]): Subject {
	const cluster = loadCluster(files);
	return { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
}

function noSuch(what: string): InputError {
	return new InputError({ code: "no-such-name", message: `the atlas has ${what}` });
}
