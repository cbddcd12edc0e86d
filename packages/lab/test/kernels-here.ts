/** Which kernels this machine can start: those that it cannot are skipped, and the test's name says why. */
import { describe } from "vitest";
import { type BackendKind, FEATURES, type Feature, LabError, probeFeatures } from "../src/index.ts";

export interface KernelHere {
	readonly kind: BackendKind;
	readonly features: ReadonlySet<Feature>;
	/** Why it cannot be started here. */
	readonly unavailable: string | undefined;
}

async function lookAt(kind: BackendKind): Promise<KernelHere> {
	try {
		return { kind, features: (await probeFeatures({ kind })).features, unavailable: undefined };
	} catch (error) {
		if (!(error instanceof LabError)) throw error;
		return { kind, features: new Set(), unavailable: error.message };
	}
}

export const KERNELS: readonly KernelHere[] = [await lookAt("userns"), await lookAt("uml")];

/** A group of tests on each kernel of these kinds that has these features. */
export function onEachKernel(
	needs: readonly Feature[],
	tests: (kernel: KernelHere) => void,
	kinds: readonly BackendKind[] = ["userns", "uml"],
): void {
	for (const kernel of KERNELS.filter(({ kind }) => kinds.includes(kind))) {
		const lacking = FEATURES.filter((feature) => needs.includes(feature) && !kernel.features.has(feature));
		const why = kernel.unavailable ?? (lacking.length > 0 ? `it lacks ${lacking.join(", ")}` : undefined);
		if (why === undefined) describe(`on ${kernel.kind}`, () => tests(kernel));
		else describe.skip(`on ${kernel.kind}: ${why}`, () => tests(kernel));
	}
}
