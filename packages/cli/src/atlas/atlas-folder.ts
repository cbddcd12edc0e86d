/** The atlas on disk: a folder for each network mode, with cluster.yaml and scenarios.yaml. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readTextFile } from "@podpath/collect";
import {
	closest,
	type Fault,
	faultName,
	InputError,
	type ManifestFile,
	parseFaults,
	parseScenarios,
	type Scenario,
	scenarioName,
} from "@podpath/core";

export interface AtlasMode {
	readonly mode: string;
	readonly cluster: ManifestFile;
	/** scenarios.yaml. */
	readonly file: ManifestFile;
	readonly scenarios: readonly Scenario[];
}

export interface AtlasScenario {
	readonly scenario: Scenario;
	readonly cluster: ManifestFile;
}

/** A published package has its own copy (package.json, prepack); a checkout has it at the root. */
const FOLDERS = ["../../atlas", "../../../../atlas"];

export function atlasFolder(): string {
	const paths = FOLDERS.map((folder) => fileURLToPath(new URL(folder, import.meta.url)));
	const found = paths.find((path) => modesIn(path).length > 0);
	if (found === undefined) throw new Error(`the atlas is missing: it was looked for in ${paths.join(" and ")}`);
	return found;
}

function modesIn(folder: string): readonly string[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.filter((mode) => existsSync(join(folder, mode, "scenarios.yaml")))
		.sort();
}

/** All modes in the order of their names. */
export function readAtlas(): readonly AtlasMode[] {
	const folder = atlasFolder();
	return modesIn(folder).map((mode) => readModeOf(folder, mode));
}

/** One mode. Throws an InputError, with a close name, where the atlas has none such. */
export function readMode(mode: string): AtlasMode {
	const folder = atlasFolder();
	const modes = modesIn(folder);
	if (modes.includes(mode)) return readModeOf(folder, mode);
	throw noSuch("mode", mode, modes);
}

function readModeOf(folder: string, mode: string): AtlasMode {
	const read = (file: string): ManifestFile => ({
		name: `atlas/${mode}/${file}`,
		text: readTextFile(join(folder, mode, file)),
	});
	const file = read("scenarios.yaml");
	return { mode, file, cluster: read("cluster.yaml"), scenarios: parseScenarios(file.text, file.name) };
}

export interface AtlasFault {
	readonly fault: Fault;
	readonly cluster: ManifestFile;
}

/** The faults of a mode with the file that they stand in; null where it has none. */
export function readFaults(mode: string): { readonly file: ManifestFile; readonly faults: readonly Fault[] } | null {
	const path = join(atlasFolder(), "faults", `${mode}.yaml`);
	if (!existsSync(path)) return null;
	const file = { name: `atlas/faults/${mode}.yaml`, text: readTextFile(path) };
	return { file, faults: parseFaults(file.text, file.name) };
}

/** The catalogue of faults: all, those of one mode, or one, by `faults[/MODE[/ID]]`. */
export function faultsNamed(name: string): readonly AtlasFault[] {
	const folder = atlasFolder();
	const all = modesIn(folder).flatMap((mode): readonly AtlasFault[] => {
		const { faults } = readFaults(mode) ?? { faults: [] };
		return faults.map((fault) => ({ fault, cluster: readModeOf(folder, mode).cluster }));
	});
	const names = all.map(({ fault }) => faultName(fault));
	const chosen = all.filter((_, i) => names[i] === name || names[i]?.startsWith(`${name}/`) === true);
	if (chosen.length === 0) throw noSuch("fault", name, names);
	return chosen;
}

/** A scenario by MODE/ID. Throws an InputError, with a close name, where the atlas has none such. */
export function scenarioNamed(name: string): AtlasScenario {
	const slash = name.indexOf("/");
	const { scenarios, cluster } = readMode(slash < 0 ? name : name.slice(0, slash));
	const scenario = scenarios.find((each) => scenarioName(each) === name);
	if (scenario === undefined) throw noSuch("scenario", name, scenarios.map(scenarioName));
	return { scenario, cluster };
}

function noSuch(what: string, name: string, names: readonly string[]): InputError {
	const near = closest(name, names);
	return new InputError({
		code: `no-such-${what}`,
		message: `the atlas has no ${what} "${name}"`,
		hint: near === undefined ? `it has ${names.join(", ")}` : `did you mean ${near}?`,
	});
}
