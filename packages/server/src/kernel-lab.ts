/** The lab of this machine, as the server asks it. */
import {
	type LabKernel,
	type LabReport,
	type Language,
	planOf,
	type Question,
	type Said,
	type Subject,
	worded,
} from "@podpath/core";
import { AUTOMATIC_KINDS, firstLine, type Lab, LabError, placesFor, probeFeatures, raiseLab } from "@podpath/lab";
import { labReport, unverifiedReport } from "./lab-report.ts";
import type { KernelLab, LabWatch } from "./served.ts";

export function kernelLab(): KernelLab {
	let offer: Promise<Probed> | null = null;
	return {
		offer: async (language) => {
			offer ??= probeKernels();
			const { available, tried } = await offer;
			return { available, tried: tried.map((each) => toldIn(language, each)) };
		},
		ask: askKernel,
	};
}

interface ProbedKernel extends Omit<LabKernel, "why" | "missing"> {
	readonly why?: Said;
	readonly missing: readonly { readonly feature: string; readonly why: Said }[];
}

interface Probed {
	readonly available: boolean;
	readonly tried: readonly ProbedKernel[];
}

function toldIn(language: Language, { why, missing, ...kernel }: ProbedKernel): LabKernel {
	return {
		...kernel,
		...(why !== undefined && { why: worded(why, language) }),
		missing: missing.map((each) => ({ ...each, why: worded(firstLine(each.why), language) })),
	};
}

/** A network that needs more than the first kernel has gets another one; what it lacks then is told. */
async function probeKernels(): Promise<Probed> {
	const tried: ProbedKernel[] = [];
	for (const kind of AUTOMATIC_KINDS) {
		try {
			const { kernel, missing } = await probeFeatures({ kind });
			tried.push({ kind, kernel, missing: [...missing].map(([feature, why]) => ({ feature, why })) });
			return { available: true, tried };
		} catch (error) {
			if (!(error instanceof LabError)) throw error;
			tried.push({ kind, why: error.said, missing: [] });
		}
	}
	return { available: false, tried };
}

async function askKernel(
	subject: Subject,
	question: Question,
	{ signal, onStage, language }: LabWatch,
): Promise<LabReport> {
	// A question that cannot be asked is told before a kernel is opened for it.
	planOf(subject, question);
	const places = placesFor(subject, question);
	const built = new Set(places);
	const leftOut = subject.network.places().filter((place) => !built.has(place)).length;
	let lab: Lab | null = null;
	try {
		lab = await raiseLab(subject.network, places, {
			signal,
			onProgress: (doing) => onStage("building", worded(doing, language)),
		});
		onStage("settling", "");
		await lab.settle();
		onStage("sending", "");
		const answer = await lab.ask(subject, question);
		onStage("comparing", "");
		return { ...labReport(answer, lab.plan, language), ...(leftOut > 0 && { leftOut }) };
	} catch (error) {
		// A kernel that lacks something, or did not take the network, says nothing for or against the prediction.
		if (error instanceof LabError) return unverifiedReport(question, error.said, language);
		throw error;
	} finally {
		await lab?.close();
	}
}
