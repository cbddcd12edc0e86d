/** Which kernel a lab gets: the first that has what its network needs. */
import { type Phrase, phrase, type Said } from "@podpath/core";
import type { Backend, BackendKind } from "../backend.ts";
import { FEATURES, type Feature } from "../lab-plan.ts";
import type { LaunchOptions } from "./agent-process.ts";
import { FEATURE_TESTS } from "./feature-tests.ts";
import { firstLine } from "./first-line.ts";
import { kernelOf } from "./kernels.ts";
import { LabError } from "./lab-error.ts";
import { backendOf, type FeatureReport, loadModules, probeFeatures } from "./probe.ts";

export interface OpenOptions extends LaunchOptions {
	/** This kind and no other. Absent: the first that will do of userns, netns (root, where userns is forbidden), uml and qemu. */
	readonly kind?: BackendKind;
	readonly needs: ReadonlySet<Feature>;
	/** What consoles and agents print; for people, as it comes. */
	readonly onLog?: (text: string) => void;
	/** Ends the lab, also while it opens. */
	readonly signal?: AbortSignal;
}

/** Tried in this order where nobody says which. */
export const AUTOMATIC_KINDS: readonly BackendKind[] = ["userns", "netns", "uml", "qemu"];

/** What came of trying a kind. */
type Trial =
	| { readonly kind: "open"; readonly backend: Backend }
	| { readonly kind: "lacks"; readonly report: FeatureReport; readonly lacking: readonly Feature[] }
	| { readonly kind: "failed"; readonly why: Said };

/**
 * A kernel that has all of `needs`. Rejects with a LabError that names, for each kind that was tried, the features that
 * are missing and what brings them.
 */
export async function openBackend(options: OpenOptions): Promise<Backend> {
	const root = process.getuid?.() === 0;
	const tried: Said[] = [];
	let usernsForbidden = false;
	for (const kind of options.kind === undefined ? AUTOMATIC_KINDS : [options.kind]) {
		// As root on the host's kernel only where there is no other way to that kernel.
		if (kind === "netns" && options.kind === undefined && !(root && usernsForbidden)) continue;
		const trial = await attempt(kind, options);
		if (trial.kind === "open") return trial.backend;
		if (options.signal?.aborted) throw new LabError("the lab was aborted");
		if (kind === "userns") usernsForbidden = trial.kind === "failed";
		const why = trial.kind === "failed" ? trial.why : lacks(trial.report, trial.lacking);
		tried.push(phrase("kernel-kind", { kind, why }));
	}
	throw new LabError(phrase("no-kernel", { tried: { lines: tried } }));
}

async function attempt(kind: BackendKind, options: OpenOptions): Promise<Trial> {
	try {
		const kernel = kernelOf(kind);
		const report = await probeFeatures({ ...options, kind });
		const lacking = FEATURES.filter((feature) => options.needs.has(feature) && report.missing.has(feature));
		if (lacking.length > 0) return { kind: "lacks", report, lacking };
		const backend = backendOf(kernel, await kernel.start(options), report.features);
		try {
			await loadModules(kernel, backend, options.needs);
		} catch (error) {
			await backend.close();
			throw error;
		}
		return { kind: "open", backend };
	} catch (error) {
		if (error instanceof LabError) return { kind: "failed", why: error.said };
		throw error;
	}
}

function lacks(report: FeatureReport, lacking: readonly Feature[]): Phrase {
	const remedies = lacking.map((feature) => {
		const { remedy } = FEATURE_TESTS[feature];
		return phrase("feature-comes-with", { feature, remedy, why: firstLine(report.missing.get(feature) ?? "") });
	});
	const head = phrase("kernel-lacks", { kernel: report.kernel, features: lacking });
	return phrase("kernel-and-remedies", { remedies: { lines: [head, ...remedies] } });
}
