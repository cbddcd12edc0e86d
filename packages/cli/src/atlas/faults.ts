/** `podpath atlas check faults`: the catalogue of faults against diagnosis, and against a real kernel. */
import { checkFault, faultName, faultyCluster, InputError, printable } from "@podpath/core";
import type { Case } from "@podpath/lab";
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { type AtlasFault, faultsNamed } from "./atlas-folder.ts";
import { type Outcome, printOutcomes, proveEach, unasked } from "./prove.ts";

export async function checkFaults({ stdout }: CliProcess, name: string): Promise<ExitStatus> {
	const chosen = faultsNamed(name);
	const width = Math.max(0, ...chosen.map(({ fault }) => faultName(fault).length));
	let failed = 0;
	for (const each of chosen) {
		const complaints = complaintsOf(each);
		if (complaints.length > 0) failed++;
		const result = complaints.length === 0 ? "passed" : "FAILED";
		stdout.write(`${result}  ${faultName(each.fault).padEnd(width)}  ${printable(each.fault.title)}\n`);
		for (const line of complaints) stdout.write(`        ${printable(line)}\n`);
	}
	stdout.write(`${chosen.length - failed} passed, ${failed} failed\n`);
	return failed === 0 ? EXIT.yes : EXIT.no;
}

/** The network with the fault in it is built on a kernel, which has to lose the packet where the engine says so. */
export async function proveFaults(cli: CliProcess, name: string): Promise<ExitStatus> {
	const chosen = faultsNamed(name);
	const outcomes = new Map<AtlasFault, Outcome>();
	const cases = chosen.flatMap((each): readonly Case<AtlasFault>[] => {
		const complaints = complaintsOf(each);
		if (complaints.length > 0) {
			outcomes.set(each, unasked(complaints));
			return [];
		}
		const { fault, cluster } = each;
		const { subject } = faultyCluster(fault, cluster);
		const { network } = subject;
		return [{ network, places: network.places(), questions: [{ id: each, subject, question: fault.question }] }];
	});
	await proveEach(cli, cases, outcomes, `${chosen.length} faults`);
	return printOutcomes(
		cli,
		chosen.map((each) => [faultName(each.fault), outcomes.get(each)] as const),
	);
}

function complaintsOf({ fault, cluster }: AtlasFault): readonly string[] {
	try {
		return checkFault(fault, cluster);
	} catch (error) {
		if (error instanceof InputError) return [error.message];
		throw error;
	}
}
