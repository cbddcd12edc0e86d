/** What a request is about: the server's input, or something that the atlas has a name for. */
import {
	atlasNameOf,
	clusterNetwork,
	type EditedFile,
	type Fault,
	faultSubject,
	findFault,
	findScenario,
	InputError,
	loadClusterInTurns,
	type ManifestFile,
	type Phrase,
	phrase,
	type Subject,
	scenarioManifests,
	type Turns,
	withEdit,
} from "@podpath/core";
import type { AtlasMode, Served } from "./served.ts";

/** Requests that came meanwhile are answered between two turns. */
export const SERVER_TURNS: Turns = {
	now: () => performance.now(),
	pause: () => new Promise((resolve) => setImmediate(resolve)),
};

export async function servedSubject({ input }: Served): Promise<Subject> {
	if (input !== null) return input.subject;
	throw new InputError({
		code: "no-input",
		message: phrase("atlas-alone"),
		hint: phrase("serve-something"),
	});
}

/** What a request names: something of the atlas, or else what the server was started with. */
export function namedSubject(served: Served, atlas: string | undefined): Promise<Subject> {
	return atlas === undefined ? servedSubject(served) : atlasSubject(served, atlas);
}

/**
 * The same with files that somebody changed in the page.
 * @throws {InputError} For files that the input does not have, and for manifests that cannot be used.
 */
export async function editedSubject(
	served: Served,
	atlas: string | undefined,
	edited: readonly EditedFile[],
): Promise<Subject> {
	const files = await (atlas === undefined ? servedManifests(served) : atlasManifests(served, atlas));
	const unknown = edited.find(({ name }) => !files.some((file) => file.name === name));
	if (unknown !== undefined) {
		throw new InputError({
			code: "no-such-file",
			message: phrase("no-such-file", { name: unknown.name }),
			hint: phrase("there-are", { names: files.map(({ name }) => name) }),
		});
	}
	return subjectOf(
		files.map((file) => {
			const edit = edited.find(({ name }) => name === file.name);
			return edit === undefined ? file : (withEdit(file, edit) ?? staleEdit(file));
		}),
	);
}

function staleEdit({ name, text }: ManifestFile): never {
	throw new InputError({
		code: "no-such-stretch",
		message: `the change of ${name} goes beyond its end, at character ${text.length}`,
		hint: "the file has changed since: load the page again",
	});
}

/** What the server was started with, as it is written. */
export async function servedManifests({ input }: Served): Promise<readonly ManifestFile[]> {
	if (input?.kind === "manifests") return input.manifests;
	throw new InputError({
		code: "no-manifests",
		message: phrase("manifests-alone"),
		hint: phrase("serve-manifests"),
	});
}

/** Of a scenario, a mode's cluster or a fault. */
export async function atlasSubject(served: Served, name: string): Promise<Subject> {
	const { fault, found } = namedInAtlas(served, name);
	return fault === null ? subjectOf(atlasManifests(served, name)) : faultSubject(fault, found.files.cluster);
}

/** A fault's are those of its cluster as it should be: no manifest says what is broken on a node. */
function atlasManifests(served: Served, name: string): readonly ManifestFile[] {
	const { kind, fault, found } = namedInAtlas(served, name);
	const { cluster } = found.files;
	if (kind === "mode") return [cluster];
	if (fault !== null) return scenarioManifests({ id: fault.id, source: fault.source, changes: fault.cluster }, cluster);
	const scenario = findScenario(found.scenarios, name);
	if (scenario === undefined) throw noSuch(phrase("no-scenario", { name }));
	return scenarioManifests(scenario, cluster);
}

interface Named {
	readonly kind: ReturnType<typeof atlasNameOf>["kind"];
	readonly found: AtlasMode;
	/** Null for what is no fault. */
	readonly fault: Fault | null;
}

function namedInAtlas({ atlas }: Served, name: string): Named {
	const { kind, mode } = atlasNameOf(name);
	const found = atlas.find(({ files }) => files.mode === mode);
	if (found === undefined) throw noSuch(phrase("no-mode", { name: mode }));
	return { kind, found, fault: kind === "fault" ? findFault(found.faults?.faults ?? [], name) : null };
}

async function subjectOf(files: readonly ManifestFile[]): Promise<Subject> {
	const cluster = await loadClusterInTurns(files, SERVER_TURNS);
	return { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
}

function noSuch(message: Phrase): InputError {
	return new InputError({ code: "no-such-name", message });
}
