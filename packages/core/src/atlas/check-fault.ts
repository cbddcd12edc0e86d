/** A fault against the engine: the healthy cluster is found healthy, and the fault is the first thing found in the other. */
import type { ManifestFile } from "../cluster/input/document.ts";
import { loadCluster } from "../cluster/load.ts";
import { diagnose } from "../diagnose/diagnose.ts";
import type { Diagnosis } from "../diagnose/finding.ts";
import { clusterNetwork } from "../modes/network.ts";
import type { Network } from "../state/network.ts";
import type { Subject } from "../trace/subject.ts";
import { scenarioManifests } from "./change.ts";
import type { Fault } from "./fault.ts";
import { faultyNetwork } from "./fault-network.ts";

/** A fault's cluster: as it should be, and as it is. */
export interface FaultyCluster {
	readonly expected: Network;
	readonly subject: Subject;
}

export function faultyCluster(fault: Fault, file: ManifestFile): FaultyCluster {
	const { id, source } = fault;
	const cluster = loadCluster(scenarioManifests({ id, source, changes: fault.cluster }, file));
	const expected = clusterNetwork(cluster);
	return { expected, subject: { cluster, network: faultyNetwork(clusterNetwork(cluster), fault), fromSnapshot: true } };
}

/** What is asked about; a change to the cluster's objects alone is asked about as manifests are. */
export function faultSubject(fault: Fault, file: ManifestFile): Subject {
	const { expected, subject } = faultyCluster(fault, file);
	return fault.changes.length === 0 ? { ...subject, network: expected, fromSnapshot: false } : subject;
}

/** What diagnosis says of the fault's own question. */
export function diagnoseFault(fault: Fault, file: ManifestFile): Diagnosis {
	return diagnose(faultSubject(fault, file), fault.question);
}

/** What is not as the fault says, in lines; empty where all is. */
export function checkFault(fault: Fault, file: ManifestFile): readonly string[] {
	const { verdict, findings } = diagnoseFault(fault, file);
	const complaints: string[] = [];
	if (verdict !== fault.verdict) complaints.push(`verdict: expected ${fault.verdict}, got ${verdict}`);
	const [first] = findings;
	const wanted = fault.finding;
	const entry = [first?.expected?.text, first?.actual?.text, first?.message]
		.filter((text) => text !== undefined)
		.join("\n");
	const isIt =
		first !== undefined &&
		first.severity !== "info" &&
		first.code === wanted.code &&
		(wanted.at === undefined || first.at === wanted.at) &&
		entry.includes(wanted.entry);
	if (!isIt) {
		complaints.push(`first finding: expected ${wanted.code} ${wanted.at ?? ""} "${wanted.entry}"`);
		complaints.push(
			`got ${first === undefined ? "none" : `${first.severity} ${first.code} ${first.at ?? ""}: ${first.message}`}`,
		);
	}
	return complaints;
}
