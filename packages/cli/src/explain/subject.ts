/** Loads what a question is asked about. */
import { readManifests, readSnapshot, STDIN } from "@podpath/collect";
import {
	type Cluster,
	clusterNetwork,
	formatDiagnostic,
	InputError,
	loadCluster,
	type ManifestFile,
	type Question,
	type Subject,
	scenarioManifests,
	snapshotNetwork,
} from "@podpath/core";
import { scenarioNamed } from "../atlas/atlas-folder.ts";
import type { CliProcess } from "../cli-process.ts";
import type { SubjectFlags } from "../flags.ts";

/** With what cannot be asked about together with it. */
export interface AskedFlags extends SubjectFlags {
	readonly context?: string;
	readonly batch?: string;
}

export interface Loaded {
	readonly subject: Subject;
	/** The scenario's, where the subject is one. */
	readonly question: Question | undefined;
	/** What it was made of besides a snapshot. */
	readonly manifests: readonly ManifestFile[];
}

/** @throws {InputError} Where the flags do not go together, and for input that cannot be used. */
export async function loadSubject(
	flags: AskedFlags,
	stdin: CliProcess["stdin"],
	load: (files: readonly ManifestFile[]) => Cluster | Promise<Cluster> = loadCluster,
): Promise<Loaded> {
	const { file = [], snapshot, context, scenario, batch } = flags;
	if (context !== undefined) {
		throw new InputError({
			code: "not-yet",
			message: "--context, a live cluster, is not built yet",
			hint: "kubectl get nodes,pods,services,endpointslices -A -o yaml, and -f that file",
		});
	}
	if (batch === STDIN && file.includes(STDIN)) {
		throw new InputError({ code: "stdin-twice", message: "--batch - and -f - cannot both read standard input" });
	}
	if (scenario !== undefined) {
		if (snapshot !== undefined || file.length > 0) throw oneInput("--scenario brings its own cluster");
		return scenarioSubject(scenario);
	}
	const manifests = await readManifests(file, stdin);
	if (snapshot !== undefined) {
		const parts = snapshotNetwork(await readSnapshot(snapshot), manifests);
		return { subject: { ...parts, fromSnapshot: true }, question: undefined, manifests };
	}
	if (file.length === 0) throw oneInput("there is nothing to ask about");
	return { subject: subjectOf(await load(manifests)), question: undefined, manifests };
}

export function subjectOf(cluster: Cluster): Subject {
	return { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
}

function scenarioSubject(name: string): Loaded {
	const { scenario, cluster } = scenarioNamed(name);
	const manifests = scenarioManifests(scenario, cluster);
	return { subject: subjectOf(loadCluster(manifests)), question: scenario.question, manifests };
}

function oneInput(message: string): InputError {
	return new InputError({
		code: "which-input",
		message,
		hint: "give -f FILE|DIR, --snapshot DIR|FILE.tar.gz, or --scenario MODE/ID",
	});
}

/** More warnings than this are counted instead of printed. */
const MOST_WARNINGS = 20;

/** Tells what was strange in the input. */
export function printWarnings({ cluster }: Subject, stderr: CliProcess["stderr"]): void {
	for (const warning of cluster.warnings.slice(0, MOST_WARNINGS)) {
		stderr.write(`podpath: warning: ${formatDiagnostic(warning)}\n`);
	}
	const left = cluster.warnings.length - MOST_WARNINGS;
	if (left > 0) stderr.write(`podpath: warning: and ${left} more\n`);
}
